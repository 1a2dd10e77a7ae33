package plan

import (
	"encoding/json"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/maasctl/pkg/secret"
)

const testOwner = "maasctl:test"

// shopKinds is a small world: products with rules (a part) and metrics, a deployment that follows, backends in use.
func shopKinds() []Kind {
	return []Kind{
		{System: "s", Name: "backend", Rank: 0},
		{System: "s", Name: "product", Rank: 1, KeepOne: true, Born: func(p *Object) []*Object {
			hits := p.Child("metric", "hits", Fields{"unit": "hit"})
			hits.Builtin = true
			return []*Object{hits, p.Child("rules", "", Fields{"rule": List{{Label: "GET /"}}}), p.Child("uses", "", Fields{"backend": Set{}})}
		}},
		{System: "s", Name: "uses", Rank: 2, Part: true},
		{System: "s", Name: "metric", Rank: 3},
		{System: "s", Name: "rules", Rank: 4, Part: true},
		{System: "s", Name: "deploy", Rank: 5, Part: true},
		{System: "s", Name: "sign-in", Rank: 6, Fixed: "in the portal", Frozen: map[string]string{"kind": "make another"}},
	}
}

func input(desired []*Object, live ...*Object) Input {
	s := State{}
	s.Put(live...)
	return Input{Owner: testOwner, Kinds: shopKinds(), Desired: desired, Live: s, Targets: []Target{{System: "s"}}}
}

func mustMake(t testing.TB, in Input) *Plan {
	t.Helper()
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// actions says what a plan does, a line a change.
func actions(p *Plan) []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, string(c.Action)+" "+strings.TrimPrefix(string(c.Address), "s:"))
	}
	return out
}

func product(name string, f Fields) *Object { return New("s", "product", name, f) }

func owned(o *Object) *Object { o.Owner = testOwner; return o }

func TestCreateCountsOnWhatTheServerMakes(t *testing.T) {
	p := product("a", Fields{"name": "A"})
	same := p.Child("rules", "", Fields{"rule": List{{Label: "GET /"}}})
	got := actions(mustMake(t, input([]*Object{p, same})))
	if diff := cmp.Diff([]string{"create product/a"}, got); diff != "" {
		t.Error("a rule that every new product has isn't planned:\n" + diff)
	}
	other := p.Child("rules", "", Fields{"rule": List{{Label: "GET /x"}}})
	plan := mustMake(t, input([]*Object{p, other}))
	if diff := cmp.Diff([]string{"create product/a", "create product/a/rules"}, actions(plan)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Address{p.Address}, plan.Changes[1].DependsOn); diff != "" {
		t.Error(diff)
	}
}

func TestOnlySaidFieldsAreCompared(t *testing.T) {
	live := owned(product("a", Fields{"name": "A", "description": "by hand"}))
	p := mustMake(t, input([]*Object{product("a", Fields{"name": "A"})}, live))
	if !p.Empty || p.Summary.Unchanged != 1 {
		t.Errorf("%+v", p.Summary)
	}
}

