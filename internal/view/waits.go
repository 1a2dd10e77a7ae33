package view

import (
	"io"
	"sync"
	"time"
)

// Waits tells why nothing seems to happen: a server that is waited for. Of many requests that wait side by side one is
// enough, and now and then.
type Waits struct {
	out      io.Writer
	terminal bool
	now      func() time.Time

	mu   sync.Mutex
	last time.Time
}

// NewWaits tells on out.
func NewWaits(out io.Writer, terminal bool, now func() time.Time) *Waits {
	return &Waits{out: out, terminal: terminal, now: now}
}

// Tell says what is waited for, and for how long now, unless somebody has just been told.
func (w *Waits) Tell(what string, next time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if !w.last.IsZero() && now.Sub(w.last) < quietTime {
		return
	}
	w.last = now
	if w.terminal { // the line of a Progress may stand there; it comes again
		_ = Print(w.out, "\r\x1b[K")
	}
	_ = Print(w.out, "waiting: %s; next attempt in %.1f s\n", what, next.Seconds())
}
