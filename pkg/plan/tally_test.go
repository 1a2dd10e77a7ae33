package plan

import "testing"

// TestTallyCountsObjects holds the summary to objects, each once: parts go with what they are a part of.
func TestTallyCountsObjects(t *testing.T) {
	newOne, kept, same, gone := product("a", Fields{"name": "A"}), owned(product("b", Fields{"name": "B"})), owned(product("c", Fields{"name": "C"})), owned(product("d", nil))
	rules := func(p *Object, label string) *Object {
		return p.Child("rules", "", Fields{"rule": List{{Label: label}}})
	}
	uses := func(p *Object, backend string) *Object {
		return p.Child("uses", "", Fields{"backend": Set{backend: "/"}})
	}
	metric := func(p *Object, unit string) *Object { return p.Child("metric", "tokens", Fields{"unit": unit}) }
	absent := product("d", nil)
	absent.Absent = true
	in := input(
		[]*Object{
			newOne, rules(newOne, "GET /x"), metric(newOne, "token"),
			product("b", Fields{"name": "B"}), rules(kept, "GET /x"), uses(kept, "y"), metric(kept, "token"), // both parts change
			product("c", Fields{"name": "C"}), rules(same, "GET /"), metric(same, "token"), absent,
		},
		kept, rules(kept, "GET /"), uses(kept, "x"), metric(kept, "hit"), same, rules(same, "GET /"), metric(same, "token"), gone,
	)
	in.Collections = []Collection{{System: "s", Kind: "product"}}
	extra := owned(product("e", nil))
	in.Live.Put(extra)
	if got, want := mustMake(t, in).Summary, (Summary{Create: 2, Update: 2, Delete: 1, Prune: 1, Unchanged: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
