package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// script is a server that answers its requests in turn, the last answer again and again.
type script struct {
	mu     sync.Mutex
	turns  []http.HandlerFunc
	bodies []string
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.mu.Lock()
	turn := s.turns[0]
	if len(s.turns) > 1 {
		s.turns = s.turns[1:]
	}
	s.bodies = append(s.bodies, string(body))
	s.mu.Unlock()
	if err != nil {
		panic(err)
	}
	turn(w, r)
}

func (s *script) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.bodies...)
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "10")
	_, _ = io.WriteString(w, "half")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func fine(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }

// serve starts a server and gives a client to it that doesn't wait long.
func serve(t *testing.T, opts Options, turns ...http.HandlerFunc) (*http.Client, *script, string) {
	t.Helper()
	s := &script{turns: turns}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	if opts.Backoff == 0 {
		opts.Backoff = time.Millisecond
	}
	return New(opts), s, server.URL
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send gives what an answer holds, or the error.
func send(client *http.Client, r *http.Request) (string, error) {
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// What is sent again, and what isn't.
func TestRetry(t *testing.T) {
	const again, once = true, false
	for _, c := range []struct {
		method string
		fault  http.HandlerFunc
		name   string
		want   bool
	}{
		{"GET", status(429), "429", again}, {"POST", status(429), "429", again}, {"PUT", status(429), "429", again}, {"DELETE", status(429), "429", again},
		{"GET", status(502), "502", again}, {"PUT", status(502), "502", again}, {"DELETE", status(503), "503", again}, {"PATCH", status(504), "504", again},
		{"POST", status(502), "502", once}, {"POST", status(503), "503", once}, {"POST", status(504), "504", once},
		{"PUT", status(409), "409", again}, {"PATCH", status(409), "409", again}, {"POST", status(409), "409", once}, {"DELETE", status(409), "409", once},
		{"GET", cut, "reset", again}, {"PUT", cut, "reset", again}, {"DELETE", cut, "reset", again}, {"POST", cut, "reset", once},
		{"GET", half, "half", again}, {"PATCH", half, "half", again}, {"POST", half, "half", once},
		{"GET", status(500), "500", again}, {"POST", status(500), "500", once}, {"PUT", status(500), "500", once}, {"GET", status(404), "404", once}, {"PUT", status(422), "422", once}, {"GET", status(403), "403", once},
	} {
		t.Run(c.method+" "+c.name, func(t *testing.T) {
			t.Parallel()
			// Twice, since net/http itself sends some requests again where a connection that was idle breaks.
			client, server, url := serve(t, Options{}, fine, c.fault, fine)
			if _, err := send(client, request(t, "GET", url, "")); err != nil {
				t.Fatal(err)
			}
			client.CloseIdleConnections()
			body, err := send(client, request(t, c.method, url, "the body"))
			sent := server.seen()[1:]
			if c.want == again && (err != nil || body != "fine" || len(sent) != 2) {
				t.Errorf("sent %d times: %q, %v", len(sent), body, err)
			}
			if c.want == once && (err == nil || len(sent) != 1) {
				t.Errorf("sent %d times: %v", len(sent), err)
			}
			for _, s := range sent {
				if s != "the body" {
					t.Errorf("sent with the body %q", s)
				}
			}
		})
	}
}

func TestRetryEnds(t *testing.T) {
	client, server, url := serve(t, Options{Attempts: 3}, status(503))
	_, err := send(client, request(t, "GET", url, ""))
	if n := len(server.seen()); n != 3 || !Is(err, http.StatusServiceUnavailable) {
		t.Errorf("%d attempts: %v", n, err)
	}
}

// pooled is a body in a buffer that is another request's once it is closed.
type pooled struct{ *bytes.Buffer }

func (p pooled) Close() error {
	p.Reset()
	_, err := p.WriteString("a secret of another's")
	return err
}

// Each attempt sends the body that the request came with, whatever the request says can be had again.
func TestEachAttemptSendsTheWholeBody(t *testing.T) {
	for name, getBody := range map[string]func(*bytes.Buffer) (io.ReadCloser, error){
		"none": nil, "the buffer": func(b *bytes.Buffer) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil },
	} {
		client, server, url := serve(t, Options{}, status(503), cut, fine)
		r, b := request(t, "PUT", url, ""), bytes.NewBufferString("all of it")
		r.Body = pooled{b}
		if getBody != nil {
			r.GetBody = func() (io.ReadCloser, error) { return getBody(b) }
		}
		if _, err := send(client, r); err != nil || !slices.Equal(server.seen(), []string{"all of it", "all of it", "all of it"}) {
			t.Errorf("%s: sent %q: %v", name, server.seen(), err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for value, want := range map[string][2]time.Duration{
		"7": {7 * time.Second, 7 * time.Second}, "": {0, 0}, "soon": {0, 0},
		time.Now().Add(time.Minute).UTC().Format(http.TimeFormat): {50 * time.Second, 61 * time.Second},
	} {
		got := retryAfter(&http.Response{Header: http.Header{"Retry-After": {value}}})
		if got < want[0] || got > want[1] {
			t.Errorf("%q: %v", value, got)
		}
	}
	client, _, url := serve(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	}, fine)
	begin := time.Now()
	if _, err := send(client, request(t, "POST", url, "x")); err != nil || time.Since(begin) < time.Second {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

// A server may ask for any pause; one that is too long is cut, and then the request is sent.
func TestRetryAfterHasABound(t *testing.T) {
	for value, want := range map[string]time.Duration{"29": 29 * time.Second, "30": 30 * time.Second, "86400": 30 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			wire := roundTripper(func(*http.Request) (*http.Response, error) {
				sent++
				return &http.Response{
					StatusCode: map[int]int{1: http.StatusTooManyRequests, 2: http.StatusOK}[sent],
					Header:     http.Header{"Retry-After": {value}}, Body: http.NoBody,
				}, nil
			})
			begin := time.Now()
			resp, err := newRetry(wire, Options{Stats: &Stats{}}).RoundTrip(request(t, "POST", "http://example.com", "x"))
			if err != nil || resp.StatusCode != http.StatusOK || time.Since(begin) != want {
				t.Errorf("Retry-After %s: %v after %v, sent %d times", value, err, time.Since(begin), sent)
			}
		})
	}
}

// Whoever gives up isn't kept waiting for the next attempt.
func TestGivingUpEndsThePause(t *testing.T) {
	client, _, url := serve(t, Options{Backoff: time.Hour}, status(503))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := send(client, request(t, "GET", url, "").WithContext(ctx))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error: %v", err)
	}
}

func TestUncertain(t *testing.T) {
	for _, c := range []struct {
		fault http.HandlerFunc
		want  bool
	}{{cut, true}, {half, true}, {status(502), true}, {status(503), true}, {status(504), true}, {status(500), false}, {status(422), false}, {status(409), false}} {
		client, _, url := serve(t, Options{}, c.fault)
		_, err := send(client, request(t, "POST", url, "x"))
		if got := Uncertain(err); got != c.want {
			t.Errorf("%v: %v", err, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	client, _, url := serve(t, Options{}, fine)
	if _, err := send(client, request(t, "POST", url, "x").WithContext(ctx)); err == nil || Uncertain(err) {
		t.Errorf("giving up says nothing about the server: %v", err)
	}
	if Uncertain(nil) {
		t.Error("nothing is uncertain about a success")
	}
}

func TestNobodyThere(t *testing.T) {
	stats := &Stats{}
	client := New(Options{Attempts: 2, Backoff: time.Millisecond, Stats: stats})
	_, err := send(client, request(t, "GET", "http://127.0.0.1:1/path?access_token=canary", "")) // nothing listens on port 1
	if err == nil || stats.Requests() != 2 {
		t.Errorf("%d requests: %v", stats.Requests(), err)
	}
	var inner *networkError
	if !errors.As(err, &inner) || strings.Contains(inner.Error(), "canary") || !strings.Contains(inner.Error(), "GET /path") {
		t.Errorf("error: %v", inner)
	}
}

// A number of requests at once is a bound.
func TestLimit(t *testing.T) {
	var under, most atomic.Int64
	client, _, url := serve(t, Options{Concurrency: 3}, func(http.ResponseWriter, *http.Request) {
		n := under.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		under.Add(-1)
	})
	var group sync.WaitGroup
	for range 20 {
		r := request(t, "GET", url, "")
		group.Go(func() {
			if _, err := send(client, r); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most.Load() != 3 {
		t.Errorf("%d at once, 3 are allowed", most.Load())
	}
}

// Without a number said, the bound halves where the server is overwhelmed, grows where all goes well, and learns nothing
// from a request without an answer.
func TestAdaptiveLimit(t *testing.T) {
	code := 200
	l := newLimit(roundTripper(func(*http.Request) (*http.Response, error) {
		if code == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return &http.Response{StatusCode: code}, nil
	}), 0)
	call := func(status, times int) int {
		code = status
		for range times {
			if _, err := l.RoundTrip(request(t, "GET", "http://example.com", "")); err != nil && status != 0 {
				t.Fatal(err)
			}
		}
		return l.allowed
	}
	for _, step := range []struct{ status, times, want int }{
		{0, 100, startConcurrency}, {429, 1, startConcurrency / 2}, {503, 1, startConcurrency / 4}, {429, 10, 1},
		{200, 4, 2}, {200, 1000, 2 * startConcurrency}, {500, 1, 2 * startConcurrency},
	} {
		if got := call(step.status, step.times); got != step.want {
			t.Errorf("after %d of %d: %d at once, want %d", step.times, step.status, got, step.want)
		}
	}
	if l.under != 0 {
		t.Errorf("%d places weren't given back", l.under)
	}
}

func TestWaitingForAPlaceEndsWithTheContext(t *testing.T) {
	l := newLimit(nil, 1)
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := l.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Each attempt is signed by itself, and the caller's request stays as it was.
func TestSigner(t *testing.T) {
	n := 0
	var got []string
	client, _, url := serve(t, Options{Authorize: func(r *http.Request) error {
		n++
		r.Header.Set("Authorization", fmt.Sprint("token ", n))
		return nil
	}}, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusServiceUnavailable)
	}, func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Header.Get("Authorization")) })
	r := request(t, "GET", url, "")
	if _, err := send(client, r); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != "token 1" || got[1] != "token 2" || r.Header.Get("Authorization") != "" {
		t.Errorf("signed as %v; the caller's request: %v", got, r.Header)
	}
	client, server, url := serve(t, Options{Authorize: func(*http.Request) error { return errors.New("no token") }}, fine)
	if _, err := send(client, request(t, "GET", url, "")); err == nil || len(server.seen()) > 0 {
		t.Errorf("sent %d times without a signature: %v", len(server.seen()), err)
	}
}

func TestStats(t *testing.T) {
	stats := &Stats{}
	client, _, url := serve(t, Options{Stats: stats}, status(503), fine)
	for _, method := range []string{"GET", "POST", "PUT"} {
		if _, err := send(client, request(t, method, url, "")); err != nil {
			t.Fatal(err)
		}
	}
	if stats.Reads() != 2 || stats.Writes() != 2 || stats.Requests() != 4 || stats.Repeated() != 1 {
		t.Errorf("%d reads, %d writes, %d requests, %d again", stats.Reads(), stats.Writes(), stats.Requests(), stats.Repeated())
	}
}

// A redirect is no success, and nothing is sent to where it leads.
func TestRedirectsAreErrors(t *testing.T) {
	client, server, url := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example.com/login", http.StatusFound)
	})
	_, err := send(client, request(t, "POST", url, "secret"))
	if !Is(err, http.StatusFound) || !strings.Contains(err.Error(), "elsewhere") || len(server.seen()) != 1 {
		t.Errorf("error: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	r := NewRedactor()
	r.Add("canary")
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, body)
		}
	}
	for body, want := range map[string]string{
		"plain words":               "POST /path: 422 plain words",
		"canary is taken":           "POST /path: 422 *** is taken",
		"<html>a whole page</html>": "POST /path: 422 Unprocessable Entity",
		"":                          "POST /path: 422 Unprocessable Entity",
	} {
		client, _, url := serve(t, Options{Redactor: r}, answer(body))
		_, err := send(client, request(t, "POST", url+"/path?access_token=canary", "x"))
		var e *Error
		if !errors.As(err, &e) || e.Error() != want || string(e.Body) != body {
			t.Errorf("%q: %v", body, e)
		}
	}
	client, _, url := serve(t, Options{Message: func(b []byte) string { return "the server's word for " + string(b) }}, answer("it"))
	if _, err := send(client, request(t, "POST", url, "x")); err == nil || !strings.Contains(err.Error(), "the server's word for it") {
		t.Errorf("error: %v", err)
	}
	if Is(errors.New("another"), 422) || Is(nil, 422) {
		t.Error("only an answer has a status")
	}
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	r := NewRedactor()
	r.Add("canary/known value")
	client, _, url := serve(t, Options{Trace: &out, Redactor: r, Attempts: 2},
		func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id": 7, "client_secret": "canary-by-name", "text": "canary/known value"}`)
		}, cut)
	if body, err := send(client, request(t, "POST", url+"/path?access_token=canary-query&page=2", `{"password":"canary-sent","name":"seen","number":1}`)); err != nil || !strings.Contains(body, "canary-by-name") {
		t.Fatalf("the caller gets all of the answer: %q, %v", body, err)
	}
	if _, err := send(client, request(t, "GET", url+"/broken", "")); err == nil {
		t.Fatal("no error")
	}
	text := out.String()
	if strings.Contains(text, "canary") {
		t.Errorf("the trace shows a secret: %s", text)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 3 { // each attempt is one
		t.Fatalf("%d lines: %s", len(lines), text)
	}
	for _, want := range []string{`"method":"POST"`, `"status":200`, `page=2`, `seen`, `\"id\": 7`, `"ms":`} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("the trace lacks %s: %s", want, lines[0])
		}
	}
	if !strings.Contains(lines[1], `"error":`) {
		t.Errorf("a broken connection is to be seen: %s", lines[1])
	}
}

func TestTheClientNamesItself(t *testing.T) {
	for agent, want := range map[string]string{"": "maasctl", "maasctl/1.2.3": "maasctl/1.2.3"} {
		var got string
		h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.UserAgent() }))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "some-library/1")
		resp, err := New(Options{Agent: agent}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		h.Close()
		if got != want || r.UserAgent() != "some-library/1" {
			t.Errorf("%q: %q", agent, got)
		}
	}
}
