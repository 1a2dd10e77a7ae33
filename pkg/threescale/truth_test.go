package threescale_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// after is everything, changed: something of each kind is new, another value, or gone.
func after() string {
	return strings.NewReplacer("description: Sells", "description: Sells more", "two: /two}", "two: /2}", "location: headers", "location: query", "words: {unit: word}", "words: {unit: words}, pages: {unit: page}",
		"POST /order, GET /order", "GET /order, POST /order, PUT /order", "{name: cors}, ", "", "safe: {}", "safe: {name: Safe}, dear: {}", "day: 10", "day: 11, week: 20", "price: 1}", "price: 2}",
		"Gold: {}", "Gold: {absent: true}", "doc1: {generate: true}", "doc1: {absent: true}", "name: Other", "name: Another", "plans: {free: {}}", "plans: {free: {absent: true}}").Replace(everything)
}

// Whatever fails, and however: a change that is said to be done is, and of one that is said to have done nothing all is left
// to do.
func TestRunsTellTheTruth(t *testing.T) {
	t.Parallel()
	clean := &testkit.Liar{}
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(everything)
	tn.lying(clean)
	tn.run(tn.plan(tn.document(after())), applyAll)
	routes := slices.DeleteFunc(clean.Routes(), func(r string) bool { return strings.HasPrefix(r, http.MethodGet) })
	if len(routes) < 15 {
		t.Fatalf("only %v", routes)
	}
	for i, lie := range lies() {
		t.Run(lie.name, func(t *testing.T) {
			t.Parallel()
			for j, about := range routes {
				if (i+j)%8 > 0 { // each meets some
					continue
				}
				l := &testkit.Liar{About: about, Nth: lie.nth, Before: lie.before}
				tn := newTenant(t, threescaletest.Options{})
				tn.config.Patience = 30 * time.Millisecond
				tn.reach(everything)
				tn.lying(l)
				p := tn.plan(tn.document(after()))
				l.Arm(lie.answer)
				r := tn.run(p, applyAll)
				l.Arm(nil)
				if err := p.engine.Clear(t.Context(), p.Plan, p.live, r); err != nil {
					t.Fatal(err)
				}
				if !l.Struck() && lie.nth < 2 {
					t.Errorf("%s: wasn't asked for", about)
				}
				tn.truthful(r, about)
				tn.reach(after())
			}
		})
	}
}

// truthful holds what a run says of its changes to what is left to do.
func (tn *tenant) truthful(r *apply.Result, about string) {
	tn.t.Helper()
	left := map[plan.Address]*plan.Change{}
	for _, c := range tn.plan(tn.document(after())).Changes {
		left[c.Address] = c
	}
	for _, o := range r.Outcomes {
		c := left[o.Change.Address]
		all := c != nil && c.Action == o.Change.Action && slices.EqualFunc(c.Fields, o.Change.Fields, func(a, b plan.FieldChange) bool { return a.Action == b.Action && a.Name == b.Name })
		switch {
		case o.Change.Kind == "staging" || o.Change.Kind == "production": // those follow what others do
		case o.State == apply.Done && c != nil:
			tn.t.Errorf("%s: %s is said to be done: %v", about, c.Address, c.Fields)
		case o.State == apply.Failed && o.Effect == apply.Nothing && !all:
			tn.t.Errorf("%s: %s is said to have done nothing, and left is: %v", about, o.Change.Address, c)
		case o.State == apply.Failed && o.Effect == apply.InPart && all && len(c.Fields) == 1:
			tn.t.Errorf("%s: %s is said to have done something, and all is left: %v", about, o.Change.Address, c.Fields)
		case o.Effect == apply.Unknown: // the server has been asked
			tn.t.Errorf("%s: %s isn't known: %v", about, o.Change.Address, o.Err)
		}
	}
}

// aLie is a way to fail.
type aLie struct {
	name   string
	answer http.HandlerFunc
	before bool
	nth    int
}

func lies() []aLie {
	var all []aLie
	for _, nth := range []int{0, 1, 2} {
		for name, answer := range map[string]http.HandlerFunc{
			"422": testkit.Fails(422), "500": testkit.Fails(500), "503": testkit.Fails(503), "cut": testkit.Cut, "page": testkit.Answers("text/html", "<html>"),
		} {
			for _, before := range []bool{true, false} {
				if name != "422" || before {
					all = append(all, aLie{fmt.Sprintf("%s, before %v, nth %d", name, before, nth), answer, before, nth})
				}
			}
		}
	}
	return all
}
