package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What other tests don't come near: places at which a line of the planner could be turned round and nothing else noticed.

func TestNamesAreSaidAsTheyAre(t *testing.T) {
	p := product("a/b 50%", nil)
	c := &Change{Desired: p.Child("metric", "x y/z", nil)}
	if got := c.Title(); got != "product a/b 50%'s metric x y/z" {
		t.Error(got)
	}
}

// As many elements as can stay untouched do.
func TestUntouchedAreTheMost(t *testing.T) {
	var longest func(a, b []int) int
	longest = func(a, b []int) int {
		switch {
		case len(a) == 0 || len(b) == 0:
			return 0
		case a[0] == b[0]:
			return 1 + longest(a[1:], b[1:])
		}
		return max(longest(a[1:], b), longest(a, b[1:]))
	}
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(0, 3), 0, 8)
		want, have := numbers.Draw(t, "want"), numbers.Draw(t, "have")
		stay, last := 0, -1
		for w, h := range untouched(want, have) {
			if h < 0 {
				continue
			}
			if want[w] != have[h] || h <= last {
				t.Fatalf("%d of %v is %d of %v, after %d", w, want, h, have, last)
			}
			stay, last = stay+1, h
		}
		if most := longest(want, have); stay != most {
			t.Fatalf("%d of %v and %v stay, not %d", stay, want, have, most)
		}
	})
}

// What can't go counts among those that stay, so that another may.
func TestOneThatStaysLetsAnotherGo(t *testing.T) {
	kept, used, old := owned(product("kept", nil)), owned(product("used", nil)), owned(product("old", nil))
	user := New("s", "backend", "user", nil)
	user.Refs = []Address{used.Address}
	in := input([]*Object{product("kept", nil)}, kept, used, old, user)
	in.Prune, in.Collections = true, []Collection{{System: "s", Kind: "product"}}
	p := mustMake(t, in)
	if diff := cmp.Diff([]string{"delete product/old"}, actions(p)); diff != "" || len(p.Blocked) != 1 {
		t.Errorf("blocked: %+v, %s", p.Blocked, diff)
	}
}

// Nothing waits for what isn't done.
func TestNothingWaitsForWhatIsBlocked(t *testing.T) {
	p := owned(product("p", nil))
	metric := p.Child("metric", "used", nil)
	gone := p.Child("metric", "used", nil)
	gone.Absent = true
	user := New("s", "backend", "user", nil)
	user.Refs = []Address{metric.Address}
	deploy := p.Child("deploy", "", Fields{"version": "1"})
	follows := p.Child("deploy", "", Fields{})
	follows.FollowOn, follows.Follows = "version", []Address{metric.Address}
	made := mustMake(t, input([]*Object{product("p", nil), gone, follows}, p, metric, user, deploy))
	if len(made.Blocked) != 1 {
		t.Errorf("blocked: %+v", made.Blocked)
	}
	for _, c := range made.Changes {
		if slices.Contains(c.DependsOn, metric.Address) {
			t.Errorf("%s waits for what stays", c.Address)
		}
	}
}

// A circle is found wherever in the plan it stands.
func TestCircleBehindOthers(t *testing.T) {
	a, b, c := New("s", "backend", "a", nil), New("s", "backend", "b", nil), New("s", "backend", "c", nil)
	b.Refs, c.Refs = []Address{c.Address}, []Address{b.Address}
	if _, err := Make(input([]*Object{a, b, c})); err == nil || !strings.Contains(err.Error(), "waits for itself") {
		t.Error(err)
	}
}

// What follows others and differs besides shows how it differs, and nothing else.
func TestWhatFollowsAndDiffers(t *testing.T) {
	p := owned(product("p", nil))
	live := p.Child("deploy", "", Fields{"version": "1", "to": "staging"})
	d := p.Child("deploy", "", Fields{"to": "production"})
	d.FollowOn = "version"
	made := mustMake(t, input([]*Object{product("p", nil), d}, p, live))
	if len(made.Changes) != 1 || len(made.Changes[0].Fields) != 1 || made.Changes[0].Fields[0].Name != "to" {
		t.Errorf("%+v", made.Changes)
	}
}

