package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// system is a server with things that have a size.
type system struct {
	name    string
	wants   map[string]int
	has     map[string]int
	meet    *sync.WaitGroup // to be read at the same time as others
	broken  error
	after   chan struct{} // to be read when it is closed
	done    chan struct{} // closed when it was read
	peers   []string
	pruned  bool
	written []string
	keep    func(name string, size int) (int, bool) // what becomes of what is written; nil: it stays
	looks   [][]string                              // what was looked at after an apply
}

func (s *system) Target() plan.Target {
	return plan.Target{System: s.name, URL: "https://" + s.name + ".example.com"}
}

func (s *system) Kinds() []plan.Kind { return []plan.Kind{{System: s.name, Name: "thing"}} }

func (s *system) Desired(_ *maas.Document, peers []string) ([]*plan.Object, []plan.Collection, []plan.Note) {
	s.peers = peers
	var out []*plan.Object
	for n, size := range s.wants {
		out = append(out, plan.New(s.name, "thing", n, plan.Fields{"size": int64(size)}))
	}
	note := plan.Note{Address: plan.Root(s.name, "later", ""), Kind: "later", Why: "not yet"}
	return out, []plan.Collection{{System: s.name, Kind: "thing"}}, []plan.Note{note}
}

func (s *system) Read(ctx context.Context, desired []*plan.Object, _ []plan.Collection, prune bool) (plan.State, error) {
	s.pruned = prune
	if s.meet != nil {
		s.meet.Done()
		s.meet.Wait()
	}
	if s.done != nil {
		defer close(s.done)
	}
	if s.after != nil {
		<-s.after
	}
	if s.broken != nil {
		return nil, s.broken
	}
	state := plan.State{}
	for n, size := range s.has {
		o := plan.New(s.name, "thing", n, plan.Fields{"size": int64(size)})
		o.Owner = "maasctl:shop"
		state.Put(o)
	}
	if len(desired) != len(s.wants) {
		return nil, fmt.Errorf("asked for %d objects", len(desired))
	}
	return state, ctx.Err()
}

func (s *system) Look(_ context.Context, _ plan.State, at []*plan.Object) (plan.State, error) {
	state := plan.State{}
	var names []string
	for _, o := range at {
		names = append(names, o.Name)
		if size, ok := s.has[o.Name]; ok {
			state.Put(plan.New(s.name, "thing", o.Name, plan.Fields{"size": int64(size)}))
		}
	}
	slices.Sort(names)
	s.looks = append(s.looks, names)
	return state, s.broken
}

func (s *system) Execute(_ context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
	s.written = append(s.written, string(c.Action)+" "+c.Name)
	size, stays := s.wants[c.Name], c.Action != plan.Delete
	if s.keep != nil {
		size, stays = s.keep(c.Name, size)
	}
	if s.has == nil {
		s.has = map[string]int{}
	}
	if delete(s.has, c.Name); stays {
		s.has[c.Name] = size
	}
	return nil, nil
}

var _ engine.System = (*system)(nil)

func document(t *testing.T, text string) *maas.Document {
	t.Helper()
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader("apiVersion: maasctl/v1\nname: shop\n" + text)})
	if doc == nil {
		t.Fatal(found)
	}
	return doc
}

// One plan covers all systems, in their order; each change goes to its own.
func TestPlanAndApplyOverSystems(t *testing.T) {
	var meet sync.WaitGroup
	meet.Add(2)
	one := &system{name: "one", wants: map[string]int{"a": 1, "b": 2}, has: map[string]int{"a": 1, "b": 1, "z": 0}, meet: &meet}
	two := &system{name: "two", wants: map[string]int{"c": 3}, meet: &meet}
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{one, two}}
	p, live, err := e.Plan(t.Context(), engine.PlanOptions{Prune: true})
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for _, c := range p.Changes {
		changes = append(changes, string(c.Action)+" "+string(c.Address))
	}
	if want := []string{"update one:thing/b", "delete one:thing/z", "create two:thing/c"}; !slices.Equal(changes, want) {
		t.Errorf("planned: %v", changes)
	}
	if p.Owner != "maasctl:shop" || len(p.Targets) != 2 || p.Targets[0].System != "one" || len(p.NotApplied) != 2 || len(live) != 3 {
		t.Errorf("owner %s, targets %v, not applied %v, %d objects read", p.Owner, p.Targets, p.NotApplied, len(live))
	}
	if !one.pruned || !two.pruned {
		t.Errorf("told to prune: %v, %v", one.pruned, two.pruned)
	}
	if r := e.Apply(t.Context(), p, live, apply.Options{Concurrency: 1}); r.Err() != nil {
		t.Fatal(r.Err())
	}
	slices.Sort(one.written)
	if !slices.Equal(one.written, []string{"delete z", "update b"}) || !slices.Equal(two.written, []string{"create c"}) {
		t.Errorf("written: %v, %v", one.written, two.written)
	}
}

