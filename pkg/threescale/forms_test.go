package threescale

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/maasctl/internal/transport"
)

// answered is an answer as the transport hands it on.
func answered(t testing.TB, status int, contentType, body string) *http.Response {
	t.Helper()
	c := transport.New(transport.Options{Base: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(body)),
		}, nil
	})})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

const isJSON = "application/json; charset=utf-8"

// Every success of the real server has the form that is expected of it, and what
// isn't such an answer has none.
func TestFormsOfTheRecordings(t *testing.T) {
	files, err := filepath.Glob("../../testdata/contract/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	spoken := regexp.MustCompile(`^/(admin/api/(services|backend_apis|accounts|application_plans|service_plans|account_plans|active_docs|authentication_providers|account/authentication_providers|account/proxy_configs|provider|settings|signup)|master/api/providers)\b`)
	unspoken := regexp.MustCompile(`referrer_filters|messages|find\.json|\bservices/proxy/`)
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var group struct {
			Exchanges []struct {
				Name     string
				Request  struct{ Method, Path string }
				Response struct {
					Status      int
					ContentType string `json:"content_type"`
					Body        json.RawMessage
				}
			}
		}
		if err := json.Unmarshal(text, &group); err != nil {
			t.Fatal(file, err)
		}
		for _, e := range group.Exchanges {
			if e.Response.Status >= 300 || !spoken.MatchString(e.Request.Path) || unspoken.MatchString(e.Request.Path) || strings.Contains(e.Request.Path, "${") {
				continue
			}
			n++
			resp := answered(t, e.Response.Status, e.Response.ContentType, string(bytes.TrimSpace(e.Response.Body)))
			if err := checkAnswer(e.Request.Method, e.Request.Path, resp, ""); err != nil {
				t.Errorf("%s: %v", e.Name, err)
			}
			for _, wrong := range [][2]string{
				{"text/html", "<html></html>"}, {isJSON, ""}, {isJSON, "{}"}, {isJSON, "null"}, {"text/plain", "OK"},
				{isJSON, `{"message": {"id": 1}}`}, {isJSON, `{"messages": []}`}, {isJSON, `[1`}, {isJSON, `"done"`},
			} {
				if e.Request.Method == http.MethodDelete && (wrong[1] == "" || wrong[1] == "null") {
					continue
				}
				err := checkAnswer(e.Request.Method, e.Request.Path, answered(t, http.StatusOK, wrong[0], wrong[1]), "")
				if form := formOf(e.Request.Method, e.Request.Path); err == nil && (form.key != "" || wrong[1][0] != '{' && !form.list) {
					t.Errorf("%s %s: %q passes", e.Request.Method, e.Request.Path, wrong[1])
				}
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d", n)
	}
}
