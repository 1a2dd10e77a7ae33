package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// settle is Engine.Settle where nobody says one.
const settle = time.Second

// Unkept reads again what an apply has changed, and tells what of that the servers didn't keep. before is what was read when
// the plan was made.
func (e *Engine) Unkept(ctx context.Context, p *plan.Plan, before plan.State, r *apply.Result) ([]plan.Unkept, error) {
	var done []*plan.Change
	for _, o := range r.Outcomes {
		if o.State == apply.Done && !o.Change.Answered {
			done = append(done, o.Change)
		}
	}
	out, err := e.lookAt(ctx, p, before, done)
	if err != nil || len(out) == 0 || !e.settled(ctx) {
		return out, err // what was seen stands
	}
	return e.lookAt(ctx, p, before, slices.DeleteFunc(done, func(c *plan.Change) bool {
		return !slices.ContainsFunc(out, func(u plan.Unkept) bool { return u.Address == c.Address })
	}))
}

// settled waits until the servers have settled. It is false where the time is over before.
func (e *Engine) settled(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(cmp.Or(e.Settle, settle)):
		return true
	}
}

// lookAt reads some changes' objects and compares.
func (e *Engine) lookAt(ctx context.Context, p *plan.Plan, before plan.State, done []*plan.Change) ([]plan.Unkept, error) {
	after, err := e.readAgain(ctx, p, before, done)
	if err != nil {
		return nil, err
	}
	return p.Unkept(done, before, after), nil
}

// readAgain reads some changes' objects, side by side on all systems.
func (e *Engine) readAgain(ctx context.Context, p *plan.Plan, before plan.State, done []*plan.Change) (plan.State, error) {
	states, failed := make([]plan.State, len(e.Systems)), make([]error, len(e.Systems))
	var group sync.WaitGroup
	for i, s := range e.Systems {
		at := withAncestors(p, before, done, s.Target().System)
		if len(at) == 0 {
			continue
		}
		group.Go(func() {
			var err error
			if states[i], err = s.Look(ctx, p.Wanted(s.Target().System), at); err != nil {
				failed[i] = fmt.Errorf("read %s at %s: %w", s.Target().System, s.Target().URL, err)
			}
		})
	}
	group.Wait()
	after := plan.State{}
	for _, s := range states {
		maps.Copy(after, s)
	}
	return after, errors.Join(failed...)
}

// withAncestors are the objects of one system's changes and all that they stand below.
func withAncestors(p *plan.Plan, before plan.State, done []*plan.Change, system string) []*plan.Object {
	all := plan.State{}
	for _, c := range done {
		if c.System == system {
			all.Put(c.Object())
			all.Put(p.Ancestors(c.Object(), before)...)
		}
	}
	return slices.Collect(maps.Values(all))
}