// Every system knows its peers before it says what it wants: the later ones too.
func TestSystemsKnowAllPeers(t *testing.T) {
	one, two := &system{name: "one"}, &system{name: "two"}
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{one, two}}
	if _, _, err := e.Plan(t.Context(), engine.PlanOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*system{one, two} {
		if !slices.Equal(s.peers, []string{"one", "two"}) {
			t.Errorf("%s knows %v", s.name, s.peers)
		}
	}
}

// A system that can't be read is named, and nothing is planned.
func TestSystemThatCantBeRead(t *testing.T) {
	broken := errors.New("no route to host")
	e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{&system{name: "one"}, &system{name: "two", broken: broken}}}
	p, _, err := e.Plan(t.Context(), engine.PlanOptions{})
	if p != nil || !errors.Is(err, broken) || !strings.Contains(err.Error(), "two at https://two.example.com") {
		t.Errorf("plan %v, error %v", p, err)
	}
}

// Each system that can't be read is named once, in the systems' order, whichever fails first.
func TestSystemsThatCantBeRead(t *testing.T) {
	first := make(chan struct{})
	one := &system{name: "one", broken: errors.New("no route to host"), after: first}
	two := &system{name: "two", broken: errors.New("connection refused"), done: first}
	for range 2 {
		e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{one, two}}
		_, _, err := e.Plan(t.Context(), engine.PlanOptions{})
		want := "read one at https://one.example.com: no route to host\nread two at https://two.example.com: connection refused"
		if err == nil || err.Error() != want {
			t.Errorf("error: %v", err)
		}
		first = make(chan struct{})
		one.after, one.done, two.after, two.done = nil, first, first, nil
	}
}

// What belongs to a system that the document doesn't name is named as not applied, with its place.
func TestSectionsWithoutASystem(t *testing.T) {
	e := &engine.Engine{Document: document(t, "products: {shop: {name: Shop}}\nrealms: {shop: {displayName: Shop}}\n")}
	p, _, err := e.Plan(t.Context(), engine.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range p.NotApplied {
		got = append(got, string(n.Address)+": "+n.Why)
	}
	if len(got) != 2 || !strings.HasPrefix(got[0], "3scale:tenant: ") || !strings.HasPrefix(got[1], "keycloak:realm/shop: ") || p.NotApplied[1].Source.Line != 4 {
		t.Errorf("not applied: %v", got)
	}
}

// Where nobody knows whether a failed change took effect, the server is asked.
func TestWhatALostAnswerHasDone(t *testing.T) {
	for name, c := range map[string]struct {
		keep func(string, int) (int, bool)
		want map[string]apply.Effect
	}{
		"all of it": {nil, map[string]apply.Effect{"new": apply.InPart, "old": apply.InPart, "gone": apply.InPart}},
		"nothing": {
			func(name string, _ int) (int, bool) { return map[string]int{"old": 1, "gone": 2}[name], name != "new" },
			map[string]apply.Effect{"new": apply.Nothing, "old": apply.Nothing, "gone": apply.Nothing},
		},
	} {
		s := &system{name: "one", wants: map[string]int{"new": 1, "old": 5}, has: map[string]int{"old": 1, "gone": 2}, keep: c.keep}
		e := &engine.Engine{Document: document(t, ""), Systems: []engine.System{s}, Settle: time.Nanosecond}
		p, live, err := e.Plan(t.Context(), engine.PlanOptions{Prune: true})
		if err != nil {
			t.Fatal(err)
		}
		r := e.Apply(t.Context(), p, live, apply.Options{Concurrency: 1})
		for i := range r.Outcomes {
			r.Outcomes[i].State, r.Outcomes[i].Effect = apply.Failed, apply.Unknown
		}
		if err := e.Clear(t.Context(), p, live, r); err != nil || len(r.Outcomes) != 3 {
			t.Fatalf("%s: %v, %d outcomes", name, err, len(r.Outcomes))
		}
		for _, o := range r.Outcomes {
			if o.Effect != c.want[o.Change.Name] {
				t.Errorf("%s: %s: %q", name, o.Change.Name, o.Effect)
			}
		}
		s.broken, r.Outcomes[0].Effect = errors.New("no route to host"), apply.Unknown
		if err := e.Clear(t.Context(), p, live, r); !errors.Is(err, s.broken) || r.Outcomes[0].Effect != apply.Unknown {
			t.Errorf("%s: %v, %q", name, err, r.Outcomes[0].Effect)
		}
	}
}
