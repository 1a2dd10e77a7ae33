package apply

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"example.com/maasctl/pkg/plan"
)

const defaultConcurrency = 16

// Run carries the plan out. When ctx ends, calls under way are broken off; when opts.Stop is closed, they are finished.
func Run(ctx context.Context, p *plan.Plan, opts Options) *Result {
	r := newRun(p, opts)
	for r.next(ctx) {
		f := <-r.finished
		r.settle(f)
	}
	return r.result()
}

// run is one plan under way. Only the goroutine of Run touches it, but for outputs.
type run struct {
	opts     Options
	steps    []*step
	byAddr   map[plan.Address]*step
	busy     map[plan.Address]bool // lanes with a call under way
	flying   int
	settled  int
	stopped  bool
	finished chan finish

	mu      sync.Mutex
	outputs map[plan.Address]map[string]any
}

type step struct {
	change *plan.Change
	state  State // "" while it waits
	err    error
}

type finish struct {
	step    *step
	outputs map[string]any
	err     error
}

func newRun(p *plan.Plan, opts Options) *run {
	if opts.Concurrency <= 0 {
		opts.Concurrency = defaultConcurrency
	}
	if opts.Observe == nil {
		opts.Observe = func(Event) {}
	}
	r := &run{
		opts: opts, byAddr: map[plan.Address]*step{}, busy: map[plan.Address]bool{},
		finished: make(chan finish), outputs: map[plan.Address]map[string]any{},
	}
	for _, c := range p.Changes {
		s := &step{change: c}
		r.steps = append(r.steps, s)
		r.byAddr[c.Address] = s
	}
	return r
}

// next starts all that can start, and tells whether there is something to wait for.
func (r *run) next(ctx context.Context) bool {
	if !r.stopped {
		select {
		case <-ctx.Done():
			r.stopped = true
		case <-r.opts.Stop:
			r.stopped = true
		default:
		}
	}
	if r.stopped {
		return r.flying > 0
	}
	for again := true; again; {
		again = false
		for _, s := range r.steps {
			if s.state == "" && r.blocked(s) {
				r.mark(s, Skipped, nil)
				again = true
			}
			if s.state == "" && r.flying < r.opts.Concurrency && !r.busy[s.change.Lane] && r.ready(s) {
				r.start(ctx, s)
			}
		}
	}
	return r.flying > 0
}

func (r *run) ready(s *step) bool {
	return !slices.ContainsFunc(s.change.DependsOn, func(a plan.Address) bool {
		d, ok := r.byAddr[a]
		return ok && d.state != Done
	})
}

func (r *run) blocked(s *step) bool {
	return slices.ContainsFunc(s.change.DependsOn, func(a plan.Address) bool {
		d, ok := r.byAddr[a]
		return ok && (d.state == Failed || d.state == Skipped)
	})
}

func (r *run) start(ctx context.Context, s *step) {
	r.flying++
	r.busy[s.change.Lane] = true
	s.state = Started
	r.opts.Observe(Event{State: Started, Change: s.change, Done: r.settled, Total: len(r.steps)})
	go func() {
		exec, ok := r.opts.Executors[s.change.System]
		if !ok {
			r.finished <- finish{step: s, err: fmt.Errorf("nobody applies changes to %s", s.change.System)}
			return
		}
		out, err := exec.Execute(ctx, s.change, r.handed)
		r.finished <- finish{step: s, outputs: out, err: err}
	}()
}

func (r *run) settle(f finish) {
	r.flying--
	delete(r.busy, f.step.change.Lane)
	if f.err != nil {
		r.mark(f.step, Failed, &StepError{Change: f.step.change, Err: f.err})
		return
	}
	r.mu.Lock()
	r.outputs[f.step.change.Address] = f.outputs
	r.mu.Unlock()
	r.mark(f.step, Done, nil)
}

func (r *run) mark(s *step, state State, err error) {
	s.state, s.err = state, err
	r.settled++
	r.opts.Observe(Event{State: state, Change: s.change, Err: err, Done: r.settled, Total: len(r.steps)})
}

// handed is the value of another object's field: as its change left it, or else as it was read.
func (r *run) handed(h plan.Handed) (any, error) {
	r.mu.Lock()
	out, changed := r.outputs[h.From]
	r.mu.Unlock()
	if v, ok := out[h.Field]; changed && ok {
		return v, nil
	}
	if live, ok := r.opts.Live[h.From]; ok {
		if v, ok := live.Outputs[h.Field]; ok {
			return v, nil
		}
		if v, ok := live.Fields[h.Field]; ok {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%s isn't known", h)
}

func (r *run) result() *Result {
	res := &Result{Interrupted: r.stopped}
	for _, s := range r.steps {
		if s.state == "" {
			s.state = NotRun
		}
		res.Outcomes = append(res.Outcomes, Outcome{Change: s.change, State: s.state, Err: s.err})
	}
	res.Interrupted = res.Interrupted && res.Count(NotRun)+res.Count(Failed) > 0
	return res
}
