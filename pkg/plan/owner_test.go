package plan

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ownerMark = "maasctl:me"

// realmKinds are kinds of a system whose objects below the top carry marks of their own and are written side by side.
func realmKinds() []Kind {
	return []Kind{
		{System: "s", Name: "realm", Rank: 0},
		{System: "s", Name: "client", Rank: 1, Apart: true},
		{System: "s", Name: "mapper", Rank: 2},
		{System: "s", Name: "defaults", Rank: 3, Part: true},
	}
}

func made(t *testing.T, in Input) *Plan {
	t.Helper()
	in.Owner, in.Kinds, in.Targets = ownerMark, realmKinds(), []Target{{System: "s"}}
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func addresses(p *Plan) []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, string(c.Action)+" "+string(c.Address))
	}
	return out
}

func TestPruneTakesOnlyWhatCarriesTheMark(t *testing.T) {
	realm := New("s", "realm", "r", Fields{})
	realm.Owner = ownerMark
	owned, hand, theirs := realm.Child("client", "mine", nil), realm.Child("client", "hand-made", nil), realm.Child("client", "theirs", nil)
	owned.Owner, hand.Owner, theirs.Owner = ownerMark, Nobody, "maasctl:other"
	live := State{}
	live.Put(realm, owned, hand, theirs)
	p := made(t, Input{Desired: []*Object{New("s", "realm", "r", nil)}, Live: live, Prune: true,
		Collections: []Collection{{System: "s", Kind: "client", Parent: realm.Address}}})
	if diff := cmp.Diff([]string{"delete s:realm/r/client/mine"}, addresses(p)); diff != "" {
		t.Error(diff)
	}
}

func TestMarkBelowSomebodyElsesTop(t *testing.T) {
	realm := New("s", "realm", "r", Fields{})
	realm.Owner = "maasctl:other"
	client := realm.Child("client", "c", Fields{"uris": Set{"a": true, "b": true}})
	mapper := client.Child("mapper", "m", Fields{"uris": Set{"a": true, "b": true}})
	client.Owner = ownerMark
	live := State{}
	live.Put(realm, client, mapper)
	want := Fields{"uris": Set{"a": true}}
	p := made(t, Input{Live: live, Desired: []*Object{
		realm.Child("client", "c", want), client.Child("mapper", "m", want), New("s", "realm", "r", nil),
	}})
	got := addresses(p)
	if diff := cmp.Diff([]string{"update s:realm/r/client/c", "update s:realm/r/client/c/mapper/m"}, got); diff != "" {
		t.Errorf("what is below an owned object is owned too: %s", diff)
	}
}

func TestLanes(t *testing.T) {
	realm := New("s", "realm", "r", nil)
	client := realm.Child("client", "c", nil)
	p := made(t, Input{Desired: []*Object{
		realm, client, client.Child("mapper", "m", nil), realm.Child("defaults", "", Fields{"scope": Set{"a": true}}),
	}})
	got := map[string]Address{}
	for _, c := range p.Changes {
		got[c.Kind] = c.Lane
	}
	want := map[string]Address{"realm": realm.Address, "client": client.Address, "mapper": client.Address, "defaults": realm.Address}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestElementThatMustNotBeThere(t *testing.T) {
	for owner, name := range map[string]string{ownerMark: "mine", "maasctl:other": "theirs"} {
		live := New("s", "realm", "r", Fields{"scopes": Set{"profile": true}})
		live.Owner = owner
		state := State{}
		state.Put(live)
		p := made(t, Input{Live: state, Desired: []*Object{New("s", "realm", "r", Fields{"scopes": Set{"profile": nil, "gone": nil}})}})
		if len(p.Changes) != 1 || len(p.Changes[0].Fields) != 1 || p.Changes[0].Fields[0].Action != Remove || p.Changes[0].Fields[0].Element != "profile" {
			t.Errorf("%s: %+v", name, p.Changes)
		}
	}
}

func TestNameFromAnotherObject(t *testing.T) {
	tenant := New("s", "realm", "tenant", Fields{})
	tenant.Outputs = map[string]any{"portal": "https://maas.example.com"}
	element := HandedName{Handed: Handed{From: tenant.Address, Field: "portal"}, Suffix: "/callback"}
	live := New("s", "realm", "r", Fields{"uris": Set{"https://maas.example.com/callback": true}})
	live.Owner = ownerMark
	state := State{}
	state.Put(tenant, live)
	desired := []*Object{New("s", "realm", "r", Fields{"uris": Set{"portal": element}})}
	if p := made(t, Input{Live: state, Desired: desired}); !p.Empty {
		t.Errorf("the name is known and there: %+v", p.Changes[0].Fields)
	}
	live.Fields["uris"] = Set{}
	p := made(t, Input{Live: state, Desired: desired})
	if p.Empty || p.Changes[0].Fields[0].Element != "https://maas.example.com/callback" {
		t.Errorf("the name isn't there: %+v", p.Changes)
	}
}

// What others have put into a set or a list of their own object stays, where and in the order in which it stands, and what
// the document wants of it is added; of an object of ours it goes.
func TestElementsOfOthersStay(t *testing.T) {
	item := func(labels ...string) List {
		var l List
		for _, label := range labels {
			l = append(l, Item{Label: label, Value: true})
		}
		return l
	}
	for _, x := range []struct {
		name       string
		want, have any
		kept, ours []string // as ACTION ELEMENT
	}{
		{"set", Set{"a": true, "b": true}, Set{"b": true, "theirs": true}, []string{"add a"}, []string{"add a", "remove theirs"}},
		{"set with nothing to add", Set{"b": true}, Set{"b": true, "theirs": true}, nil, []string{"remove theirs"}},
		{"no set", Set{"b": true}, nil, []string{"add b"}, []string{"add b"}},
		{"list", item("a", "b"), item("front", "a", "theirs"), []string{"add b"}, []string{"add b", "remove front", "remove theirs"}},
		{"list with nothing to add", item("a"), item("front", "a", "end"), nil, []string{"remove end", "remove front"}},
	} {
		for owner, want := range map[string][]string{"maasctl:other": x.kept, Nobody: x.kept, "": x.kept, ownerMark: x.ours} {
			live := New("s", "realm", "r", Fields{"elements": x.have})
			live.Owner = owner
			p := made(t, Input{Desired: []*Object{New("s", "realm", "r", Fields{"elements": x.want})}, Live: State{live.Address: live}})
			var got []string
			for _, c := range p.Changes {
				for _, f := range c.Fields {
					if f.Action != Order {
						got = append(got, string(f.Action)+" "+f.Element)
					}
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s of %q: %s", x.name, owner, diff)
			}
		}
	}
}