func TestPartsOfSomebodyElsesObjectKeepTheirExtras(t *testing.T) {
	for owner, want := range map[string][]string{testOwner: {"update product/a/uses"}, "operator": {}, "": {}} {
		live := product("a", nil)
		live.Owner = owner
		uses := live.Child("uses", "", Fields{"backend": Set{"x": "/", "y": "/y"}})
		d := product("a", Fields{})
		got := actions(mustMake(t, input([]*Object{d, d.Child("uses", "", Fields{"backend": Set{"x": "/"}})}, live, uses)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("owner %q: %s", owner, diff)
		}
	}
}

func TestUndeclared(t *testing.T) {
	gone := owned(product("old", nil))
	other := product("foreign", nil)
	stays := owned(product("stays", nil))
	metric, hits := stays.Child("metric", "old", nil), stays.Child("metric", "hits", nil)
	hits.Builtin = true
	d := product("stays", nil)
	in := input([]*Object{d}, gone, other, stays, metric, hits)
	in.Collections = []Collection{{System: "s", Kind: "product"}, {System: "s", Kind: "metric", Parent: d.Address}}
	p := mustMake(t, in)
	if !p.Empty || len(p.Undeclared) != 2 || p.Summary.Prune != 2 {
		t.Errorf("%+v", p.Undeclared)
	}
	in.Prune = true
	if diff := cmp.Diff([]string{"delete product/old", "delete product/stays/metric/old"}, actions(mustMake(t, in))); diff != "" {
		t.Error(diff)
	}
	in.Collections = in.Collections[1:] // the document has no products: section any more
	if diff := cmp.Diff([]string{"delete product/stays/metric/old"}, actions(mustMake(t, in))); diff != "" {
		t.Error(diff)
	}
}

func TestAbsent(t *testing.T) {
	live := product("a", nil)
	live.Owner = "operator"
	d := product("a", nil)
	d.Absent = true
	keep := owned(product("b", nil))
	p := mustMake(t, input([]*Object{d}, live, keep))
	if diff := cmp.Diff([]string{"delete product/a"}, actions(p)); diff != "" || len(p.Warnings) != 1 {
		t.Error(diff, p.Warnings)
	}
	if p := mustMake(t, input([]*Object{d}, keep)); !p.Empty {
		t.Error("what is gone isn't deleted again")
	}
	d.Protect = true
	if p := mustMake(t, input([]*Object{d}, live, keep)); !p.Empty || len(p.Blocked) != 1 {
		t.Errorf("protected: %v %v", actions(p), p.Blocked)
	}
}

func TestTheLastOneStays(t *testing.T) {
	a := product("a", nil)
	a.Absent = true
	live := owned(product("a", nil))
	if p := mustMake(t, input([]*Object{a}, live)); !p.Empty || len(p.Blocked) != 1 {
		t.Errorf("%v %v", actions(p), p.Blocked)
	}
	p := mustMake(t, input([]*Object{a, product("b", nil)}, live))
	if diff := cmp.Diff([]string{"delete product/a", "create product/b"}, actions(p)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Address{Root("s", "product", "b")}, p.Changes[0].DependsOn); diff != "" {
		t.Error("the other one has to be there first:\n" + diff)
	}
}

func TestDeleteWaitsForItsUsersAndIsBlockedByThoseThatStay(t *testing.T) {
	backend := owned(New("s", "backend", "x", nil))
	liveProduct := owned(product("a", nil))
	uses := liveProduct.Child("uses", "", Fields{"backend": Set{"x": "/"}})
	uses.Refs = []Address{backend.Address}
	goes := New("s", "backend", "x", nil)
	goes.Absent = true
	d := product("a", nil)
	empty := d.Child("uses", "", Fields{"backend": Set{}})
	p := mustMake(t, input([]*Object{goes, d, empty}, backend, liveProduct, uses))
	if diff := cmp.Diff([]string{"delete backend/x", "update product/a/uses"}, actions(p)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]Address{uses.Address}, p.Changes[0].DependsOn); diff != "" {
		t.Error(diff)
	}
	if p := mustMake(t, input([]*Object{goes}, backend, liveProduct, uses)); !p.Empty || len(p.Blocked) != 1 {
		t.Errorf("%v %v", actions(p), p.Blocked)
	}
	d.Absent = true
	p = mustMake(t, input([]*Object{goes, d}, backend, liveProduct, uses, owned(product("b", nil))))
	if diff := cmp.Diff([]Address{d.Address}, p.Changes[0].DependsOn); diff != "" {
		t.Error("the product that uses it goes first:\n" + diff)
	}
}

func TestFollowers(t *testing.T) {
	live := owned(product("a", Fields{"name": "A"}))
	deployed := live.Child("deploy", "", Fields{"configuration": "current"})
	d := product("a", Fields{"name": "A"})
	follower := d.Child("deploy", "", Fields{"configuration": "current"})
	follower.FollowOn, follower.Follows = "configuration", []Address{d.Address}
	if p := mustMake(t, input([]*Object{d, follower}, live, deployed)); !p.Empty {
		t.Error(actions(p))
	}
	d.Fields = Fields{"name": "B"}
	p := mustMake(t, input([]*Object{d, follower}, live, deployed))
	if diff := cmp.Diff([]string{"update product/a", "update product/a/deploy"}, actions(p)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]Address{d.Address}, p.Changes[1].DependsOn); diff != "" {
		t.Error(diff)
	}
}

func TestFixedAndFrozenAreWorkForAPerson(t *testing.T) {
	live := New("s", "sign-in", "sso", Fields{"kind": "keycloak", "published": false})
	d := New("s", "sign-in", "sso", Fields{"kind": "auth0", "published": true})
	p := mustMake(t, input([]*Object{d}, live))
	if len(p.Manual) != 1 || len(p.Changes) != 1 || len(p.Changes[0].Fields) != 1 || p.Changes[0].Fields[0].Name != "published" {
		t.Errorf("%+v %+v", p.Manual, p.Changes)
	}
	d.Absent = true
	if p := mustMake(t, input([]*Object{d}, live)); !p.Empty || len(p.Manual) != 1 {
		t.Errorf("%v %+v", actions(p), p.Manual)
	}
}

