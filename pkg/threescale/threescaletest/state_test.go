package threescaletest_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// handled runs requests against a handler that can be exchanged.
type handled struct{ s *threescaletest.Server }

func (h *handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := newAnswer()
	h.s.ServeHTTP(w, r)
	return w.response(r), nil
}

// TestStateSurvivesARestart stops and starts the server between the areas of the
// recordings: what was saved has to be all there is.
func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	opts := threescaletest.Options{WriteGap: -1}
	h := &handled{threescaletest.New(opts)}
	r := newReplayer("http://127.0.0.1", h.s.Token(), "")
	r.client.Transport = h
	files, err := filepath.Glob(filepath.Join(contractDir, "3scale", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if i%5 == 0 {
			h.s = restarted(t, h.s, opts)
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		group, exchanges := readGroup(t, raw, nil)
		for _, ex := range exchanges {
			if diffs := r.replay(t, ex); len(diffs) > 0 {
				t.Errorf("%s: %s: %s", group, ex.Name, strings.Join(diffs, "; "))
			}
		}
	}
	if h.s.Token() != r.token {
		t.Error("the token is another one after a restart")
	}
}

func restarted(t *testing.T, s *threescaletest.Server, opts threescaletest.Options) *threescaletest.Server {
	t.Helper()
	var state bytes.Buffer
	if err := s.Save(&state); err != nil {
		t.Fatal(err)
	}
	again, err := threescaletest.Load(opts, &state)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestLoadRefusesWhatIsNoState(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "nope", "{}", `{"version":1}`, `{"version":9,"tenants":[{}],"master":{}}`, `{"version":1,"tenants":[5],"master":{}}`} {
		if _, err := threescaletest.Load(threescaletest.Options{}, strings.NewReader(text)); err == nil {
			t.Errorf("%q was loaded", text)
		}
	}
}