func TestPlanSaysWhereItIsSaid(t *testing.T) {
	live := owned(product("p", Fields{"name": "A"}))
	d := product("p", Fields{"name": "B"})
	d.Source, d.Sources = Source{File: "maas.yaml", Line: 3}, map[string]Source{"name": {File: "maas.yaml", Line: 4}}
	unsaid := product("q", nil)
	made := mustMake(t, input([]*Object{d, unsaid}, live))
	if len(made.Changes) != 2 || made.Changes[0].Source == nil || made.Changes[0].Source.Line != 3 || made.Changes[0].Fields[0].Source.Line != 4 ||
		made.Changes[1].Source != nil {
		t.Errorf("%+v", made.Changes)
	}
}

// Systems stand as the targets do, objects in the document's order where it counts, then by name.
func TestOrderOfAPlan(t *testing.T) {
	var in Input
	in.Owner = testOwner
	for i, system := range []string{"m", "a", "z"} {
		in.Targets = append(in.Targets, Target{System: system})
		in.Kinds = append(in.Kinds, Kind{System: system, Name: "late", Rank: 7}, Kind{System: system, Name: "early", Rank: 2}, Kind{System: system, Name: "below", Rank: 3})
		top := New(system, "early", "top", nil)
		in.Desired = append(in.Desired, New(system, "late", "a", nil), top)
		for n, name := range []string{"c", "a", "b"} {
			below := top.Child("below", name, nil)
			below.Order = 5*n + i
			in.Desired = append(in.Desired, below)
		}
	}
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, system := range []string{"m", "a", "z"} {
		for _, rest := range []string{"early/top", "early/top/below/c", "early/top/below/a", "early/top/below/b", "late/a"} {
			want = append(want, system+":"+rest)
		}
	}
	for _, c := range p.Changes {
		got = append(got, string(c.Address))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTargetOfAKindThatHasOne(t *testing.T) {
	in := input([]*Object{product("granite", nil), New("s", "backend", "", nil)})
	in.Select = []string{"backend/none-such"}
	if _, err := Make(in); err == nil || !strings.HasSuffix(err.Error(), `there is "backend"`) {
		t.Error(err)
	}
	for n, want := range map[int]string{5: `"n", "n", "n", "n", "n"`, 6: `"n", "n", "n", "n", "n" and 1 more`} {
		if got := quoted(slices.Repeat([]string{"n"}, n)); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

// What is new is protected from the first moment on; where the server has no room to keep that, it is said.
func TestProtectionOfWhatIsNew(t *testing.T) {
	with := func(sealed bool, live ...*Object) *Plan {
		d := product("p", nil)
		d.Protect = true
		for _, l := range live {
			l.Sealed = sealed
		}
		in := input([]*Object{d}, live...)
		for i := range in.Kinds {
			in.Kinds[i].Marks = true
		}
		return mustMake(t, in)
	}
	says := func(p *Plan) bool {
		return len(p.Changes) == 1 && slices.ContainsFunc(p.Changes[0].Fields, func(f FieldChange) bool { return f.Name == FieldProtect && f.Element == itself })
	}
	if p := with(false); !says(p) || len(p.Warnings) != 0 {
		t.Errorf("new: %+v", p.Changes)
	}
	if p := with(false, owned(product("p", nil))); !says(p) || len(p.Warnings) != 0 {
		t.Errorf("there is room: %+v", p.Changes)
	}
	if p := with(true, owned(product("p", nil))); says(p) || len(p.Warnings) != 1 {
		t.Errorf("there is none: %+v, %+v", p.Changes, p.Warnings)
	}
}
