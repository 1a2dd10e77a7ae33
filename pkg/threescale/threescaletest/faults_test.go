package threescaletest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// withFaults starts a server on which something goes wrong.
func withFaults(t *testing.T, faults ...string) *threescaletest.Running {
	t.Helper()
	var opts threescaletest.Options
	for _, text := range faults {
		f, err := threescaletest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		opts.Faults = append(opts.Faults, f)
	}
	return threescaletest.Start(t, opts)
}

func TestFaultsStrikeByRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault string
		want  string // the statuses of five requests
	}{
		"the third":        {"GET /admin/api/services.json nth=3 status=503", "200 200 503 200 200"},
		"every second":     {"GET /admin/api/services*.json every=2 status=500", "200 500 200 500 200"},
		"at most two":      {"GET /admin/api/* count=2 status=409", "409 409 200 200 200"},
		"any method":       {"* /admin/api/services.json nth=1 status=401", "401 200 200 200 200"},
		"always":           {"GET * rate=1 status=429", "429 429 429 429 429"},
		"never":            {"GET * rate=0.0000000001 status=429", "200 200 200 200 200"},
		"another route":    {"GET /admin/api/backend_apis.json status=500", "200 200 200 200 200"},
		"another method":   {"POST /admin/api/services.json status=500", "200 200 200 200 200"},
		"the rest differs": {"GET /admin/api/services status=500", "200 200 200 200 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := apiOf(withFaults(t, c.fault))
			var got []string
			for range 5 {
				status, _, err := a.send(http.MethodGet, "/admin/api/services.json", nil)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(status))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestFaultsComeBeforeOrAfterTheEffect(t *testing.T) {
	t.Parallel()
	for fault, created := range map[string]bool{
		"POST /admin/api/backend_apis.json reset":                 false,
		"POST /admin/api/backend_apis.json reset when=after":      true,
		"POST /admin/api/backend_apis.json half":                  true,
		"POST /admin/api/backend_apis.json status=503":            false,
		"POST /admin/api/backend_apis.json status=500 when=after": true,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			a := apiOf(withFaults(t, fault))
			status, _, err := a.send(http.MethodPost, "/admin/api/backend_apis.json", map[string]any{"name": "Granite", "private_endpoint": "https://granite.example.com"})
			if strings.Contains(fault, "status") != (err == nil && status >= 500) {
				t.Errorf("status %d, error %v", status, err)
			}
			v := a.must(t, 200, http.MethodGet, "/admin/api/backend_apis.json", nil)
			if got := at(t, v, "backend_apis.1") != nil; got != created {
				t.Errorf("created: %v, want %v", got, created)
			}
		})
	}
}

func TestTooManyRequestsSayWhenToComeBack(t *testing.T) {
	t.Parallel()
	s := withFaults(t, "GET * status=429 retry-after=2")
	res, err := http.Get(s.URL + "/admin/api/services.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "2" {
		t.Errorf("%d with Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
}

func TestHalfAnAnswerAndNoneAtAll(t *testing.T) {
	t.Parallel()
	s := withFaults(t, "GET /admin/api/provider.json half", "GET /admin/api/settings.json hang")
	req, err := http.NewRequest(http.MethodGet, s.URL+"/admin/api/provider.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("", s.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if raw, err := io.ReadAll(res.Body); err == nil || len(raw) < 50 {
		t.Errorf("read %d bytes with the error %v, want half an answer and an error", len(raw), err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, err = http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/admin/api/settings.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if res, err = http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		t.Error("a request that hangs was answered")
	}
}

func TestParseFaultRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "want METHOD PATH",
		"GET /x":                       "want METHOD PATH",
		"GET /x nth=1":                 "say how it fails",
		"GET x status=500":             "is no path",
		"GET /x status=200":            "from 400 to 599",
		"GET /x status=500 nth=first":  "no such number",
		"GET /x status=500 nth=-1":     "no such number",
		"GET /x status=500 rate=2":     "from 0 to 1",
		"GET /x status=500 when=later": "before or after",
		"GET /x status=500 sometimes":  "unknown word",
	} {
		if _, err := threescaletest.ParseFault(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
}
