package cli

import (
	"context"
	"sync"
	"time"
)

// stalling is a context that ends with DeadlineExceeded once nothing has got on for so long: a long run that gets on isn't
// bounded by --timeout. answers counts what has come from the servers.
func stalling(parent context.Context, patience time.Duration, answers func() int64) (context.Context, context.CancelFunc) {
	if patience < looks*time.Millisecond { // too short to be looked into
		return context.WithTimeout(parent, patience)
	}
	parent, cancel := context.WithCancel(parent)
	s := &stall{Context: parent, done: make(chan struct{})}
	go s.watch(patience, answers)
	return s, cancel
}

// looks is how often in all the patience it is looked whether something came.
const looks = 50

type stall struct {
	context.Context //nolint:containedctx // it is one, with another end

	done chan struct{}
	mu   sync.Mutex
	err  error
}

func (s *stall) watch(patience time.Duration, answers func() int64) {
	defer close(s.done)
	tick := time.NewTicker(patience / looks)
	defer tick.Stop()
	until, had := time.Now().Add(patience), answers()
	for {
		select {
		case <-s.Context.Done():
			s.end(s.Context.Err())
			return
		case now := <-tick.C:
			if n := answers(); n != had {
				until, had = now.Add(patience), n
			} else if !now.Before(until) {
				s.end(context.DeadlineExceeded)
				return
			}
		}
	}
}

func (s *stall) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// Done, Err and Deadline make it a context; nobody knows when it ends.
func (s *stall) Done() <-chan struct{} { return s.done }

// Err is why it ended.
func (s *stall) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Deadline is unknown.
func (s *stall) Deadline() (time.Time, bool) { return time.Time{}, false }

var _ context.Context = (*stall)(nil)
