package doctor_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const token = "canary-token"

// tenant is a new tenant, with some of its pages replaced: "GET path" to "status body".
func tenant(t *testing.T, replaced map[string]string) string {
	t.Helper()
	return serve(t, threescaletest.New(threescaletest.Options{Token: token, MasterToken: "canary-master"}), replaced)
}

func serve(t *testing.T, next http.Handler, replaced map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/token") {
			t.Errorf("%s %s: a doctor only looks", r.Method, r.URL.Path)
		}
		answer, ok := replaced[r.URL.Path]
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		status, body, _ := strings.Cut(answer, " ")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(map[string]int{"200": 200, "302": 302, "403": 403, "404": 404, "500": 500}[status])
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// examined is what the doctor says of a document; ADDRESS stands for the server's.
func examined(t *testing.T, document string, env map[string]string) *doctor.Report {
	t.Helper()
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader("apiVersion: maasctl/v1\nname: test\n" + document)})
	if found.HasErrors() {
		t.Fatal(found)
	}
	found = doc.Resolve(t.Context(), maas.Sources{Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }})
	if found.HasErrors() {
		t.Fatal(found)
	}
	var trace bytes.Buffer
	report, err := doctor.Run(t.Context(), doc, transport.Options{Trace: &trace, Backoff: 1})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(trace.String(), "canary") {
		t.Errorf("a secret in the trace: %s", trace.String())
	}
	for _, s := range report.Systems {
		for _, c := range s.Checks {
			if text := c.Name + c.Found + c.Do; strings.Contains(text, "canary") || c.Name == "" || c.Found == "" {
				t.Errorf("%+v", c)
			}
		}
	}
	return report
}

// lines are a report's checks, "status name: found"; only those that aren't ok where all is false.
func lines(r *doctor.Report, all bool) []string {
	out := []string{}
	for _, s := range r.Systems {
		for _, c := range s.Checks {
			if all || c.Status != doctor.OK {
				out = append(out, string(c.Status)+" "+c.Name+": "+c.Found)
			}
		}
	}
	return out
}

// compare holds lines to what they begin with.
func compare(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d lines, not %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

// serveAll serves writes too, for what a test has to make.
func serveAll(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}
