package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop is n products with a part that points at a backend of their own and a deployment, as they stand.
func shop(n int) []*Object {
	var all []*Object
	for i := range n {
		b := owned(New("s", "backend", fmt.Sprint(i), nil))
		p := owned(product(fmt.Sprint(i), nil))
		uses := p.Child("uses", "", Fields{"backend": Set{b.Name: true}})
		uses.Refs = []Address{b.Address}
		all = append(all, b, p, uses, p.Child("deploy", "", nil))
		for j := range 8 {
			all = append(all, p.Child("metric", fmt.Sprint(j), nil))
		}
	}
	return all
}

// Thousands of deletions are planned by looking at what has to do with each; by looking at everything for each, this
// wouldn't end.
func TestManyDeletions(t *testing.T) {
	const n = 3000
	in := input(nil, shop(n)...)
	in.Prune, in.Collections = true, []Collection{{Kind: "product", System: "s"}, {Kind: "backend", System: "s"}}
	in.Live.Put(product("somebody's", nil)) // the last one couldn't go
	p := mustMake(t, in)
	if p.Summary.Delete != 2*n || len(p.Blocked) != 0 {
		t.Fatalf("%+v, %d blocked", p.Summary, len(p.Blocked))
	}
	for _, c := range p.Changes {
		want := []Address{}
		if c.Kind == "backend" {
			want = append(want, Root("s", "product", c.Name))
		}
		if !slices.Equal(c.DependsOn, want) {
			t.Fatalf("%s waits for %v", c.Address, c.DependsOn)
		}
	}
}

// Where none would be left, deletions wait for one that is new; where one stays, they needn't.
func TestDeletionsWaitForANewOne(t *testing.T) {
	gone := product("old", nil)
	gone.Absent = true
	in := input([]*Object{gone, product("a", nil), product("b", nil)}, owned(product("old", nil)))
	if got := waits(mustMake(t, in), gone.Address); !slices.Equal(got, []Address{"s:product/a"}) {
		t.Errorf("waits for %v", got)
	}
	in.Live.Put(product("somebody's", nil))
	if got := waits(mustMake(t, in), gone.Address); len(got) != 0 {
		t.Errorf("waits for %v", got)
	}
}

// What can't be deleted still uses what it points at, wherever in the plan that stands.
func TestWhatStaysKeepsWhatItUses(t *testing.T) {
	backend, middle := owned(New("s", "backend", "a", nil)), owned(New("s", "backend", "m", nil))
	middle.Refs = []Address{backend.Address}
	user := product("p", nil) // somebody else's
	user.Refs = []Address{middle.Address}
	in := input(nil, backend, middle, user)
	in.Prune, in.Collections = true, []Collection{{Kind: "backend", System: "s"}}
	p := mustMake(t, in)
	var why []string
	for _, n := range p.Blocked {
		why = append(why, n.Name+": "+n.Why)
	}
	if diff := cmp.Diff([]string{"a: backend m still uses it", "m: product p still uses it"}, why); diff != "" || !p.Empty {
		t.Errorf("%s %v", diff, actions(p))
	}
}

func waits(p *Plan, a Address) []Address {
	for _, c := range p.Changes {
		if c.Address == a {
			return c.DependsOn
		}
	}
	return nil
}

func BenchmarkManyDeletions(b *testing.B) {
	in := input(nil, shop(1000)...)
	in.Prune, in.Collections = true, []Collection{{Kind: "product", System: "s"}, {Kind: "backend", System: "s"}}
	for b.Loop() {
		mustMake(b, in)
	}
}
