package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

const twoModels = `
apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:TOKEN}"}
backends:
  granite: {name: Granite, url: "http://granite.example.com:8080"}
  mistral: {name: Mistral, url: "http://mistral.example.com:8080"}
products:
  granite: {name: Granite, backends: {granite: /}, metrics: {aa: {name: A, unit: x}, bb: {name: B, unit: x}}, promotion: automatic}
  mistral: {name: Mistral, backends: {mistral: /}, metrics: {aa: {name: A, unit: x}, bb: {name: B, unit: x}}, promotion: automatic}
`

// session runs maasctl in this process, against one stand-in.
type session struct {
	dir, url   string
	interrupts chan os.Signal
	out        output
}

// output is what one run prints; it can be looked at while that goes on.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// taken is all that was printed; the next run starts anew.
func (o *output) taken() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.text.Reset()
	return o.text.String()
}

// has tells whether something has been printed.
func (o *output) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Contains(o.text.String(), text)
}

// await waits until something has been printed, and gives up where that can't come any more.
func (o *output) await(text string) {
	for began := time.Now(); !o.has(text) && time.Since(began) < 30*time.Second; {
		time.Sleep(time.Millisecond)
	}
}

func newSession(t *testing.T, wrap func(http.Handler, chan os.Signal) http.Handler) *session {
	t.Helper()
	s := &session{dir: t.TempDir(), interrupts: make(chan os.Signal, 2)}
	server := httptest.NewServer(wrap(threescaletest.New(threescaletest.Options{Token: "token"}), s.interrupts))
	t.Cleanup(server.Close)
	s.url = server.URL
	if err := os.WriteFile(filepath.Join(s.dir, "maas.yaml"), []byte(twoModels), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *session) run(args ...string) (ExitCode, string) {
	code := Run(context.Background(), append(args, "--set", "threescale.url="+s.url), IO{
		In: strings.NewReader(""), Out: &s.out, Err: &s.out, Now: time.Now, Dir: s.dir, Interrupts: s.interrupts,
		LookupEnv: func(name string) (string, bool) { return "token", name == "TOKEN" },
	})
	return code, s.out.taken()
}

// onFirstMetric does something when the first metric is about to be created.
func onFirstMetric(do func(r *http.Request, interrupts chan os.Signal)) func(http.Handler, chan os.Signal) http.Handler {
	return func(next http.Handler, interrupts chan os.Signal) http.Handler {
		var once sync.Once
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/metrics.json") {
				body, _ := io.ReadAll(r.Body) // only then does net/http notice that the client has gone
				r.Body = io.NopCloser(bytes.NewReader(body))
				once.Do(func() { do(r, interrupts) })
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestInterruptFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	var s *session
	s = newSession(t, onFirstMetric(func(_ *http.Request, interrupts chan os.Signal) {
		interrupts <- os.Interrupt
		s.out.await("finishing what is under way")
	}))
	code, out := s.run("apply")
	if code != ExitInterrupted || !strings.Contains(out, "Not done:") || !strings.Contains(out, "finishing what is under way") {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	if strings.Contains(out, "Failed:") {
		t.Errorf("the request under way has to be finished:\n%s", out)
	}
	if code, out := s.run("apply"); code != ExitOK {
		t.Fatalf("the next run goes on: exit %d:\n%s", code, out)
	}
	if code, out := s.run("diff"); code != ExitOK {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestSecondInterruptStopsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSession(t, onFirstMetric(func(r *http.Request, interrupts chan os.Signal) {
		interrupts <- os.Interrupt
		interrupts <- os.Interrupt
		<-r.Context().Done() // this request would take for ever
	}))
	code, out := s.run("apply")
	if code != ExitInterrupted || !strings.Contains(out, "Failed:") {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	if code, out := s.run("apply"); code != ExitOK {
		t.Fatalf("the next run goes on: exit %d:\n%s", code, out)
	}
}

func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()
	s := newSession(t, func(next http.Handler, interrupts chan os.Signal) http.Handler {
		var once sync.Once
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			once.Do(func() {
				interrupts <- os.Interrupt
				<-r.Context().Done()
			})
			next.ServeHTTP(w, r)
		})
	})
	if code, out := s.run("apply"); code != ExitInterrupted || !strings.Contains(out, "Nothing was changed") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newSession(t, onFirstMetric(func(r *http.Request, _ chan os.Signal) { <-r.Context().Done() }))
	code, out := s.run("apply", "--timeout", "5s") // enough to come that far on a busy machine
	if code != ExitPartial || !strings.Contains(out, "Applied in part: ") || !strings.Contains(out, "longer than --timeout allows") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if strings.Contains(out, "Interrupted") {
		t.Errorf("nobody has interrupted it:\n%s", out)
	}
}

func TestInterruptWhileDiffing(t *testing.T) {
	t.Parallel()
	s := newSession(t, func(_ http.Handler, interrupts chan os.Signal) http.Handler {
		var once sync.Once
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			once.Do(func() { interrupts <- os.Interrupt })
			<-r.Context().Done()
		})
	})
	if code, out := s.run("diff"); code != ExitInterrupted || out != "Interrupted. Nothing was changed.\n" {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestInterruptWhileReferencesAreLookedUp holds that nothing waits for a command that goes on and on, wherever it stands.
func TestInterruptWhileReferencesAreLookedUp(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh")
	}
	for _, command := range []string{"apply", "diff", "doctor", "output"} {
		for name, reference := range map[string]string{
			"Ctrl-C comes here":           "touch started; sleep 300",
			"Ctrl-C comes to the command": "touch started; kill -INT $$",
		} {
			s := newSession(t, func(next http.Handler, _ chan os.Signal) http.Handler { return next })
			started := filepath.Join(s.dir, "started")
			waits := strings.Contains(reference, "sleep")
			go func() {
				for range 3000 {
					if exists(started) && waits {
						s.interrupts <- os.Interrupt
						return
					}
					time.Sleep(10 * time.Millisecond)
				}
			}()
			reference = strings.ReplaceAll(reference, "started", started)
			began := time.Now()
			code, out := s.run(command, "--set", "threescale.token=${exec:"+reference+"}")
			if code != ExitInterrupted || !strings.Contains(out, "Interrupted.") || strings.Contains(out, "error:") || time.Since(began) > 2*time.Minute {
				t.Errorf("%s, %s: exit %d after %v:\n%s", command, name, code, time.Since(began), out)
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