func TestHandedValues(t *testing.T) {
	client := New("s", "product", "client", Fields{"flow": true})
	client.Outputs = map[string]any{"secret": secret.New("", "s1")}
	taker := owned(product("taker", Fields{"secret": secret.New("", "s1")}))
	d := product("taker", Fields{"secret": Handed{From: client.Address, Field: "secret"}})
	c := product("client", Fields{"flow": true})
	if p := mustMake(t, input([]*Object{c, d}, owned(client), taker)); !p.Empty {
		t.Error("a value that is the same already:", actions(p))
	}
	client.Outputs["secret"] = secret.New("", "s2")
	p := mustMake(t, input([]*Object{c, d}, client, taker))
	if diff := cmp.Diff([]string{"update product/taker"}, actions(p)); diff != "" {
		t.Error("rotated: " + diff)
	}
	p = mustMake(t, input([]*Object{c, d}, taker))
	if diff := cmp.Diff([]string{"create product/client", "update product/taker"}, actions(p)); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]Address{client.Address}, p.Changes[1].DependsOn); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsDontShow(t *testing.T) {
	live := owned(product("a", Fields{"secret": secret.New("", "canary-1")}))
	p := mustMake(t, input([]*Object{product("a", Fields{"secret": secret.New("${env:S}", "canary-2")})}, live))
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "canary") || !strings.Contains(string(text), secret.Mask) {
		t.Error(string(text))
	}
}

func TestTargets(t *testing.T) {
	a, b, c := product("a", nil), product("b", nil), New("s", "backend", "x", nil)
	uses := a.Child("uses", "", Fields{"backend": Set{"x": "/"}})
	uses.Refs = []Address{c.Address}
	in := input([]*Object{a, uses, b, c})
	in.Select = []string{"product/a"}
	p := mustMake(t, in)
	if diff := cmp.Diff([]string{"create backend/x", "create product/a", "create product/a/uses"}, actions(p)); diff != "" || !p.Partial {
		t.Error("a target takes along what it needs:\n" + diff)
	}
	in.Select = []string{"product/none"}
	if _, err := Make(in); err == nil {
		t.Error("a target that isn't there is an error")
	}
}

func TestNamesAreEscaped(t *testing.T) {
	a := Root("s", "product", "v1/chat").Child("method", "a b/c")
	if a.Root() != Root("s", "product", "v1/chat") || a.Name() != "a b/c" || a.LastKind() != "method" || a.TopKind() != "product" {
		t.Errorf("%s: %s %q %s", a, a.Root(), a.Name(), a.LastKind())
	}
	if part := a.Child("rules", ""); part.Name() != "" || part.LastKind() != "rules" {
		t.Errorf("%s: %q", part, part.Name())
	}
}

// world draws some products with metrics, rules and uses.
func world(t *rapid.T, label string) []*Object {
	var out []*Object
	names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c/d"}), rapid.ID).Draw(t, label+" products")
	for _, name := range names {
		p := product(name, Fields{"name": rapid.StringN(0, 3, 8).Draw(t, "name"), "n": rapid.Int64().Draw(t, "n")})
		out = append(out, p, p.Child("rules", "", Fields{"rule": lists().Draw(t, "rules")}))
		set := Set{}
		for _, b := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"x", "y"}), rapid.ID).Draw(t, "uses") {
			set[b] = rapid.SampledFrom([]string{"/", "/v1"}).Draw(t, "path")
		}
		out = append(out, p.Child("uses", "", Fields{"backend": set}))
		for _, m := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"m1", "m2"}), rapid.ID).Draw(t, "metrics") {
			out = append(out, p.Child("metric", m, Fields{"unit": rapid.SampledFrom([]string{"hit", "token"}).Draw(t, "unit")}))
		}
	}
	return out
}

// perfect does what a plan says, as a server would.
func perfect(p *Plan, live State) State {
	after := State{}
	for a, o := range live {
		after[a] = o
	}
	for _, c := range p.Changes {
		if c.Action == Delete {
			for a := range after {
				if a.Within(c.Address) {
					delete(after, a)
				}
			}
			continue
		}
		o := *c.Desired
		if c.Live != nil {
			o.Owner = c.Live.Owner
		} else if o.Parent == "" {
			o.Owner = testOwner
		}
		after[c.Address] = &o
		for _, k := range shopKinds() {
			if c.Action == Create && k.Name == c.Kind && k.Born != nil {
				for _, b := range k.Born(&o) {
					if _, there := after[b.Address]; !there {
						after[b.Address] = b
					}
				}
			}
		}
	}
	return after
}

