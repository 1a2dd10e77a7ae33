package cli

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// trap answers in the server's place, where it wants to. Other requests go on to the server.
type trap struct {
	mu     sync.Mutex
	spring func(w http.ResponseWriter, r *http.Request, next http.Handler) bool
}

func (t *trap) wrap(next http.Handler, _ chan os.Signal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		spring := t.spring
		t.mu.Unlock()
		if spring == nil || !spring(w, r, next) {
			next.ServeHTTP(w, r)
		}
	})
}

func (t *trap) set(spring func(w http.ResponseWriter, r *http.Request, next http.Handler) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spring = spring
}

// refuse answers requests of a method and a part of their path with a status, from the nth on.
func refuse(method, part string, nth, status int) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var mu sync.Mutex
	seen := 0
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if r.Method != method || !strings.Contains(r.URL.Path, part) {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen < nth {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"errors":{"base":["is refused"]}}`))
		return true
	}
}

// lose carries a request out and answers as if nobody had heard of it.
func lose(method, part string) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if r.Method != method || !strings.Contains(r.URL.Path, part) {
			return false
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
}

// write makes a document of twoModels' head and products.
func (s *session) write(t *testing.T, products string) {
	t.Helper()
	head, _, _ := strings.Cut(twoModels, "backends:")
	if err := os.WriteFile(filepath.Join(s.dir, "maas.yaml"), []byte(head+products), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The exit code and the first line say what has happened to the server, whatever went wrong.
func TestExitCodeTellsWhatHappened(t *testing.T) {
	t.Parallel()
	const first, second = `products: {shop: {mappingRules: [GET /aa]}}`,
		`products: {shop: {mappingRules: [GET /aa, GET /bb, GET /cc, GET /dd]}}`
	for name, c := range map[string]struct {
		spring func(http.ResponseWriter, *http.Request, http.Handler) bool
		code   ExitCode
		says   []string
		never  []string
	}{
		"a step that was done in part": {
			refuse("POST", "/mapping_rules", 3, 422), ExitPartial, []string{"no change was made whole, but something was written.", "rules (done in part)", "Mend what was refused"}, []string{"0 created"},
		},
		"one write, refused": {
			refuse("PUT", "/services/", 1, 422), ExitError,
			[]string{"\nFailed: nothing was changed.", "is refused", "Mend what was refused (see above), then run the same command again.\n"}, []string{"Applied in part", "goes on from here"},
		},
		"one write, lost on its way": {
			refuse("PUT", "/services/", 1, 500), ExitError, []string{"\nFailed: nothing was changed.", "\nRun the same command again.\n"}, []string{"may have been"},
		},
		"one write whose answer was lost": {
			lose("PUT", "/services/"), ExitPartial, []string{"no change was made whole, but something was written", "done in part", "\nRun the same command again: it goes on from here.\n"}, nil,
		},
		"a create that the server stumbled over": {
			refuse("POST", "/mapping_rules", 1, 500), ExitError, []string{"\nFailed: nothing was changed."}, []string{"may have been"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trap := &trap{}
			s := newSession(t, trap.wrap)
			s.write(t, first)
			if code, said := s.run("apply"); code != ExitOK {
				t.Fatal(said)
			}
			text := second
			if strings.Contains(name, "one write") {
				text = `products: {shop: {name: Shop, mappingRules: [GET /aa]}}`
			}
			s.write(t, text)
			trap.set(c.spring)
			code, said := s.run("apply")
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, said)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("doesn't say %q: %s", want, said)
				}
			}
			for _, not := range c.never {
				if strings.Contains(said, not) {
					t.Errorf("says %q: %s", not, said)
				}
			}
			trap.set(nil)
			if code, said := s.run("apply"); code != ExitOK {
				t.Errorf("afterwards: exit code %d: %s", code, said)
			}
		})
	}
}

// Where the server can't be asked afterwards either, nobody knows, and that is said.
func TestExitCodeOfWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	trap := &trap{}
	s := newSession(t, trap.wrap)
	s.write(t, `products: {shop: {}}`)
	if code, said := s.run("apply"); code != ExitOK {
		t.Fatal(said)
	}
	s.write(t, `products: {shop: {name: Shop}}`)
	broken := false
	trap.set(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if broken = broken || r.Method == http.MethodPut; broken {
			w.WriteHeader(http.StatusNotImplemented)
		}
		return broken
	})
	code, said := s.run("apply")
	if code != ExitPartial || !strings.Contains(said, "\nFailed: nothing is known to have been changed, but something may have been.") ||
		!strings.Contains(said, "product shop (it may have been done)") || !strings.Contains(said, "warning: whether something was changed couldn't be looked at") {
		t.Errorf("exit code %d: %s", code, said)
	}
}

// full is a disk that takes what is shown before the apply, and nothing after.
type full struct{ output }

func (f *full) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "Applied") || strings.Contains(string(p), `"outcomes"`) {
		return 0, errors.New("no space left on device")
	}
	return f.output.Write(p)
}

// An apply that worked and can't say so is no error by which nothing was changed.
func TestResultThatCantBeShown(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"human", "json"} {
		s := newSession(t, func(next http.Handler, _ chan os.Signal) http.Handler { return next })
		code := Run(context.Background(), []string{"apply", "-o", format, "--set", "threescale.url=" + s.url}, IO{
			In: strings.NewReader(""), Out: &full{}, Err: &s.out, Now: time.Now, Dir: s.dir, Interrupts: s.interrupts,
			LookupEnv: func(name string) (string, bool) { return "token", name == "TOKEN" },
		})
		if said := s.out.taken(); code != ExitPartial || !strings.Contains(said, "error: the result can't be shown: no space left on device\nApplied: ") {
			t.Errorf("%s: exit code %d: %s", format, code, said)
		}
		if code, said := s.run("diff"); code != ExitOK {
			t.Errorf("%s: %s", format, said)
		}
	}
}

// Nor is one whose trace can't be written; where nothing was to be done, nothing was changed.
func TestTraceThatCantBeWritten(t *testing.T) {
	t.Parallel()
	trap := &trap{}
	s := newSession(t, trap.wrap)
	for _, want := range []ExitCode{ExitPartial, ExitError} {
		folder := filepath.Join(s.dir, "traces")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		trap.set(func(http.ResponseWriter, *http.Request, http.Handler) bool {
			_ = os.Remove(folder)
			return false
		})
		code, said := s.run("apply", "--trace-http", filepath.Join("traces", "file"))
		if code != want || !strings.Contains(said, "error: trace: ") {
			t.Errorf("exit code %d, want %d: %s", code, want, said)
		}
	}
}

// A 403 that is a rule of the server's says what to do first, isn't about the token, and isn't worth the same again.
func TestRulesOfTheServerAreNoLackOfRights(t *testing.T) {
	t.Parallel()
	trap := &trap{}
	s := newSession(t, trap.wrap)
	s.write(t, `products: {shop: {plans: {free: {}, paid: {}}}}`)
	if code, said := s.run("apply"); code != ExitOK {
		t.Fatal(said)
	}
	s.write(t, `products: {shop: {plans: {free: {}, paid: {absent: true}}}}`)
	for body, c := range map[string]struct {
		code   ExitCode
		advice string
	}{
		`{"errors":{"base":["This application plan cannot be deleted! At least one application depends on it."]}}`: {ExitError, "move its applications to another plan, or delete them, first"},
		`{"errors":{"base":["This service plan cannot be deleted! At least one contract depends on it."]}}`:        {ExitError, "subscriptions to another service plan"},
		`{"errors":{"base":["is a rule that nobody has seen yet"]}}`:                                               {ExitError, "Mend what was refused"},
		`{"status":"Forbidden"}`: {ExitError, "maasctl doctor"},
		``:                       {ExitError, "the tenant's plan allows no more"},
		`{"error":"Your access token does not have the correct permissions"}`: {ExitAuth, "Give the account what it lacks"},
		`{"error":"Access denied"}`: {ExitAuth, "Give the account what it lacks"},
		`<html>Forbidden</html>`:    {ExitAuth, "Give the account what it lacks"},
	} {
		trap.set(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			if r.Method != http.MethodDelete {
				return false
			}
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(body))
			return true
		})
		code, said := s.run("apply", "--yes")
		if code != c.code || !strings.Contains(said, c.advice) || strings.Contains(said, "goes on from here") || !strings.Contains(said, "nothing was changed") {
			t.Errorf("%s: exit code %d: %s", body, code, said)
		}
	}
}

// Who waits for a server learns why, while it goes on.
func TestWaitingForAServerIsSaid(t *testing.T) {
	t.Parallel()
	trap := &trap{}
	s := newSession(t, trap.wrap)
	asked := 0
	trap.set(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if !strings.HasSuffix(r.URL.Path, "/services.json") {
			return false
		}
		if asked++; asked > 1 {
			return false
		}
		w.Header().Set("Retry-After", "3")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	if code, said := s.run("diff"); code != ExitChanges || strings.Count(said, "/admin/api/services.json: 429 Too Many Requests; next attempt in 1.0 s\n") != 1 {
		t.Errorf("exit code %d: %s", code, said)
	}
}
