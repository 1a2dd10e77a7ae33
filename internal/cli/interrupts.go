package cli

import (
	"context"

	"example.com/maasctl/internal/view"
)

// interruptible is a context that the first Ctrl-C ends: for all that needs no finishing, such as reading and asking. end
// stops listening, and tells whether there was one.
func (g *global) interruptible(ctx context.Context) (_ context.Context, end func() (interrupted bool)) {
	ctx, cancel := context.WithCancel(ctx)
	gone, interrupted := make(chan struct{}), false
	go func() {
		defer close(gone)
		select {
		case <-g.Interrupts:
			interrupted = true
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() bool {
		cancel()
		<-gone
		return interrupted
	}
}

// readOnly bounds a command that only reads: by --timeout, and by the first Ctrl-C.
func (g *global) readOnly(ctx context.Context) (_ context.Context, end func()) {
	ctx, stop := g.interruptible(ctx)
	ctx, cancel := stalling(ctx, g.timeout, g.traffic.Answered)
	return ctx, func() {
		cancel()
		stop()
	}
}

// finishing turns the first Ctrl-C into a wish to stop and the second into the end of everything.
func (g *global) finishing(ctx context.Context, cancel context.CancelFunc) (stop <-chan struct{}, interrupted func() bool) {
	ch := make(chan struct{})
	go func() {
		select {
		case <-g.Interrupts:
		case <-ctx.Done():
			return
		}
		close(ch) // before it is said: whoever reads it may count on it
		_ = view.Print(g.Err, "\nInterrupted: finishing what is under way. Once more to stop at once.\n")
		select {
		case <-g.Interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ch, func() bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
}
