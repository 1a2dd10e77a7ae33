package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// change is a change of s:ADDRESS in a lane of its own, that waits for others.
func change(address string, waits ...string) *plan.Change {
	c := &plan.Change{Address: plan.Address("s:" + address), System: "s", Kind: "thing", Name: address, Action: plan.Create, Lane: plan.Address("s:" + address)}
	for _, w := range waits {
		c.DependsOn = append(c.DependsOn, plan.Address("s:"+w))
	}
	c.Desired = &plan.Object{Address: c.Address, Kind: c.Kind, Name: c.Name}
	return c
}

func planOf(changes ...*plan.Change) *plan.Plan { return &plan.Plan{Changes: changes} }

// executor notes what it is asked for.
type executor struct {
	mu    sync.Mutex
	calls []string
	do    func(ctx context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error)
}

func (e *executor) Execute(ctx context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error) {
	e.mu.Lock()
	e.calls = append(e.calls, name(c))
	e.mu.Unlock()
	if e.do == nil {
		return nil, nil
	}
	return e.do(ctx, c, handed)
}

var _ apply.Executor = (*executor)(nil)

func name(c *plan.Change) string { return strings.TrimPrefix(string(c.Address), "s:") }

func run(t testing.TB, p *plan.Plan, e *executor, opts apply.Options) *apply.Result {
	t.Helper()
	opts.Executors = map[string]apply.Executor{"s": e}
	return apply.Run(t.Context(), p, opts)
}

// states are what became of the changes.
func states(r *apply.Result) string {
	var out []string
	for _, o := range r.Outcomes {
		out = append(out, name(o.Change)+" "+string(o.State))
	}
	return strings.Join(out, ", ")
}

func TestChangesWaitForWhatTheyDependOn(t *testing.T) {
	e := &executor{}
	r := run(t, planOf(change("c", "b"), change("b", "a"), change("a")), e, apply.Options{})
	if want := []string{"a", "b", "c"}; !slices.Equal(e.calls, want) || r.Err() != nil || r.Interrupted {
		t.Errorf("calls %v, error %v", e.calls, r.Err())
	}
	if got := states(r); got != "c done, b done, a done" { // in the plan's order
		t.Errorf("outcomes: %s", got)
	}
}

// A dependency that isn't in the plan is there already.
func TestWaitingForNothing(t *testing.T) {
	e := &executor{}
	if r := run(t, planOf(change("a", "gone")), e, apply.Options{}); r.Count(apply.Done) != 1 {
		t.Errorf("outcomes: %s", states(r))
	}
}

func TestFailureStopsWhatDependsOnIt(t *testing.T) {
	broken := errors.New("the server said no")
	e := &executor{do: func(_ context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
		if name(c) == "a" {
			return nil, broken
		}
		return nil, nil
	}}
	r := run(t, planOf(change("a"), change("b", "a"), change("c", "b"), change("d")), e, apply.Options{})
	if got := states(r); got != "a failed, b skipped, c skipped, d done" {
		t.Errorf("outcomes: %s", got)
	}
	var step *apply.StepError
	if !errors.Is(r.Err(), broken) || !errors.As(r.Err(), &step) || name(step.Change) != "a" {
		t.Errorf("error: %v", r.Err())
	}
	if text := r.Err().Error(); !strings.Contains(text, "create") || !strings.Contains(text, "the server said no") {
		t.Errorf("the error says %q", text)
	}
	if r.Interrupted {
		t.Error("nobody interrupted it")
	}
}

