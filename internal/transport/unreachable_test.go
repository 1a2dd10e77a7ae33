package transport

import (
	"context"
	"errors"
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
