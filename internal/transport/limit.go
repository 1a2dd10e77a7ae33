package transport

import (
	"context"
	"net/http"
	"slices"
	"sync"
)

const (
	startConcurrency = 8
	maxConcurrency   = 32
)

// limit bounds how many requests are under way; those that wait come in the order in which they asked, so that nothing
// that others depend on is left behind. Without a number said, it finds its own: one more after every round of successes,
// half after a 429 or 503.
type limit struct {
	next http.RoundTripper

	mu       sync.Mutex
	waiting  []chan struct{} // each closed when its turn has come
	allowed  int
	under    int
	streak   int
	adaptive bool
}

func newLimit(next http.RoundTripper, n int) *limit {
	l := &limit{next: next, allowed: n}
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
	turn := make(chan struct{})
	l.mu.Lock()
	l.waiting = append(l.waiting, turn)
	l.admit()
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, turn); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	} else { // its turn came at the same moment
		l.under--
		l.admit()
	}
	return ctx.Err()
}

// admit lets those in that there is a place for.
func (l *limit) admit() {
	for len(l.waiting) > 0 && l.under < l.allowed {
		l.under++
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
}

func (l *limit) leave(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
	if l.adaptive {
		l.adapt(status)
	}
	l.admit()
}

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
