package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// guardedKinds is the small world in which products keep what is protected.
func guardedKinds() []Kind {
	kinds := shopKinds()
	for i := range kinds {
		kinds[i].Marks = kinds[i].Name == "product"
	}
	return kinds
}

func guarded(o *Object, names ...string) *Object {
	set := Set{}
	for _, n := range names {
		set[n] = true
	}
	o.Fields = Fields{FieldProtect: set}
	return o
}

func whyBlocked(p *Plan) []string {
	out := []string{}
	for _, n := range p.Blocked {
		out = append(out, strings.TrimPrefix(string(n.Address), "s:")+": "+n.Why)
	}
	return out
}

func TestWhatTheServerProtectsStays(t *testing.T) {
	const kept = "it is protected on the server; take that away first, by an apply with protect: false"
	shop := func() *Object { return owned(product("shop", nil)) }
	metric := func(of *Object, name string) *Object { return of.Child("metric", name, nil) }
	absent := func(o *Object) *Object { o.Absent = true; return o }
	said := func(o *Object) *Object { o.Protect = true; return o }
	for name, c := range map[string]struct {
		desired []*Object
		live    []*Object
		actions []string
		blocked []string
	}{
		"undeclared, itself": {nil, []*Object{guarded(shop(), "itself")}, []string{}, []string{"product/shop: " + kept}},
		"undeclared, with something protected below": {
			nil, []*Object{guarded(shop(), "metric/a%2Fb"), metric(shop(), "a/b")}, []string{}, []string{"product/shop: its metric a/b is protected"},
		},
		"undeclared, with something below whose name had no room": {
			nil, []*Object{guarded(shop(), ShortGuard("metric/a"))}, []string{}, []string{"product/shop: something below it is protected"},
		},
		"undeclared below what is protected there": {
			[]*Object{said(product("shop", nil))}, []*Object{guarded(shop(), "itself"), metric(shop(), "a")}, []string{},
			[]string{"product/shop/metric/a: product shop is protected, and with it what the document doesn't name"},
		},
		"undeclared below what the document protects from now on": {
			[]*Object{said(product("shop", nil))}, []*Object{shop(), metric(shop(), "a")}, []string{"update product/shop"},
			[]string{"product/shop/metric/a: product shop is protected, and with it what the document doesn't name"},
		},
		"absent below what is protected": {
			[]*Object{said(product("shop", nil)), absent(metric(product("shop", nil), "a"))}, []*Object{guarded(shop(), "itself"), metric(shop(), "a")},
			[]string{"delete product/shop/metric/a"}, []string{},
		},
		"absent itself": {
			[]*Object{product("shop", nil), absent(metric(product("shop", nil), "a"))}, []*Object{guarded(shop(), ShortGuard("metric/a")), metric(shop(), "a")}, []string{},
			[]string{"product/shop/metric/a: " + kept},
		},
		"taken away, while something else goes": {
			[]*Object{product("shop", nil), metric(product("shop", nil), "a"), absent(metric(product("shop", nil), "b"))},
			[]*Object{guarded(shop(), "metric/a"), metric(shop(), "a"), metric(shop(), "b")}, []string{"update product/shop", "delete product/shop/metric/b"}, []string{},
		},
		"another's isn't taken away": {
			[]*Object{product("shop", nil)}, []*Object{guarded(product("shop", nil), "itself")}, []string{}, []string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(c.desired, c.live...)
			in.Kinds, in.Prune = guardedKinds(), true
			in.Desired = append(in.Desired, product("stays", nil)) // the last one can't go
			in.Live.Put(owned(product("stays", nil)))
			in.Collections = []Collection{{System: "s", Kind: "product"}}
			if c.desired != nil {
				in.Collections = append(in.Collections, Collection{System: "s", Kind: "metric", Parent: c.desired[0].Address})
			}
			p := mustMake(t, in)
			if diff := cmp.Diff(c.actions, actions(p)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.blocked, whyBlocked(p)); diff != "" {
				t.Error(diff)
			}
			in.Prune = false
			if p := mustMake(t, in); p.Summary.Prune > 0 {
				t.Errorf("it is counted as one that --prune would take: %+v", p.Undeclared)
			}
		})
	}
}

// A deployment doesn't follow what is only about protection.
func TestProtectionNeedsNoDeployment(t *testing.T) {
	d := product("shop", nil)
	d.Protect = true
	deploy := d.Child("deploy", "", Fields{"state": "current"})
	deploy.FollowOn, deploy.Follows = "state", []Address{d.Address}
	live := owned(product("shop", nil))
	in := input([]*Object{d, deploy}, live, live.Child("deploy", "", Fields{"state": "current"}))
	in.Kinds = guardedKinds()
	p := mustMake(t, in)
	if got := actions(p); !slices.Equal(got, []string{"update product/shop"}) {
		t.Errorf("planned: %v", got)
	}
	if d.Fields != nil {
		t.Errorf("the input has changed: %v", d.Fields)
	}
	if got := unkeptLines(p, in.Live, State{d.Address: guarded(owned(product("shop", nil)), ShortGuard("itself"))}); len(got) > 0 {
		t.Errorf("a short form counts as not kept: %v", got)
	}
}
