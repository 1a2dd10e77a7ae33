package plan

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExtrasOfSomebodyElsesObjectAreNamed: where something stays because the object isn't ours, the plan says so; of our own
// objects it goes, or is undeclared.
func TestExtrasOfSomebodyElsesObjectAreNamed(t *testing.T) {
	rules := func(p *Object, labels ...string) *Object {
		l := List{}
		for _, label := range labels {
			l = append(l, Item{Label: label})
		}
		return p.Child("rules", "", Fields{"rule": l})
	}
	for owner, why := range map[string]string{
		testOwner: "", "": "since this product isn't maasctl's", Nobody: "since this product isn't maasctl's", "maasctl:other": "since maasctl:other manages this product",
	} {
		live := product("a", nil)
		live.Owner = owner
		d := product("a", Fields{})
		in := input(
			[]*Object{d, d.Child("uses", "", Fields{"backend": Set{"x": "/", "gone": nil}}), rules(d, "GET /x"), d.Child("metric", "said", nil)},
			live, live.Child("uses", "", Fields{"backend": Set{"x": "/", "y": "/y"}}), rules(live, "GET /", "GET /x", "GET /y"),
			live.Child("metric", "said", nil), live.Child("metric", "extra", nil), live.Child("method", "of a kind that nobody names", nil),
			New("s", "product", "of nobody", nil),
		)
		in.Collections = []Collection{{System: "s", Kind: "metric", Parent: live.Address}, {System: "s", Kind: "product"}}
		p := mustMake(t, in)
		got := []string{}
		for _, e := range p.Extras {
			got = append(got, fmt.Sprintf("%s %s %s: %s", e.Address, e.Field, e.Element, e.Why))
		}
		want := []string{}
		if why != "" {
			why = "not in the document, stays, " + why
			want = []string{
				"s:product/a/metric/extra  : " + why, "s:product/a/rules rule GET /: " + why, "s:product/a/rules rule GET /y: " + why,
				"s:product/a/uses backend y: " + why,
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || why != "" && !p.Empty {
			t.Errorf("owner %q: %s", owner, diff)
		}
	}
}

func TestExtrasAreThoseOfTheTargets(t *testing.T) {
	a, b := product("a", Fields{}), product("b", Fields{})
	uses := func(p *Object, backends Set) *Object { return p.Child("uses", "", Fields{"backend": backends}) }
	in := input([]*Object{a, uses(a, Set{}), b, uses(b, Set{})}, product("a", nil), product("b", nil), uses(a, Set{"x": "/"}), uses(b, Set{"x": "/"}))
	in.Select = []string{"product/b"}
	if p := mustMake(t, in); len(p.Extras) != 1 || p.Extras[0].Address != "s:product/b/uses" {
		t.Errorf("%v", p.Extras)
	}
}