// drawn is any world, whosever its objects are, with the plan that makes another of it.
func drawn(t *rapid.T) (Input, *Plan) {
	desired, before := world(t, "desired"), world(t, "live")
	for _, o := range before {
		if o.Parent == "" {
			o.Owner = rapid.SampledFrom([]string{testOwner, "", "operator"}).Draw(t, "owner")
		}
	}
	in := input(desired, before...)
	p, err := Make(in)
	if err != nil {
		t.Fatal(err)
	}
	return in, p
}

func TestApplyThenPlanIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, p := drawn(t)
		in.Live = perfect(p, in.Live)
		again, err := Make(in)
		if err != nil {
			t.Fatal(err)
		}
		if !again.Empty {
			t.Fatalf("still to do: %v", actions(again))
		}
	})
}

func TestOrderOfInputDoesntMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		desired, live := world(t, "desired"), world(t, "live")
		in := input(desired, live...)
		first, err := Make(in)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := slices.Clone(desired)
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		second, err := Make(input(shuffled, live...))
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func BenchmarkPlanOf10000UnchangedObjects(b *testing.B) {
	var desired, live []*Object
	for i := range 500 {
		name := "product-" + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		for _, set := range []*[]*Object{&desired, &live} {
			p := owned(product(name, Fields{"name": name, "description": "a model", "published": true}))
			*set = append(*set, p, p.Child("rules", "", Fields{"rule": List{{Label: "GET /"}}}))
			for j := range 18 {
				*set = append(*set, p.Child("metric", "m"+string(rune('a'+j)), Fields{"name": "M", "unit": "token"}))
			}
		}
	}
	in := input(desired, live...)
	b.ReportAllocs()
	for b.Loop() {
		p, err := Make(in)
		if err != nil || !p.Empty || p.Summary.Unchanged != 10000 {
			b.Fatal(err, p.Summary)
		}
	}
}

// What is deleted waits for those that point at it, and for what follows them: a deployment.
func TestDeletionWaitsForWhatFollows(t *testing.T) {
	shop := product("shop", nil)
	metric := shop.Child("metric", "old", Fields{})
	live := shop.Child("rules", "", Fields{"rule": List{{Label: "GET /old"}}})
	live.Refs = []Address{metric.Address}
	for _, o := range []*Object{shop, metric, live} {
		o.Owner = testOwner
	}
	gone := shop.Child("metric", "old", Fields{})
	gone.Absent = true
	rules := shop.Child("rules", "", Fields{"rule": List{}})
	deploy := shop.Child("deploy", "", Fields{"state": "current"})
	deploy.FollowOn, deploy.Follows = "state", []Address{rules.Address}
	p := mustMake(t, input([]*Object{product("shop", nil), gone, rules, deploy}, shop, metric, live))
	for _, c := range p.Changes {
		if c.Action == Delete && (!slices.Contains(c.DependsOn, rules.Address) || !slices.Contains(c.DependsOn, deploy.Address)) {
			t.Errorf("%s waits for %v only", c.Address, c.DependsOn)
		}
	}
	if len(p.Changes) != 3 {
		t.Errorf("planned: %v", actions(p))
	}
}

// TestWhatIsSentUnseenIsInThePlan: fields that the server never shows go along with a create or an update of the object.
func TestWhatIsSentUnseenIsInThePlan(t *testing.T) {
	for action, c := range map[Action]struct{ live, absent bool }{Create: {}, Update: {live: true}, Delete: {live: true, absent: true}} {
		d := product("a", Fields{"name": "new"})
		d.Unread, d.Absent = Fields{"terms": "t", "description": secret.New("${env:D}", "canary")}, c.absent
		d.Initial = Fields{"password": secret.New("${env:P}", "canary")}
		in := input([]*Object{d})
		if c.live {
			in.Live.Put(owned(product("a", Fields{"name": "old"})), owned(product("b", nil)))
		}
		change := mustMake(t, in).Changes[0]
		text, err := json.Marshal(change)
		if err != nil || change.Action != action || strings.Contains(string(text), "canary") {
			t.Fatal(string(text), err)
		}
		initial := ""
		if action == Create { // what is taken then alone isn't told of an update
			initial = `{"name":"password","action":"set","old":null,"new":"***"},`
		}
		want := `"sent":[{"name":"description","action":"set","old":null,"new":"***"},` + initial + `{"name":"terms","action":"set","old":null,"new":"t"}]`
		if strings.Contains(string(text), want) == c.absent {
			t.Errorf("%s: %s", action, text)
		}
	}
}