// Changes of one lane are never under way at once; no more than Concurrency are.
func TestLanesAndConcurrency(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(t, "concurrency")
		var changes []*plan.Change
		for i := range rapid.IntRange(0, 20).Draw(t, "changes") {
			c := change(fmt.Sprint(i))
			c.Lane = plan.Address(rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "lane"))
			if i > 0 && rapid.Bool().Draw(t, "waits") {
				c.DependsOn = append(c.DependsOn, changes[rapid.IntRange(0, i-1).Draw(t, "for")].Address)
			}
			changes = append(changes, c)
		}
		var mu sync.Mutex
		busy, under, done := map[plan.Address]int{}, 0, map[plan.Address]bool{}
		var wrong []string
		e := &executor{do: func(_ context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
			mu.Lock()
			under++
			if busy[c.Lane]++; busy[c.Lane] > 1 || under > limit {
				wrong = append(wrong, fmt.Sprintf("%d in lane %s, %d in all", busy[c.Lane], c.Lane, under))
			}
			for _, d := range c.DependsOn {
				if !done[d] {
					wrong = append(wrong, fmt.Sprintf("%s before %s", c.Address, d))
				}
			}
			mu.Unlock()
			mu.Lock()
			defer mu.Unlock()
			under--
			busy[c.Lane]--
			done[c.Address] = true
			return nil, nil
		}}
		r := apply.Run(t.Context(), planOf(changes...), apply.Options{Concurrency: limit, Executors: map[string]apply.Executor{"s": e}})
		if len(wrong) > 0 || r.Count(apply.Done) != len(changes) {
			t.Fatalf("%v; %s", wrong, states(r))
		}
	})
}

// Of one lane the second begins when the first has ended, and not a moment before: all stands still meanwhile.
func TestALaneIsInSeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, other := change("a"), change("b"), change("other")
		b.Lane = a.Lane
		end := map[string]chan struct{}{"a": make(chan struct{}), "b": make(chan struct{}), "other": make(chan struct{})}
		e := &executor{do: func(_ context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
			<-end[c.Name]
			return nil, nil
		}}
		go run(t, planOf(a, b, other), e, apply.Options{})
		for _, next := range []struct{ ends, begun string }{{"", "a other"}, {"other", "a other"}, {"a", "a other b"}} {
			if next.ends != "" {
				close(end[next.ends])
			}
			synctest.Wait()
			calls := slices.Clone(e.calls)
			slices.Sort(calls[:2])
			if got := strings.Join(calls, " "); got != next.begun {
				t.Errorf("%s have begun, not %s", got, next.begun)
			}
		}
		close(end["b"])
	})
}

