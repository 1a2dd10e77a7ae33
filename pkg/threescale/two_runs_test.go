package threescale_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// everyKind is a document with something of each kind that 3scale keeps unique.
func everyKind(products int) string {
	var b strings.Builder
	b.WriteString("backends:\n")
	for i := range products {
		fmt.Fprintf(&b, "  m%d: {url: \"http://m%[1]d.example.com\", metrics: {tokens: {unit: token}}, methods: {chat: {}}}\n", i)
	}
	b.WriteString("products:\n")
	for i := range products {
		fmt.Fprintf(&b, `  m%d:
    backends: {m%[1]d: /, m%d: /other}
    metrics: {total: {unit: token}}
    methods: {list: {}, chat: {}}
    features: {fast: {}, safe: {scope: servicePlan}}
    plans:
      free: {published: true, limits: {total: {day: 10, hour: 1}, hits: {minute: 1}, m%[1]d/tokens: {month: 5}}, features: [fast], prices: {total: [{to: 10, price: 1}, {from: 11, price: 2}]}}
      paid: {default: true, published: true}
    servicePlans: {Default: {default: true, features: [safe]}, Gold: {}}
    activeDocs: {m%[1]d: {generate: true}}
    promotion: automatic
`, i, (i+1)%products)
	}
	b.WriteString(`accounts:
  Acme:
    state: approved
    users: {alice: {email: alice@acme.example.com, role: admin}, bob: {email: bob@acme.example.com}}
    applications: {bot: {product: m0, plan: free, userKey: "${env:KEY}", state: suspended}}
`)
	return b.String()
}

// A run that was planned before another one did the same finds all of it done: each create is refused, and what is there is
// as the document says.
func TestARunAfterAnotherFindsItDone(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["KEY"] = "a-key-of-its-own"
	doc := tn.document(everyKind(2))
	first, second := tn.plan(doc), tn.plan(doc)
	for i, p := range []*planned{first, second} {
		r := tn.run(p, applyAll)
		if r.Err() != nil || r.Count(apply.Done) != len(p.Changes) {
			t.Fatalf("run %d: %d of %d done: %v", i+1, r.Count(apply.Done), len(p.Changes), r.Err())
		}
		if found := tn.unkept(p, r); len(found) > 0 {
			t.Errorf("run %d: not kept: %+v", i+1, found)
		}
	}
	tn.settled(doc)
}

// Two runs at once both end well, whoever is faster where.
func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["KEY"] = "a-key-of-its-own"
	doc := tn.document(everyKind(6))
	plans := []*planned{tn.plan(doc), tn.plan(doc)}
	results := make([]*apply.Result, len(plans))
	var group sync.WaitGroup
	for i, p := range plans {
		group.Go(func() { results[i] = tn.run(p, applyAll) })
	}
	group.Wait()
	for i, r := range results {
		if r.Err() != nil {
			t.Errorf("run %d: %v", i+1, r.Err())
		}
	}
	tn.settled(doc)
}

// What is there otherwise than the document says is brought to that, and what 3scale refuses for what it is stays refused.
func TestWhatIsThereOtherwiseIsBroughtToTheDocument(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	const shop = "products: {shop: {description: mine, metrics: {total: {name: Mine, unit: token}}, plans: {free: {name: Mine, limits: {total: {day: 10, hour: 1}}}}}}\n"
	stale := tn.plan(tn.document(shop))
	tn.reach("products: {shop: {description: theirs, metrics: {total: {name: Theirs, unit: other}}, plans: {free: {name: Theirs, limits: {total: {day: 7, hour: 7}}}}}}\n")
	if r := tn.run(stale, applyAll); r.Err() != nil {
		t.Fatal(r.Err())
	}
	tn.settled(tn.document(shop))
	tn.call("POST", "/services/"+tn.idOf("/services", "shop")+"/metrics", map[string]any{"friendly_name": "Taken", "unit": "u", "system_name": "other"})
	bad := tn.plan(tn.document("products: {shop: {metrics: {total: {name: Mine, unit: token}, again: {name: Taken, unit: token}}}}\n"))
	errs := stepErrors(tn.run(bad, applyAll))
	if len(errs) != 1 || !strings.Contains(errs[plan.Root("3scale", "product", "shop").Child("metric", "again")], "has already been taken") {
		t.Errorf("errors: %v", errs)
	}
}
