package transport

import (
	"context"
	"io"
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
	if err != nil {
		l.leave(0)
		return nil, err
	}
	resp.Body = &placeKeeper{ReadCloser: resp.Body, leave: sync.OnceFunc(func() { l.leave(resp.StatusCode) })}
	return resp, nil
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

func (l *limit) adapt(status int) {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		l.allowed, l.streak = max(1, l.allowed/2), 0
		return
	}
	if l.streak++; l.streak >= 4*l.allowed && l.allowed < startConcurrency*2 {
		l.allowed, l.streak = l.allowed+1, 0
	}
}

// placeKeeper gives the place back when the answer has been read.
type placeKeeper struct {
	io.ReadCloser
	leave func()
}

func (p *placeKeeper) Close() error {
	defer p.leave()
	return p.ReadCloser.Close()
}
