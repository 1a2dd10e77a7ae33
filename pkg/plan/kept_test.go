package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/secret"
)

func unkeptLines(p *Plan, before, after State) []string {
	out := []string{}
	for _, u := range p.Unkept(p.Changes, before, after) {
		if len(u.Fields) == 0 {
			out = append(out, strings.TrimPrefix(string(u.Address), "s:")+": "+u.Why)
		}
		for _, f := range u.Fields {
			out = append(out, fmt.Sprintf("%s %s %s: %v, not %v", strings.TrimPrefix(string(u.Address), "s:"), f.Name, f.Element, f.Old, f.New))
		}
	}
	return out
}

// Against a server that does all that a plan says, nothing is unkept.
func TestAPerfectServerKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, p := drawn(t)
		if got := unkeptLines(p, in.Live, perfect(p, in.Live)); len(got) > 0 {
			t.Fatalf("unkept: %q", got)
		}
	})
}

// One field is enough, an element is named, and what somebody else's object has besides isn't the document's matter.
func TestUnkeptNamesFieldsAndElements(t *testing.T) {
	foreign := product("b", nil)
	foreign.Owner = "operator"
	extra := foreign.Child("uses", "", Fields{"backend": Set{"y": "/y"}})
	a, b := product("a", Fields{"name": "A", "n": int64(1)}), product("b", Fields{})
	ua, ub := a.Child("uses", "", Fields{"backend": Set{"x": "/"}}), b.Child("uses", "", Fields{"backend": Set{"x": "/"}})
	in := input([]*Object{a, b, ua, ub}, foreign, extra)
	p := mustMake(t, in)
	after := perfect(p, in.Live)
	if got := unkeptLines(p, in.Live, after); len(got) > 0 {
		t.Errorf("unkept of what was kept: %q", got)
	}
	after.Put(a.with(Fields{"name": "A", "n": int64(0)}), ua.with(Fields{"backend": Set{"x": "/", "z": "/z"}}), ub.with(Fields{"backend": Set{"y": "/y"}}))
	want := []string{"product/a n : 0, not 1", "product/a/uses backend z: /z, not <nil>", "product/b/uses backend x: <nil>, not /"}
	if got := unkeptLines(p, in.Live, after); !slices.Equal(got, want) {
		t.Errorf("unkept: %q", got)
	}
}

func (o *Object) with(f Fields) *Object { c := *o; c.Fields = f; return &c }

// What another object hands over is compared where it is known, and a field that is left to a person never.
func TestUnkeptOfHandedAndFrozenFields(t *testing.T) {
	client, taker := product("client", Fields{}), product("taker", Fields{})
	taker.Fields["secret"] = Handed{From: client.Address, Field: "secret"}
	sign := New("s", "sign-in", "sso", Fields{"kind": "auth0", "published": true})
	in := input([]*Object{client, taker, sign}, New("s", "sign-in", "sso", Fields{"kind": "keycloak", "published": false}))
	p := mustMake(t, in)
	after := perfect(p, in.Live)
	after.Put(taker.with(Fields{"secret": secret.New("", "s1")}), sign.with(Fields{"kind": "keycloak", "published": true}))
	if got := unkeptLines(p, in.Live, after); len(got) > 0 {
		t.Errorf("unkept: %q", got)
	}
	there := client.with(Fields{})
	there.Outputs = map[string]any{"secret": secret.New("", "s2")}
	after.Put(there)
	if got := unkeptLines(p, in.Live, after); len(got) != 1 || !strings.HasPrefix(got[0], "product/taker secret") {
		t.Errorf("unkept: %q", got)
	}
}
