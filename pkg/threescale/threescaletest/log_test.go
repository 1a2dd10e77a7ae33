package threescaletest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// safeBuffer is a buffer that several requests write to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestRequestsAreLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	fault, err := threescaletest.ParseFault("GET /admin/api/settings.json reset")
	if err != nil {
		t.Fatal(err)
	}
	s := threescaletest.Start(t, threescaletest.Options{Log: &log, Latency: threescaletest.FixedLatency(2 * time.Millisecond), Faults: []threescaletest.Fault{fault}})
	a := apiOf(s)
	res, err := http.Get(s.URL + "/admin/api/services.json?page=1&access_token=" + s.Token)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	a.must(t, 404, http.MethodGet, "/admin/api/services/99.json", nil)
	if _, _, err := a.send(http.MethodGet, "/admin/api/settings.json", nil); err == nil {
		t.Error("the connection was not cut")
	}
	if strings.Contains(log.String(), s.Token) {
		t.Error("the log has the token in it")
	}
	want := []threescaletest.Request{
		{Method: "GET", Path: "/admin/api/services.json", Query: "access_token=REDACTED&page=1", Status: 200},
		{Method: "GET", Path: "/admin/api/services/99.json", Status: 404},
		{Method: "GET", Path: "/admin/api/settings.json", Status: 0},
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) < len(want) || len(s.Requests()) != len(lines) {
		t.Fatalf("%d lines and %d requests, want at least %d of each: %s", len(lines), len(s.Requests()), len(want), log.String())
	}
	for i, w := range want {
		var got threescaletest.Request
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if got.Time.IsZero() || got.Server == "" || got.Status != 0 && got.MS < 2 {
			t.Errorf("line %d lacks something: %s", i, lines[i])
		}
		got.Time, got.Server, got.MS = time.Time{}, "", 0
		if got != w {
			t.Errorf("line %d is %+v, want %+v", i, got, w)
		}
	}
	s.Reset()
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests after a reset", n)
	}
}

func TestRealLatencyIsThatOfTheRoute(t *testing.T) {
	t.Parallel()
	latency := threescaletest.RealLatency()
	median := func(route string) time.Duration {
		var all []time.Duration
		for range 501 {
			all = append(all, latency(route))
		}
		for i := range all { // the middle one by selection
			for j := i + 1; j < len(all); j++ {
				if all[j] < all[i] {
					all[i], all[j] = all[j], all[i]
				}
			}
		}
		return all[250]
	}
	if d := median("POST /admin/api/signup.json"); d < 150*time.Millisecond || d > time.Second {
		t.Errorf("a signup takes %v", d)
	}
	if d := median("GET /admin/api/services/{service_id}.json"); d < 5*time.Millisecond || d > 60*time.Millisecond {
		t.Errorf("reading a product takes %v", d)
	}
	if d := median("GET /never/measured.json"); d <= 0 || d > 100*time.Millisecond {
		t.Errorf("a route that was not measured takes %v", d)
	}
}
