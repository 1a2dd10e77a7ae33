package apply

import (
	"context"
	"errors"
)

// Pace is how a change gets on that stands for many writes (plan.Change.Steps): its executor asks before each of them, and
// says when it is done. So such a change has progress, and ends between two writes where the run is to stop.
type Pace struct {
	stop <-chan struct{}
	step func()
}

type paceKey struct{}

// PaceOf is the pace of the change that is carried out with ctx. Without a run, nothing stops it and nobody counts.
func PaceOf(ctx context.Context) *Pace {
	if p, ok := ctx.Value(paceKey{}).(*Pace); ok {
		return p
	}
	return &Pace{step: func() {}}
}

// Err is ErrStopped where the run is to stop, or the context's error.
func (p *Pace) Err(ctx context.Context) error {
	select {
	case <-p.stop:
		return ErrStopped
	default:
		return ctx.Err()
	}
}

// Step says that one write is done.
func (p *Pace) Step() { p.step() }

// ErrStopped is the end of a change that was to stop between two of its writes.
var ErrStopped = errors.New("stopped between two writes")