// Lanes run side by side: each waits here for the other.
func TestLanesRunSideBySide(t *testing.T) {
	both := make(chan struct{}, 2)
	meet := make(chan struct{})
	e := &executor{do: func(ctx context.Context, _ *plan.Change, _ apply.Handover) (map[string]any, error) {
		both <- struct{}{}
		if len(both) == 2 {
			close(meet)
		}
		select {
		case <-meet:
			return nil, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	if r := run(t, planOf(change("a"), change("b")), e, apply.Options{}); r.Err() != nil {
		t.Error(r.Err())
	}
}

func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	stop := make(chan struct{})
	e := &executor{do: func(context.Context, *plan.Change, apply.Handover) (map[string]any, error) {
		close(stop)
		return nil, nil
	}}
	r := run(t, planOf(change("a"), change("b", "a"), change("c", "a")), e, apply.Options{Stop: stop})
	if got := states(r); got != "a done, b notRun, c notRun" || !r.Interrupted {
		t.Errorf("outcomes: %s, interrupted: %v", got, r.Interrupted)
	}
}

// A stop after all is done interrupts nothing.
func TestStopThatComesTooLate(t *testing.T) {
	stop := make(chan struct{})
	e := &executor{do: func(context.Context, *plan.Change, apply.Handover) (map[string]any, error) {
		close(stop)
		return nil, nil
	}}
	if r := run(t, planOf(change("a")), e, apply.Options{Stop: stop}); r.Interrupted || r.Count(apply.Done) != 1 {
		t.Errorf("interrupted: %v, %s", r.Interrupted, states(r))
	}
}

func TestEndOfTheContextBreaksOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := &executor{do: func(ctx context.Context, _ *plan.Change, _ apply.Handover) (map[string]any, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	r := apply.Run(ctx, planOf(change("a"), change("b", "a"), change("c")), apply.Options{Concurrency: 1, Executors: map[string]apply.Executor{"s": e}})
	if got := states(r); got != "a failed, b notRun, c notRun" && got != "a failed, b skipped, c notRun" || !r.Interrupted || !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("outcomes: %s, interrupted: %v, error: %v", got, r.Interrupted, r.Err())
	}
}

// What an object hands on is what its change has left, or else what was read.
func TestHandover(t *testing.T) {
	live := plan.State{
		"s:old":     {Outputs: map[string]any{"id": 1}, Fields: plan.Fields{"name": "Old"}},
		"s:changed": {Outputs: map[string]any{"id": 2, "secret": "stale"}},
	}
	var got []string
	e := &executor{do: func(_ context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error) {
		if name(c) == "changed" {
			return map[string]any{"secret": "fresh"}, nil
		}
		for _, h := range []plan.Handed{{From: "s:old", Field: "id"}, {From: "s:old", Field: "name"}, {From: "s:changed", Field: "secret"}, {From: "s:changed", Field: "id"}, {From: "s:none", Field: "id"}, {From: "s:old", Field: "none"}} {
			v, err := handed(h)
			got = append(got, fmt.Sprint(v, " ", err != nil))
		}
		return nil, nil
	}}
	run(t, planOf(change("a", "changed"), change("changed")), e, apply.Options{Live: live})
	if want := []string{"1 false", "Old false", "fresh false", "2 false", "<nil> true", "<nil> true"}; !slices.Equal(got, want) {
		t.Errorf("handed over: %v", got)
	}
}

// Events come one at a time, in order, and count up to the total.
func TestEvents(t *testing.T) {
	e := &executor{do: func(_ context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
		if name(c) == "b" {
			return nil, errors.New("no")
		}
		return nil, nil
	}}
	var got []string
	run(t, planOf(change("a"), change("b", "a"), change("c", "b")), e, apply.Options{Observe: func(ev apply.Event) {
		got = append(got, fmt.Sprintf("%s %s %d/%d %v", name(ev.Change), ev.State, ev.Done, ev.Total, ev.Err != nil))
	}})
	want := []string{"a started 0/3 false", "a done 1/3 false", "b started 1/3 false", "b failed 2/3 true", "c skipped 3/3 false"}
	if !slices.Equal(got, want) {
		t.Errorf("events: %v", got)
	}
}

func TestSystemThatNobodyApplies(t *testing.T) {
	r := apply.Run(t.Context(), planOf(change("a")), apply.Options{})
	if r.Count(apply.Failed) != 1 || !strings.Contains(r.Err().Error(), "nobody applies") {
		t.Errorf("outcomes: %s, %v", states(r), r.Err())
	}
}

func TestEmptyPlan(t *testing.T) {
	r := apply.Run(t.Context(), planOf(), apply.Options{})
	if len(r.Outcomes) != 0 || r.Err() != nil || r.Interrupted {
		t.Errorf("%+v", r)
	}
}

// Of tens of thousands of changes each is looked at when its turn has come; a failure skips all that hangs on it.
func TestManyChanges(t *testing.T) {
	const n = 30000
	var changes []*plan.Change
	for i := range n {
		c := change(fmt.Sprint(i))
		if i > 0 {
			c.DependsOn = append(c.DependsOn, changes[i/2].Address)
		}
		c.Lane = plan.Address(fmt.Sprint(i % 7))
		changes = append(changes, c)
	}
	if r := run(t, planOf(changes...), &executor{}, apply.Options{}); r.Count(apply.Done) != n {
		t.Errorf("%d done", r.Count(apply.Done))
	}
	broken := &executor{do: func(context.Context, *plan.Change, apply.Handover) (map[string]any, error) {
		return nil, errors.New("no")
	}}
	if r := run(t, planOf(changes...), broken, apply.Options{}); r.Count(apply.Failed) != 1 || r.Count(apply.Skipped) != n-1 {
		t.Errorf("%d failed, %d skipped", r.Count(apply.Failed), r.Count(apply.Skipped))
	}
}

func BenchmarkRun(b *testing.B) {
	var changes []*plan.Change
	for i := range 20000 {
		c := change(fmt.Sprint(i))
		if i > 0 {
			c.DependsOn = append(c.DependsOn, changes[i/2].Address)
		}
		changes = append(changes, c)
	}
	p := planOf(changes...)
	for b.Loop() {
		run(b, p, &executor{}, apply.Options{})
	}
}
