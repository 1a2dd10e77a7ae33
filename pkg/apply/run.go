package apply

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"

	"example.com/maasctl/pkg/plan"
)

const defaultConcurrency = 16

// Run carries the plan out. When ctx ends, calls under way are broken off; when opts.Stop is closed, they are finished.
func Run(ctx context.Context, p *plan.Plan, opts Options) *Result {
	r := newRun(p, opts)
	for r.next(ctx) {
		select {
		case f := <-r.finished:
			r.settle(f)
		case s := <-r.stepped:
			r.step(s)
		}
	}
	return r.result()
}

// run is one plan under way. Only the goroutine of Run touches it, but for outputs.
type run struct {
	opts     Options
	steps    []*step
	ready    queue
	lanes    map[plan.Address]*lane
	flying   int
	settled  int // and all in all, in changes or their writes
	total    int
	stopped  bool
	finished chan finish
	stepped  chan *step

	mu      sync.Mutex
	outputs map[plan.Address]map[string]any
}

// step is one change. It knows its neighbours in the graph, so that what a step's end means for others takes a look at
// those alone, however many there are.
type step struct {
	change     *plan.Change
	place      int   // in the plan
	state      State // "" while it waits
	err        error
	waits      int     // for so many others
	dependents []*step // in the plan's order
	taken      int     // writes that are done, of a change that stands for many
}

// size is what a step counts for in the progress of a run.
func (s *step) size() int { return max(1, s.change.Steps) }

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
		opts: opts, lanes: map[plan.Address]*lane{},
		finished: make(chan finish), stepped: make(chan *step), outputs: map[plan.Address]map[string]any{},
	}
	r.connect(p)
	return r
}

// connect makes the graph; what waits for nothing is ready.
func (r *run) connect(p *plan.Plan) {
	byAddr := make(map[plan.Address]*step, len(p.Changes))
	for i, c := range p.Changes {
		s := &step{change: c, place: i}
		r.steps = append(r.steps, s)
		r.total += s.size()
		byAddr[c.Address] = s
	}
	for _, s := range r.steps {
		for _, a := range s.change.DependsOn {
			if d, ok := byAddr[a]; ok { // others are there already
				d.dependents = append(d.dependents, s)
				s.waits++
			}
		}
	}
	for _, s := range r.steps {
		if s.waits == 0 {
			heap.Push(&r.ready, s)
		}
	}
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
	for !r.stopped && r.flying < r.opts.Concurrency && len(r.ready) > 0 {
		if s := heap.Pop(&r.ready).(*step); r.enter(s) {
			r.start(ctx, s)
		}
	}
	return r.flying > 0
}

func (r *run) start(ctx context.Context, s *step) {
	r.flying++
	s.state = Started
	r.opts.Observe(Event{State: Started, Change: s.change, Done: r.settled, Total: r.total})
	ctx = context.WithValue(ctx, paceKey{}, &Pace{stop: r.opts.Stop, step: func() { r.stepped <- s }})
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
	r.leave(f.step)
	if errors.Is(f.err, ErrStopped) {
		f.step.state, r.stopped = NotRun, true
		return
	}
	if f.err != nil {
		r.mark(f.step, Failed, &StepError{Change: f.step.change, Err: f.err})
		r.skip(f.step)
		return
	}
	r.mu.Lock()
	r.outputs[f.step.change.Address] = f.outputs
	r.mu.Unlock()
	r.mark(f.step, Done, nil)
	for _, d := range f.step.dependents {
		if d.waits--; d.waits == 0 && d.state == "" {
			heap.Push(&r.ready, d)
		}
	}
}

// skip gives up all that depends on a step which failed.
func (r *run) skip(failed *step) {
	lost := []*step{failed}
	for i := 0; i < len(lost); i++ {
		for _, d := range lost[i].dependents {
			if d.state == "" {
				r.mark(d, Skipped, nil)
				lost = append(lost, d)
			}
		}
	}
}

func (r *run) mark(s *step, state State, err error) {
	s.state, s.err = state, err
	r.settled += s.size() - s.taken
	r.opts.Observe(Event{State: state, Change: s.change, Err: err, Done: r.settled, Total: r.total})
}

// step counts one write of a change that stands for many. The last one's is its end.
func (r *run) step(s *step) {
	if s.taken < s.size() {
		s.taken++
		r.settled++
	}
	r.opts.Observe(Event{State: Stepped, Change: s.change, Done: r.settled, Total: r.total})
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
		o := Outcome{Change: s.change, State: s.state, Err: s.err, Effect: effectOf(s.err), Steps: s.taken}
		if s.state == NotRun && s.taken > 0 {
			o.Effect = InPart
		}
		res.Outcomes = append(res.Outcomes, o)
	}
	res.Interrupted = res.Interrupted && res.Count(NotRun)+res.Count(Failed) > 0
	return res
}
