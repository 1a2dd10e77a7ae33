package threescale_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const twoShops = `
backends:
  shop: {url: "http://shop.example.com"}
products:
  shop: {backends: {shop: /}, methods: {chat: {rules: [POST /chat]}}}
  store: {backends: {shop: /}, methods: {chat: {rules: [POST /chat]}}}
  later: {}
`

// promotion plans what is to be promoted.
func (tn *tenant) promotion(doc *maas.Document, expected map[string]int64, names ...string) (*planned, error) {
	tn.t.Helper()
	explicit := len(names) > 0
	if !explicit {
		names = threescale.DeclaredProducts(doc)
	}
	promotion := tn.session(doc).Promotion(doc, names, explicit)
	if err := promotion.Prepare(tn.t.Context(), expected); err != nil {
		return nil, err
	}
	return tn.planOver(doc, promotion)
}

func (tn *tenant) promoted(doc *maas.Document) {
	tn.t.Helper()
	p, err := tn.promotion(doc, nil)
	if err != nil {
		tn.t.Fatal(err)
	}
	tn.carriedOut(p)
}

// versions are those of staging and production, by product.
func (tn *tenant) versions(doc *maas.Document) map[string]string {
	tn.t.Helper()
	out := map[string]string{}
	for _, g := range tn.gateways(doc) {
		if g.Staging != nil && g.Production != nil {
			out[g.Product] = fmt.Sprintf("%d %d %v", g.Staging.Version, g.Production.Version, g.Lags())
		} else if g.Staging != nil {
			out[g.Product] = fmt.Sprintf("%d -", g.Staging.Version)
		}
	}
	return out
}

// Exactly the version that was shown is promoted, by one write a product; then there is nothing to do.
func TestPromotion(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(twoShops)
	tn.reachDocument(doc)
	tn.Reset()
	p, err := tn.promotion(doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"create production/shop", "create production/store"}; !slices.Equal(actions(p), want) {
		t.Errorf("planned: %v", actions(p))
	}
	if len(p.Warnings) != 1 || p.Warnings[0].Name != "later" {
		t.Errorf("warnings: %+v", p.Warnings)
	}
	r := tn.run(p, applyAll)
	if writes := tn.writes(); r.Err() != nil || len(writes) != 2 || len(tn.Requests()) != 6 {
		t.Errorf("%v, %d requests, writes: %v", r.Err(), len(tn.Requests()), writes)
	}
	if found := tn.unkept(p, r); len(found) > 0 {
		t.Errorf("not kept: %+v", found)
	}
	if again, err := tn.promotion(doc, nil); err != nil || !again.Empty || again.Summary.Unchanged != 2 {
		t.Errorf("left to do: %v, %v", actions(again), err)
	}
}

// A configuration that was deployed between the showing and the promotion isn't promoted, and one that somebody else has
// promoted meanwhile is no error; where something newer went live, that is told.
func TestPromotionsRace(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(twoShops)
	tn.reachDocument(doc)
	before := tn.versions(doc)["shop"]
	p, err := tn.promotion(doc, nil, "shop")
	if err != nil {
		t.Fatal(err)
	}
	other, err := tn.promotion(doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	changed := tn.document(strings.Replace(twoShops, "POST /chat", "POST /talk", 1))
	tn.reachDocument(changed)
	for _, one := range []*planned{other, p} { // the second time it has been taken
		r := tn.run(one, applyAll)
		if found := tn.unkept(one, r); r.Err() != nil || len(found) > 0 {
			t.Errorf("%v, not kept: %v", r.Err(), found)
		}
	}
	have := tn.versions(changed)["shop"]
	if want := strings.TrimSuffix(before, " -"); !strings.HasSuffix(have, " "+want+" true") {
		t.Errorf("%s was shown, staging and production are %s", want, have)
	}
	tn.promoted(changed)
	r := tn.run(p, applyAll)
	if found := tn.unkept(p, r); len(found) != 1 || !slices.ContainsFunc(fieldLines(t, found[0].Fields), func(l string) bool { return strings.HasPrefix(l, "set version") }) {
		t.Errorf("production has another version, and that is told: %+v", found)
	}
}

// What was tested is what goes live, or nothing.
func TestPromotionOfWhatIsExpected(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(twoShops)
	tn.reachDocument(doc)
	version := tn.gateways(doc)[0].Staging.Version
	var unexpected *threescale.UnexpectedVersionError
	for _, wrong := range []map[string]int64{{"shop": version + 1}, {"shop": version, "later": 1}} {
		if _, err := tn.promotion(doc, wrong); !errors.As(err, &unexpected) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	expected := map[string]int64{"shop": version}
	p, err := tn.promotion(doc, expected, "shop")
	if err != nil || tn.run(p, applyAll).Err() != nil {
		t.Fatal(err)
	}
	changed := tn.document(strings.Replace(twoShops, "POST /chat", "POST /talk", 1))
	tn.reachDocument(changed)
	if p, err := tn.promotion(changed, expected, "shop"); err != nil || !p.Empty {
		t.Errorf("it is in production: %v", err)
	}
	for _, name := range []string{"later", "nowhere"} {
		if _, err := tn.promotion(tn.document(twoShops+"  nowhere: {}\n"), nil, name); err == nil || !strings.Contains(err.Error(), "maasctl apply") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One that fails doesn't stop the others, and every passing fault at every request leads to the same end.
func TestPromotionWithFaults(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "POST /admin/api/services/*/promote.json nth=1 status=422")})
	doc := tn.document(twoShops)
	tn.reachDocument(doc)
	p, err := tn.promotion(doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := tn.run(p, applyAll); r.Count(apply.Failed) != 1 || r.Count(apply.Done) != 1 {
		t.Errorf("%v", r.Err())
	}
	for _, kind := range []string{"status=503", "status=429", "status=502", "reset", "reset when=after", "half", "status=504 when=after"} {
		for _, at := range []string{"GET /admin/api/account/proxy_configs/production.json", "POST /admin/api/services/*/promote.json"} {
			for nth := 1; nth <= 2; nth++ {
				fault := fmt.Sprintf("%s nth=%d %s", at, nth, kind)
				t.Run(fault, func(t *testing.T) {
					t.Parallel()
					tn := newTenant(t, threescaletest.Options{Faults: faulty(t, fault)})
					doc := tn.document(twoShops)
					tn.reachDocument(doc)
					tn.promoted(doc)
					if p, err := tn.promotion(doc, nil); err != nil || !p.Empty {
						t.Errorf("left to do: %v", err)
					}
				})
			}
		}
	}
}
