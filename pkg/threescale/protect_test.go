package threescale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// blocked are the notes of what stays although it was to go, one line each.
func blocked(p *planned) []string {
	var out []string
	for _, n := range p.Blocked {
		out = append(out, strings.TrimPrefix(string(n.Address), "3scale:")+": "+n.Why)
	}
	return out
}

// stays plans what would delete something protected, and expects that nothing goes and why.
func (tn *tenant) stays(text string, prune bool, why ...string) {
	tn.t.Helper()
	tn.prune = prune
	p := tn.plan(tn.document(text))
	deletes := slices.DeleteFunc(p.Deletes(), func(c *plan.Change) bool { return strings.HasPrefix(c.Name, "API signup") || c.Name == "mm" })
	if len(deletes) > 0 || !slices.Equal(blocked(p), why) {
		tn.t.Errorf("%sdeletes %v, blocked: %q, want %q", text, actions(p), blocked(p), why)
	}
	tn.prune = false
}

// markOf is what a product's annotation says.
func (tn *tenant) markOf(product string) string {
	tn.t.Helper()
	notes, _ := tn.call("GET", "/services/"+tn.idOf("/services", product), nil)["annotations"].(map[string]any)
	return fmt.Sprint(notes["managed_by"])
}

const whyKept = "it is protected on the server; take that away first, by an apply with protect: false"

// Protection is kept beside the owner's mark. It holds when the entry is gone from the document, when the parent is to go, and
// until it has been taken away by an apply that shows it.
func TestProtectionOutlivesTheDocument(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	p := tn.reach(`
backends: {be: {url: "http://be.example.com", protect: true}}
products:
  shop: {plans: {gold: {protect: true}, free: {}}, metrics: {mm: {unit: u}}, servicePlans: {Default: {default: true}}}
  whole: {protect: true, plans: {any: {}}, servicePlans: {Default: {}}}
  other: {}
accounts: {Acme: {users: {alice: {email: a@example.com}}, applications: {"my, bot": {product: whole, plan: any, protect: true}, other: {product: shop, plan: free}}}}
`)
	shown := lines(p)
	if len(p.Warnings) > 0 {
		t.Errorf("warnings: %v", p.Warnings)
	}
	for _, want := range []string{`{"name":"protect","element":"plan/gold","action":"add"`, `{"name":"protect","element":"itself","action":"add"`} {
		if !strings.Contains(shown, want) {
			t.Errorf("the plan doesn't show %s:\n%s", want, shown)
		}
	}
	if have := tn.markOf("shop"); have != "maasctl:test protect=plan/gold" {
		t.Errorf("the mark is %q", have)
	}
	t.Log("the entry is gone, the parent goes, and what isn't declared below a protected object")
	const shop = "product/shop/plan/gold: " + whyKept
	tn.stays("backends: {}\n", true, "backend/be: "+whyKept)
	tn.stays("products: {shop: {plans: {free: {}}}, whole: {}, other: {}}\n", true, shop)
	tn.stays("products: {shop: {plans: {free: {}, gold: {absent: true}}}, whole: {}, other: {}}\n", false, shop)
	tn.stays("products: {shop: {absent: true}, whole: {}, other: {}}\n", false, "product/shop: its plan gold is protected")
	tn.stays("products: {other: {}}\n", true, "product/shop: its plan gold is protected", "product/whole: "+whyKept)
	tn.stays("products: {shop: {plans: {gold: {}, free: {}}}, whole: {plans: {}}, other: {}}\n", true, "product/whole/plan/any: product whole is protected, and with it what the document doesn't name")
	tn.stays("accounts: {Acme: {absent: true}}\n", false, "account/Acme: its application my, bot is protected")
	tn.stays("accounts: {Acme: {applications: {other: {product: shop, plan: free}}}}\nproducts: {shop: {plans: {free: {}}}, whole: {plans: {any: {}}}, other: {}}\n", true, "account/Acme/application/my%2C%20bot: "+whyKept, "product/shop/plan/gold: "+whyKept)
	t.Log("what the document names below a protected object goes all the same")
	tn.reach(`products: {whole: {protect: true, metrics: {mm: {unit: u}}}}`)
	tn.reach(`products: {whole: {protect: true, metrics: {mm: {absent: true}}}}`)
	t.Log("taking it away is a change of its own, which needs no deployment")
	for _, said := range []string{"gold: {protect: false}", "gold: {}"} {
		p = tn.reach("products: {shop: {plans: {" + said + "}}}\n")
		if got := actions(p); !slices.Equal(got, []string{"update product/shop"}) || !strings.Contains(lines(p), `{"name":"protect","element":"plan/gold","action":"remove"`) {
			t.Errorf("planned:\n%s", lines(p))
		}
		if have := tn.markOf("shop"); have != "maasctl:test" {
			t.Errorf("the mark is %q", have)
		}
		tn.reach("products: {shop: {plans: {gold: {protect: true}}}}\n")
	}
	tn.reach("products: {shop: {plans: {gold: {}}}}\n")
	tn.reach("products: {shop: {plans: {gold: {absent: true}}}}\n")
	tn.expect(`null`, "products", "shop", "plans", "gold")
}

