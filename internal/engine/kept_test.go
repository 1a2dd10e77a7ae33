package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// unkept applies and tells, a line a field, what the server didn't keep.
func unkept(t *testing.T, s *system) ([]string, error) {
	t.Helper()
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{s}, Settle: time.Nanosecond}
	p, live, err := e.Plan(t.Context(), engine.PlanOptions{Prune: true})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Apply(t.Context(), p, live, apply.Options{Concurrency: 1})
	found, err := e.Unkept(t.Context(), p, live, r)
	var out []string
	for _, u := range found {
		if len(u.Fields) == 0 {
			out = append(out, u.Name+": "+u.Why)
		}
		for _, f := range u.Fields {
			out = append(out, fmt.Sprintf("%s %s: %v, not %v", u.Name, f.Name, f.Old, f.New))
		}
	}
	return out, err
}

// What the server took and has otherwise is named, whichever action it was; what it kept isn't, and what wasn't changed
// isn't looked at.
func TestWhatTheServerDoesntKeepIsNamed(t *testing.T) {
	s := &system{
		name: "one", wants: map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "same": 5}, has: map[string]int{"a": 9, "b": 9, "z": 0, "y": 0, "same": 5},
		keep: func(name string, size int) (int, bool) {
			switch name {
			case "a": // cut
				return 0, true
			case "c", "y": // gone at once; gone as asked for
				return 0, false
			}
			return size, true // z stays, though it was deleted
		},
	}
	got, err := unkept(t, s)
	want := []string{"a size: 0, not 1", "c: it was made, and isn't there", "z: it was deleted, and is still there"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("not kept: %q, error %v", got, err)
	}
	if looks := fmt.Sprint(s.looks); looks != "[[a b c d y z] [a c z]]" {
		t.Errorf("looked at: %s", looks)
	}
}

// A server that shows what was written a moment later has kept it.
func TestWhatIsThereAMomentLaterIsKept(t *testing.T) {
	s := &system{name: "one", wants: map[string]int{"a": 1}}
	late := &lateSystem{system: s}
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{late}, Settle: time.Nanosecond}
	p, live, err := e.Plan(t.Context(), engine.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.Unkept(t.Context(), p, live, e.Apply(t.Context(), p, live, apply.Options{}))
	if err != nil || len(found) != 0 || len(s.looks) != 2 {
		t.Errorf("not kept: %v, error %v, %d looks", found, err, len(s.looks))
	}
}

// What failed is told already, and isn't looked at; a server that can't be read says nothing about what it kept.
func TestWhatCantBeLookedAtIsAnError(t *testing.T) {
	s := &system{name: "one", wants: map[string]int{"a": 1}, keep: func(string, int) (int, bool) { return 0, false }}
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{s}}
	p, live, err := e.Plan(t.Context(), engine.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Apply(t.Context(), p, live, apply.Options{})
	s.broken = errors.New("no route to host")
	if found, err := e.Unkept(t.Context(), p, live, r); !errors.Is(err, s.broken) || found != nil {
		t.Errorf("not kept: %v, error %v", found, err)
	}
	r.Outcomes[0].State = apply.Failed
	if found, err := e.Unkept(t.Context(), p, live, r); err != nil || len(found) != 0 || len(s.looks) != 1 {
		t.Errorf("not kept: %v, error %v, %d looks", found, err, len(s.looks))
	}
}

// lateSystem shows nothing of what was written when it is looked at for the first time.
type lateSystem struct{ *system }

func (s *lateSystem) Look(ctx context.Context, desired plan.State, at []*plan.Object) (plan.State, error) {
	state, err := s.system.Look(ctx, desired, at)
	if len(s.looks) == 1 {
		return plan.State{}, err
	}
	return state, err
}
