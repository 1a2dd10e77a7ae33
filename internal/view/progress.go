package view

import (
	"fmt"
	"io"
	"sync"
	"time"

	"example.com/maasctl/pkg/apply"
)

// Progress shows a run as it goes on: on a terminal one line that is written over and over, elsewhere a line every ten
// seconds. Failures always get a line of their own.
type Progress struct {
	out      io.Writer
	terminal bool
	verbose  bool
	now      func() time.Time
	every    time.Duration

	mu    sync.Mutex
	last  time.Time
	drawn bool
	pace  pace
}

// quietTime is how often a run says where it is, where nobody watches a terminal.
const quietTime = 10 * time.Second

// NewProgress shows a run on out; verbose gives every step a line of its own.
func NewProgress(out io.Writer, terminal, verbose bool, now func() time.Time) *Progress {
	begin := now()
	return &Progress{out: out, terminal: terminal, verbose: verbose, now: now, every: quietTime, last: begin, pace: pace{from: begin, next: begin}}
}

// Observe takes one event of a run.
func (p *Progress) Observe(e apply.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.State == apply.Failed {
		p.clear()
		_ = Print(p.out, "failed: %v\n", e.Err)
	}
	line := fmt.Sprintf("%d of %d%s  %s %s", e.Done, e.Total, p.pace.of(p.now(), e.Done, e.Total), e.Change.Action, e.Change.Title())
	switch {
	case p.verbose && e.State != apply.Stepped:
		_ = Print(p.out, "%-8s %s\n", e.State, line)
	case p.terminal:
		p.clear()
		_ = Print(p.out, "%s", line)
		p.drawn = true
	case p.now().Sub(p.last) >= p.every:
		p.last = p.now()
		_ = Print(p.out, "%s\n", line)
	}
}

// End takes the progress line away.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *Progress) clear() {
	if p.drawn {
		_ = Print(p.out, "\r\x1b[K")
		p.drawn = false
	}
}
