package threescaletest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// api is a small client of a running server.
type api struct {
	url, token, host string
}

func apiOf(s *threescaletest.Running) *api { return &api{url: s.URL, token: s.Token} }

// as is the same client with another token and host name.
func (a *api) as(token, host string) *api { return &api{a.url, token, host} }

// send sends a request, with JSON if there is a body, and decodes the answer.
func (a *api) send(method, path string, body any) (int, any, error) {
	var in io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, a.url+path, in)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth("", a.token)
	req.Host = a.host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return res.StatusCode, nil, err
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		v = string(raw)
	}
	return res.StatusCode, v, nil
}

// must sends a request that has to get a status, and returns the answer.
func (a *api) must(t *testing.T, status int, method, path string, body any) any {
	t.Helper()
	got, v, err := a.send(method, path, body)
	if err != nil || got != status {
		t.Fatalf("%s %s: %d %v %v, want %d", method, path, got, v, err, status)
	}
	return v
}

// make creates an object and returns its id.
func (a *api) make(t *testing.T, path string, body map[string]any) string {
	t.Helper()
	v := a.must(t, http.StatusCreated, http.MethodPost, path, body)
	for _, inner := range v.(map[string]any) {
		if o, isObject := inner.(map[string]any); isObject {
			return fmt.Sprint(o["id"])
		}
	}
	t.Fatalf("POST %s: no id in %v", path, v)
	return ""
}

// product makes a product that uses a backend of its own, and returns both ids.
func (a *api) product(t *testing.T, name string) (product, backend string) {
	t.Helper()
	product = a.make(t, "/admin/api/services.json", map[string]any{"name": name, "system_name": name})
	backend = a.make(t, "/admin/api/backend_apis.json", map[string]any{"name": name, "system_name": name, "private_endpoint": "https://" + name + ".example.com"})
	a.make(t, "/admin/api/services/"+product+"/backend_usages.json", map[string]any{"backend_api_id": backend, "path": "/"})
	return product, backend
}

// at finds a value in an answer.
func at(t *testing.T, v any, path string) any {
	t.Helper()
	return dig(v, strings.Split(path, "."))
}

// clock is a clock that goes on when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 7, 40, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
