// Package apply runs a plan: in order, side by side where nothing forbids it, one call at a time to each object at the
// top, and on past failures as far as they reach. It knows no server: executors do the work.
package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.com/maasctl/pkg/plan"
)

// Handover gives the values that an object takes over from others (plan.Handed), as they are by then.
type Handover func(plan.Handed) (any, error)

// Executor carries out changes on one system. Execute is never called twice at once for changes of one lane. The
// outputs it returns are what other objects may take over. An error should say what the server said, and what has been
// done all the same (EffectError); the change itself is added by the caller.
type Executor interface {
	Execute(ctx context.Context, change *plan.Change, handed Handover) (outputs map[string]any, err error)
}

// State is what has become of a change.
type State string

// The states of a change.
const (
	Started State = "started"
	Done    State = "done"
	Failed  State = "failed"
	Skipped State = "skipped" // something it depends on failed
	NotRun  State = "notRun"  // interrupted before its turn, or between two of its writes
	Stepped State = "stepped" // one of its writes is done
)

// Event is one step of a run. Events come one at a time, in the order in which things happen.
type Event struct {
	State       State
	Change      *plan.Change
	Err         error
	Done, Total int // what is behind us and all there is: changes, or the writes of those that stand for many
}

// Options say how to run a plan.
type Options struct {
	Executors   map[string]Executor // by system
	Live        plan.State          // what was read when the plan was made
	Concurrency int                 // changes under way at once; 0: 16, the transport has its own limit
	Stop        <-chan struct{}     // closed: begin nothing new, finish what is under way
	Observe     func(Event)         // nil: nobody watches
}

// Outcome is what became of one change.
type Outcome struct {
	Change *plan.Change
	State  State
	Err    error
	Effect Effect // of a change that failed, or was interrupted
	Steps  int    // how many of its writes were done, where it stands for many
}

// Result is what became of a plan.
type Result struct {
	Outcomes    []Outcome // in the plan's order
	Interrupted bool
}

// Count gives the number of changes in a state.
func (r *Result) Count(s State) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.State == s {
			n++
		}
	}
	return n
}

// Changed tells whether anything is known to have been changed.
func (r *Result) Changed() bool { return r.Count(Done) > 0 || r.left(InPart) }

// Unsure tells whether there is a change of which nobody knows whether it was made.
func (r *Result) Unsure() bool { return r.left(Unknown) }

func (r *Result) left(e Effect) bool {
	return slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return o.Effect == e })
}

// Err joins the errors of the changes that failed; nil where none did.
func (r *Result) Err() error {
	var errs []error
	for _, o := range r.Outcomes {
		if o.State == Failed {
			errs = append(errs, o.Err)
		}
	}
	return errors.Join(errs...)
}

// StepError is a change that failed.
type StepError struct {
	Change *plan.Change
	Err    error
}

func (e *StepError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.Change.Action, e.Change.Title(), e.Err)
}

func (e *StepError) Unwrap() error { return e.Err }
