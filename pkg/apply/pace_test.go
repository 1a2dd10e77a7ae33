package apply

import (
	"context"
	"testing"

	"example.com/maasctl/pkg/plan"
)

// many carries out a change by many writes.
type many struct {
	stop chan struct{}
	at   int // the write at which somebody wants it to stop; 0: nobody does
	done int
}

func (m *many) Execute(ctx context.Context, c *plan.Change, _ Handover) (map[string]any, error) {
	pace := PaceOf(ctx)
	for range max(1, c.Steps) {
		if err := pace.Err(ctx); err != nil {
			return nil, err
		}
		if m.done++; m.done == m.at {
			close(m.stop)
		}
		if c.Steps > 0 {
			pace.Step()
		}
	}
	return nil, nil
}

func ofMany() *plan.Plan {
	return &plan.Plan{Changes: []*plan.Change{
		{Address: "s:one", System: "s", Action: plan.Update, Lane: "s:one"},
		{Address: "s:all", System: "s", Action: plan.Update, Lane: "s:all", Steps: 10, DependsOn: []plan.Address{"s:one"}},
		{Address: "s:after", System: "s", Action: plan.Update, Lane: "s:after", DependsOn: []plan.Address{"s:all"}},
	}}
}

// A change that stands for many writes counts as many, and each of them is told.
func TestEachWriteOfAChangeOfManyCounts(t *testing.T) {
	m := &many{stop: make(chan struct{})}
	var steps, last int
	r := Run(t.Context(), ofMany(), Options{Executors: map[string]Executor{"s": m}, Stop: m.stop, Observe: func(e Event) {
		if e.Total != 12 || e.Done < last {
			t.Errorf("%s: %d of %d after %d", e.State, e.Done, e.Total, last)
		}
		if last = e.Done; e.State == Stepped {
			steps++
		}
	}})
	if r.Err() != nil || r.Count(Done) != 3 || r.Interrupted || steps != 10 || last != 12 {
		t.Errorf("%+v, %d steps, %d at the end", r, steps, last)
	}
}

// It ends between two writes, and the result says how far it came.
func TestAChangeOfManyEndsBetweenTwoWrites(t *testing.T) {
	m := &many{stop: make(chan struct{}), at: 5}
	r := Run(t.Context(), ofMany(), Options{Executors: map[string]Executor{"s": m}, Stop: m.stop})
	if o := r.Outcomes[1]; !r.Interrupted || o.State != NotRun || o.Steps != 4 || o.Effect != InPart || m.done != 5 {
		t.Errorf("%+v, %d writes", r, m.done)
	}
	if r.Outcomes[2].State != NotRun || r.Err() != nil || !r.Changed() {
		t.Errorf("%+v", r)
	}
}
