package transport

import (
	"context"
	"net/http"
	"sync"
)

// Effects are what has become of the writes of one piece of work, retries included: whether the server took any of them,
// and whether there is one of which nobody knows. See Watch.
type Effects struct {
	mu sync.Mutex
	of map[string]effect // by method and path
}

type effect int

const (
	undone effect = iota // or never sent
	open                 // the server stumbled, the connection broke, or the caller gave up
	taken
)

type effectsKey struct{}

// Watch returns a context whose requests are watched.
func Watch(ctx context.Context) (context.Context, *Effects) {
	e := &Effects{of: map[string]effect{}}
	return context.WithValue(ctx, effectsKey{}, e), e
}

// Taken tells whether the server took a write.
func (e *Effects) Taken() bool { return e.has(taken) }

// Open tells whether there is a write that may have taken effect.
func (e *Effects) Open() bool { return e.has(open) }

func (e *Effects) has(which effect) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, have := range e.of {
		if have == which {
			return true
		}
	}
	return false
}

// Settle says what a look at the server has shown of the writes under ctx that were open: whether they took effect.
func Settle(ctx context.Context, there bool) {
	e, ok := ctx.Value(effectsKey{}).(*Effects)
	if !ok {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for request, have := range e.of {
		switch {
		case have != open:
		case there:
			e.of[request] = taken
		default:
			delete(e.of, request)
		}
	}
}

// note takes down what has become of a request. What was taken once stays so: there may be several of one path.
func note(r *http.Request, now effect) {
	e, ok := r.Context().Value(effectsKey{}).(*Effects)
	if !ok || isRead(r) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if request := r.Method + " " + r.URL.Path; e.of[request] != taken {
		e.of[request] = now
	}
}

// doubt takes back that a request was taken: its answer wasn't the server's.
func doubt(resp *http.Response) {
	r := resp.Request
	if r == nil || isRead(r) {
		return
	}
	if e, ok := r.Context().Value(effectsKey{}).(*Effects); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.of[r.Method+" "+r.URL.Path] = open
	}
}

// watcher sees what has become of each attempt.
type watcher struct{ next http.RoundTripper }

func (w *watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err // it isn't sent
	}
	resp, err := w.next.RoundTrip(r)
	switch {
	case err != nil && (isDial(err) || !isNetwork(err) && r.Context().Err() == nil && !isAnswer(err)):
		note(r, undone) // it wasn't sent
	case err != nil, resp.StatusCode >= http.StatusInternalServerError:
		note(r, open)
	case resp.StatusCode >= http.StatusMultipleChoices:
		note(r, undone)
	default:
		note(r, taken)
	}
	return resp, err
}
