package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// With --prune, a target is pruned, and what is below it; nothing else goes, even where a deletion would need that.
func TestPruneWithinTargets(t *testing.T) {
	kept, old := owned(product("kept", nil)), owned(product("old", nil))
	backend := owned(New("s", "backend", "gone", nil))
	uses := old.Child("uses", "", Fields{"backend": Set{"gone": "/"}})
	uses.Refs = []Address{backend.Address}
	metric, other := kept.Child("metric", "old", nil), owned(product("other", nil))
	stays := other.Child("metric", "old", nil)
	collections := []Collection{
		{System: "s", Kind: "product"}, {System: "s", Kind: "backend"},
		{System: "s", Kind: "metric", Parent: kept.Address}, {System: "s", Kind: "metric", Parent: other.Address},
	}
	for _, c := range []struct {
		targets []string
		want    []string
		partial bool
		blocked int
	}{
		{[]string{"product/kept"}, []string{"delete product/kept/metric/old"}, true, 0},
		{[]string{"product/old"}, []string{"delete product/old"}, true, 0},
		{[]string{"backend/gone"}, []string{}, true, 1}, // a product that isn't named uses it
		{[]string{"backend/gone", "product/old"}, []string{"delete product/old", "delete backend/gone"}, true, 0},
		{[]string{"backend/gone", "product/old", "product/kept", "product/other"}, []string{
			"delete product/kept/metric/old", "delete product/other/metric/old", "delete product/old", "delete backend/gone",
		}, false, 0},
	} {
		in := input([]*Object{product("kept", nil), product("other", nil)}, kept, metric, old, uses, backend, other, stays)
		in.Collections, in.Prune, in.Select = collections, true, c.targets
		p := mustMake(t, in)
		got, want := map[string]bool{}, map[string]bool{}
		for _, a := range actions(p) {
			got[a] = true
		}
		for _, a := range c.want {
			want[a] = true
		}
		if diff := cmp.Diff(want, got); diff != "" || p.Partial != c.partial || len(p.Blocked) != c.blocked {
			t.Errorf("%v: partial %v, blocked %v: %s", c.targets, p.Partial, p.Blocked, diff)
		}
		in.Prune = false
		if p := mustMake(t, in); !p.Empty || len(p.Undeclared) != p.Summary.Prune || c.targets[0] == "product/kept" && len(c.targets) == 1 && p.Summary.Prune != 1 {
			t.Errorf("%v: without --prune: %v", c.targets, p.Undeclared)
		}
	}
}

// A target that isn't one says what is.
func TestTargetsThatAreNone(t *testing.T) {
	granite, mistral := product("granite", nil), product("mistral", nil)
	in := input([]*Object{granite, granite.Child("plan", "basic", nil), granite.Child("plan", "free", nil), mistral.Child("plan", "basic", nil), New("s", "tenant", "", nil)}, mistral)
	for target, want := range map[string]string{
		"plan/basic":              `what is below another object goes with it; did you mean "product/granite", "product/mistral"?`,
		"plan/free":               `did you mean "product/granite"?`,
		"product/granite/plan/no": `did you mean "product/granite"?`,
		"product/granit":          `did you mean "product/granite"?`,
		"product/none":            `a target is KIND/NAME of an object at the top; there is "product/granite", "product/mistral"`,
		"produkt/mistral":         `did you mean "product/mistral"?`,
		"realm/maas":              `there is "product/granite", "product/mistral", "tenant"`,
		"plan":                    `there is "product/granite"`,
	} {
		in.Select = []string{"tenant", target}
		if _, err := Make(in); err == nil || !strings.HasPrefix(err.Error(), `target "`+target+`": `) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", target, err, want)
		}
	}
	if got := quoted([]string{"1", "2", "3", "4", "5", "6", "7"}); got != `"1", "2", "3", "4", "5" and 2 more` {
		t.Error(got)
	}
}

// A deletion that the document names says whose object it takes, where it isn't its own.
func TestDeletionOfWhatIsNotOurs(t *testing.T) {
	for owner, want := range map[string]string{
		testOwner: "", "": "it is deleted though maasctl didn't make it", Nobody: "it is deleted though maasctl didn't make it",
		"maasctl:other": "it is deleted though maasctl:other manages it",
	} {
		live, d, another := product("old", nil), product("old", nil), product("another", nil)
		live.Owner, d.Absent = owner, true
		p := mustMake(t, input([]*Object{d}, live, another))
		why := ""
		for _, w := range p.Warnings {
			why += w.Why
		}
		if why != want || len(p.Changes) != 1 {
			t.Errorf("owner %q: %q", owner, why)
		}
	}
}
