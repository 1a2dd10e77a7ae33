package cli

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// What gets on isn't bounded; what stands still ends with the error of a time that is over, and so does all that is below it.
func TestStallingEndsWhatStandsStill(t *testing.T) {
	t.Parallel()
	const patience = time.Second
	var answers atomic.Int64
	ctx, cancel := stalling(t.Context(), patience, answers.Load)
	defer cancel()
	below, end := context.WithCancel(ctx)
	defer end()
	for began := time.Now(); time.Since(began) < 2*patience; time.Sleep(patience / 20) {
		answers.Add(1)
		if ctx.Err() != nil {
			t.Fatalf("it ended after %s though it got on: %v", time.Since(began), ctx.Err())
		}
	}
	select {
	case <-below.Done():
	case <-time.After(30 * patience):
		t.Fatal("it doesn't end")
	}
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) || !errors.Is(below.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(below), context.DeadlineExceeded) {
		t.Errorf("ended by %v and %v (%v)", ctx.Err(), below.Err(), context.Cause(below))
	}
}

// Who gives it up ends it at once, and not by the time.
func TestStallingEndsWithItsParent(t *testing.T) {
	t.Parallel()
	ctx, cancel := stalling(t.Context(), time.Hour, func() int64 { return 0 })
	cancel()
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("ended by %v", ctx.Err())
	}
}
