package threescale_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// 3scale makes a service plan's system name of its name, shows it nowhere and never changes it: a name that is free may
// stand for one that isn't.
func TestServicePlanTakesANameThatAnotherHad(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {ap: {servicePlans: {Gold plan: {}}}}`)
	tn.reach(`products: {ap: {servicePlans: {Gold 2: {renamed: Gold plan}}}}`)
	tn.reach(`products: {ap: {servicePlans: {Gold 2: {}, Gold plan: {}}}}`)
	tn.reach(`products: {ap: {servicePlans: {Gold 2: {}, Gold 3: {renamed: Gold plan}}}}`)
	tn.reach(`products: {ap: {servicePlans: {Gold 2: {}, Gold 3: {}, Gold plan: {approvalRequired: true}}}}`)
}

// Whatever service plans are called: they are made, each with one request, or two where the name alone doesn't do.
func TestServicePlansOfAnyName(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{WriteGap: -1})
	tn.prune = true
	names := rapid.SampledFrom([]string{"A", "a", "Gold plan", "gold plan", "Gold-plan", "Gold: plan", "gold_plan", "größe", "Grosse", "日本", "!!", "-", "Default"})
	rapid.Check(t, func(r *rapid.T) {
		tn.t = r
		defer func() { tn.t = t }()
		plans := drawn{}
		for _, n := range rapid.SliceOfDistinct(names, func(n string) string { return n }).Draw(r, "plans") {
			plans[n] = drawn{}
		}
		tn.Reset()
		p := tn.plan(tn.document("products: {ap: {servicePlans: " + asText(r, "servicePlans", plans, inOrder) + "}}"))
		if err := tn.run(p, applyAll).Err(); err != nil {
			r.Fatal(err)
		}
		if n := len(tn.writes()); n > 2*len(p.Changes) {
			r.Errorf("%d writes for %d changes: %v", n, len(p.Changes), tn.writes())
		}
	})
}

// What 3scale refuses for good is sent once; a product's name, which a deleted one keeps for a while, is waited for.
func TestOnlyNamesThatGetFreeAreWaitedFor(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{BackendReleaseDelay: 300 * time.Millisecond})
	tn.reach(`products: {ap: {}, bp: {}}`)
	tn.reach(`products: {ap: {absent: true}}`)
	tn.reach(`products: {ap: {}}`)

	doc := tn.document(`products: {bp: {methods: {words: {}}}}`)
	p := tn.plan(doc)
	tn.call("POST", "/services/"+tn.idOf("/services", "bp")+"/metrics", map[string]any{"system_name": "words", "friendly_name": "Words", "unit": "word"})
	tn.Reset()
	errs := stepErrors(tn.run(p, applyAll))
	at := plan.Root("3scale", "product", "bp").Child("method", "words")
	if !strings.Contains(errs[at], "system_name has already been taken") {
		t.Errorf("got %v", errs)
	}
	if w := tn.writes(); len(w) != 1 {
		t.Errorf("a name that stays taken is sent %d times: %v", len(w), w)
	}
}
