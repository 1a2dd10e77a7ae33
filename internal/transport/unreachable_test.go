package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a network whose requests come out as told, in turn, the last again and again.
type wire struct {
	turns []error // nil: an answer
	sent  int
}

func (w *wire) RoundTrip(*http.Request) (*http.Response, error) {
	turn := w.turns[min(w.sent, len(w.turns)-1)]
	w.sent++
	if turn != nil {
		return nil, turn
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("fine"))}, nil
}

func refused() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// A wrong address is told of at once or nearly so; a server that has answered is waited for while it starts again.
func TestServerThatCantBeReached(t *testing.T) {
	lookup := &net.DNSError{Err: "server misbehaving", Name: "nowhere.example.com", IsTemporary: true}
	for _, c := range []struct {
		name     string
		wire     *wire
		requests int
		attempts int // of the last request
		longest  time.Duration
	}{
		{"refused from the start", &wire{turns: []error{refused()}}, 1, 3, time.Second},
		{"no name server", &wire{turns: []error{&net.OpError{Op: "dial", Err: lookup}}}, 1, 3, time.Second},
		{"no such name", &wire{turns: []error{&net.DNSError{Err: "no such host", IsNotFound: true}}}, 1, 1, 0},
		{"a broken connection is somebody's", &wire{turns: []error{io.ErrUnexpectedEOF}}, 1, 6, time.Minute},
		{"refused after an answer", &wire{turns: []error{nil, refused()}}, 2, 6, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := New(Options{Base: c.wire})
				var err error
				var before int
				var begin time.Time
				for range c.requests {
					before, begin = c.wire.sent, time.Now()
					_, err = send(client, request(t, "GET", "http://example.com/", ""))
				}
				took := time.Since(begin)
				if n := c.wire.sent - before; err == nil || n != c.attempts || took > c.longest {
					t.Errorf("%d attempts in %v: %v", n, took, err)
				}
			})
		})
	}
}

// Attempts that each take long don't add up either.
func TestServerThatIsSlowlyUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := New(Options{Base: roundTripper(func(*http.Request) (*http.Response, error) {
			sent++
			time.Sleep(30 * time.Second)
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
		})})
		if _, err := send(client, request(t, "GET", "http://example.com/", "")); err == nil || sent != 1 {
			t.Errorf("%d attempts: %v", sent, err)
		}
	})
}

// Where the time is over during a pause or another attempt, the error says why there was one.
func TestEndOfTimeNamesTheCause(t *testing.T) {
	unavailable := func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody}, nil
	}
	n := 0
	for name, c := range map[string]struct {
		base roundTripper
		want string
		is   error
	}{
		"in a pause": {func(*http.Request) (*http.Response, error) { return nil, refused() }, "connection refused", syscall.ECONNREFUSED},
		"an answer":  {unavailable, "503 Service Unavailable", context.DeadlineExceeded},
		"in an attempt": {func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return unavailable(r)
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, "503 Service Unavailable", context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Millisecond) // no pause is shorter than 100 ms
				if name == "in an attempt" {
					ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				}
				defer cancel()
				_, err := send(New(Options{Base: c.base}), request(t, "GET", "http://example.com/", "").WithContext(ctx))
				if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, c.is) ||
					!strings.Contains(err.Error(), "; the attempt before failed: ") || !strings.HasSuffix(err.Error(), c.want) {
					t.Errorf("error: %v", err)
				}
				if Uncertain(err) {
					t.Error("giving up says nothing about the server")
				}
			})
		})
	}
}

// Whoever waits is told why after two seconds: in the middle of a long pause, or when another one of many begins; and what
// is over sooner isn't worth a word. No secret is told.
func TestWaitingIsTold(t *testing.T) {
	answer := func(status int, after string) *http.Response {
		return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{"Retry-After": {after}}}
	}
	for name, c := range map[string]struct {
		base  func(n int) (*http.Response, error)
		tells []string // with the whole seconds since the beginning
	}{
		"over soon": {func(n int) (*http.Response, error) { return answer(map[int]int{1: 503, 2: 200}[n], ""), nil }, nil},
		"a long pause": {
			func(n int) (*http.Response, error) { return answer(map[int]int{1: 429, 2: 200}[n], "20"), nil },
			[]string{"2 s: GET example.com/***: 429 Too Many Requests; 18s"},
		},
		"an attempt that hangs": {
			func(n int) (*http.Response, error) {
				if n == 1 {
					time.Sleep(90 * time.Second)
					return nil, io.ErrUnexpectedEOF
				}
				return answer(200, ""), nil
			},
			[]string{"90 s: GET example.com/***: unexpected EOF"},
		},
		"short pauses": {func(n int) (*http.Response, error) {
			return answer(map[int]int{1: 503, 2: 503, 3: 200}[n], "1.5"), nil // 0.9 s at most: each has its own length
		}, nil},
		"each pause of some seconds": {
			func(n int) (*http.Response, error) { return answer(map[int]int{1: 503, 2: 502, 3: 200}[n], "3"), nil },
			[]string{"2 s: GET example.com/***: 503 Service Unavailable; 1s", "3 s: GET example.com/***: 502 Bad Gateway; 3s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, begin := 0, time.Now()
				var tells []string
				r := NewRedactor()
				r.Add("canary")
				client := New(Options{Redactor: r, Waiting: func(what string, next time.Duration) {
					tells = append(tells, fmt.Sprintf("%.0f s: %s; %v", time.Since(begin).Seconds(), what, next))
				}, Base: roundTripper(func(*http.Request) (*http.Response, error) {
					n++
					return c.base(n)
				})})
				if _, err := send(client, request(t, "GET", "http://example.com/canary/keys/a-key?token=t", "")); err != nil {
					t.Fatal(err)
				}
				if len(tells) != len(c.tells) {
					t.Fatalf("told %q", tells)
				}
				for i, want := range c.tells {
					if !strings.HasPrefix(tells[i], want) {
						t.Errorf("told %q, want %q", tells[i], want)
					}
				}
			})
		})
	}
}
