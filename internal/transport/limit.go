package transport

import (
	"context"
	"net/http"
	"sync"
)

const (
	startConcurrency = 8
	maxConcurrency   = 32
)

// limit bounds how many requests are under way. Without a number said, it finds its own: one more after every round of
// successes, half after a 429 or 503.
type limit struct {
	next http.RoundTripper

	mu       sync.Mutex
	freed    chan struct{} // closed and renewed whenever a place may have become free
	allowed  int
	under    int
	streak   int
	adaptive bool
}

func newLimit(next http.RoundTripper, n int) *limit {
	l := &limit{next: next, allowed: n, freed: make(chan struct{})}
	if n <= 0 {
		l.allowed, l.adaptive = startConcurrency, true
	}
	return l
}

func (l *limit) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := l.enter(r.Context()); err != nil {
		return nil, err
	}
	resp, err := l.next.RoundTrip(r)
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	l.leave(status)
	return resp, err
}

func (l *limit) enter(ctx context.Context) error {
	for {
		l.mu.Lock()
		if l.under < l.allowed {
			l.under++
			l.mu.Unlock()
			return nil
		}
		freed := l.freed
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-freed:
		}
	}
}

func (l *limit) leave(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
	if l.adaptive {
		l.adapt(status)
	}
	close(l.freed)
	l.freed = make(chan struct{})
}

// adapt learns from an answer's status; a request without one (0) says nothing.
func (l *limit) adapt(status int) {
	if status == 0 {
		return
	}
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		l.allowed, l.streak = max(1, l.allowed/2), 0
		return
	}
	if l.streak++; l.streak >= 4*l.allowed && l.allowed < startConcurrency*2 {
		l.allowed, l.streak = l.allowed+1, 0
	}
}
