package threescaletest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// TB is the part of testing.TB that Start needs. Taking it, rather than testing.TB,
// keeps package testing out of programs that serve a sandbox.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Running is a server that listens on this machine until the test ends.
type Running struct {
	*Server
	URL   string // where it listens
	Token string // an access token of the first tenant with all scopes

	mu       sync.Mutex
	requests []Request
}

// Start serves an installation for a test, until the test ends.
func Start(t TB, opts Options) *Running {
	t.Helper()
	r := &Running{}
	observe := opts.Observe
	opts.Observe = func(q Request) {
		r.note(q)
		if observe != nil {
			observe(q)
		}
	}
	r.Server = New(opts)
	r.Token = r.Server.Token()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("no address to listen on: %v", err)
	}
	h := &http.Server{Handler: r.Server, ReadHeaderTimeout: time.Minute}
	go func() {
		if err := h.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("the server stopped: %v", err))
		}
	}()
	r.URL = "http://" + listener.Addr().String()
	t.Cleanup(func() { _ = h.Close() }) // nothing waits for it
	return r
}

func (r *Running) note(q Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, q)
}

// Requests are those that were answered since the start or the last Reset.
func (r *Running) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Request(nil), r.requests...)
}

// Reset forgets the requests so far.
func (r *Running) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
}