// An application is protected from what takes it along: its product.
func TestProtectedApplicationHoldsItsProduct(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
products: {one: {plans: {free: {}}, servicePlans: {Default: {}}}, two: {plans: {free: {}}, servicePlans: {Default: {}}}}
accounts: {Acme: {users: {alice: {email: a@example.com}}, applications: {kept: {product: one, plan: free, protect: true}, other: {product: two, plan: free}}}}
`)
	tn.stays("products: {one: {absent: true}, two: {}}\n", false, "product/one: account Acme's application kept still uses it")
	tn.stays("products: {two: {}}\n", true, "product/one: account Acme's application kept still uses it")
	if p := tn.plan(tn.document("products: {one: {}, two: {absent: true}}\n")); len(p.Deletes()) != 1 {
		t.Errorf("planned: %v, blocked %v", actions(p), blocked(p))
	}
}

// Somebody else's mark is left alone: there, the document alone protects, and the plan says so. An object without a mark can
// keep it, and isn't taken over by that.
func TestProtectionOfWhatOthersMade(t *testing.T) {
	t.Parallel()
	for owner, want := range map[string]string{"": "protect=itself,plan/gold", "maasctl:another": "maasctl:another protect=itself,plan/gold", "operator": "operator", "the web team": "the web team"} {
		tn := newTenant(t, threescaletest.Options{})
		tn.reach("products: {shop: {plans: {gold: {}}}}\n")
		tn.call("PUT", "/services/"+tn.idOf("/services", "shop"), map[string]any{"annotations": map[string]any{"managed_by": owner}})
		p := tn.reach("products: {shop: {protect: true, plans: {gold: {protect: true}}}}\n")
		if have := tn.markOf("shop"); have != want || (len(p.Warnings) == 2) != (have == owner) {
			t.Errorf("%q: the mark is %q, warnings %v", owner, have, p.Warnings)
		}
		if again := tn.plan(tn.document("products: {shop: {absent: true}, other: {}}\n")); (len(again.Deletes()) == 0) != (want != owner) {
			t.Errorf("%q: planned %v, blocked %v", owner, actions(again), blocked(again))
		}
	}
}

// 255 characters have to do: names without room become fingerprints, which protect as well, and too many are an error before
// anything is written.
func TestProtectionOfMany(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	plans := func(n int, what string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("a-plan-with-quite-a-long-name-%02d: {%s}", i, what))
		}
		return "products: {shop: {plans: {" + strings.Join(all, ", ") + "}}}\n"
	}
	tn.reach(plans(20, "protect: true"))
	if have := tn.markOf("shop"); len(have) > 255 || !strings.Contains(have, "#") {
		t.Errorf("the mark is %q", have)
	}
	tn.prune = true
	p := tn.plan(tn.document("products: {shop: {plans: {}}}\n"))
	if len(p.Deletes()) > 0 || len(p.Blocked) != 20 {
		t.Errorf("planned: %v, blocked %v", actions(p), blocked(p))
	}
	tn.stays("products: {shop: {absent: true}, other: {}}\n", false, "product/shop: something below it is protected")
	tn.reach(plans(20, ""))
	if have := tn.markOf("shop"); have != "maasctl:test" {
		t.Errorf("the mark is %q", have)
	}
	tn.refused(plans(40, "protect: true"), "stdin:4:12: product shop: 3scale keeps 255 characters")
}

// Protection of what is gone by somebody else's hand doesn't hold for ever.
func TestProtectionOfWhatIsGone(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach("products: {shop: {plans: {gold: {protect: true}, free: {}}}, other: {}}\n")
	shop := "/services/" + tn.idOf("/services", "shop") + "/application_plans"
	tn.call("DELETE", shop+"/"+tn.idOf(shop, "gold"), nil)
	tn.stays("products: {shop: {absent: true}, other: {}}\n", false, "product/shop: its plan gold is protected")
	tn.reach("products: {shop: {plans: {gold: {absent: true}}}}\n")
	tn.reach("products: {shop: {absent: true}, other: {}}\n")
	tn.expect(`null`, "products", "shop")
}
