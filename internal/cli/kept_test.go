package cli

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// otherwise is a server that takes a product's name and keeps another, as long as it is asked to.
func otherwise(next http.Handler, _ chan os.Signal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		body = bytes.ReplaceAll(body, []byte(`"name":"Gran`), []byte(`"name":"Cut`))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		next.ServeHTTP(w, r)
	})
}

// What a server doesn't keep is named after an apply, by its field and once, and the exit code is that of an apply in part:
// in every apply, since it is a difference in each.
func TestApplyNamesWhatTheServerDoesntKeep(t *testing.T) {
	t.Parallel()
	s := newSession(t, otherwise)
	for round := range 2 {
		code, said := s.run("apply")
		if code != ExitPartial || strings.Count(said, "Not kept by the server:") != 1 {
			t.Fatalf("apply %d: exit code %d: %s", round+1, code, said)
		}
		_, named, _ := strings.Cut(said, "Not kept by the server:")
		for _, what := range []string{"! product granite", "! backend granite", `is "Cutite", was written as "Granite"`} {
			if !strings.Contains(strings.Join(strings.Fields(named), " "), what) {
				t.Errorf("apply %d doesn't say %q: %s", round+1, what, said)
			}
		}
		if strings.Contains(named, "mistral") || strings.Count(named, "name ") != 2 {
			t.Errorf("apply %d: %s", round+1, named)
		}
	}
	code, said := s.run("apply", "-o", "json")
	if code != ExitPartial || !strings.Contains(said, `"notKept": [`) || !strings.Contains(said, `"why": "it was written, and the server has something else"`) {
		t.Errorf("as JSON: exit code %d: %s", code, said)
	}
	if code, said := s.run("apply", "--target", "product/mistral"); code != ExitOK || strings.Contains(said, "Not kept") {
		t.Errorf("an apply of something else: exit code %d: %s", code, said)
	}
}

// Where it can't be looked at, that is said; all that was asked for is done.
func TestApplySaysWhereItCantLook(t *testing.T) {
	t.Parallel()
	written := false
	s := newSession(t, func(next http.Handler, _ chan os.Signal) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			last := strings.HasSuffix(r.URL.Path, "/backend_apis.json")
			if written && last && r.Method == http.MethodGet {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			written = written || last && r.Method == http.MethodPost
			next.ServeHTTP(w, r)
		})
	})
	code, said := s.run("apply", "--target", "backend/granite")
	if code != ExitOK || !strings.Contains(said, "warning: whether the servers have kept what was applied couldn't be looked at: read 3scale at") {
		t.Errorf("exit code %d: %s", code, said)
	}
}
