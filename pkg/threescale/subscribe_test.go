package threescale_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// subscriptionLines are the lines of a plan that are about what an account is subscribed to.
func subscriptionLines(p *planned) []string {
	var out []string
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			if f.Name == "subscription" {
				out = append(out, fmt.Sprint(f.Action, " ", f.Element, " ", f.Old, " ", f.New))
			}
		}
	}
	return out
}

// An account that signs up is subscribed to what has a default service plan; the plan knows.
func TestSubscribeOfANewAccount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, products, account string
		plan                    []string
		state                   string
	}{
		{
			"the application of the sign-up keeps its subscription", `ap: {servicePlans: {Default: {default: true}, Gold: {}}}`,
			`subscribe: {ap: Gold}`, []string{"set ap Default Gold"}, `["ap live","api live"]`,
		},
		{
			"a subscription that nobody uses goes", `ap: {servicePlans: {Default: {default: true}, Gold: {}}}, bp: {servicePlans: {Gold: {default: true}}}`,
			`subscribe: {ap: Gold}`, []string{"set ap Default Gold", "remove bp Gold <nil>"}, `["ap live","api live"]`,
		},
		{
			"what the sign-up brings needs no change", `ap: {servicePlans: {Default: {default: true}}}`,
			`subscribe: {ap: Default}`, nil, `["ap live","api live"]`,
		},
		{
			"an application of the document brings one", `ap: {plans: {free: {}}, servicePlans: {Default: {default: true}, Gold: {}}}`,
			`applications: {bot: {product: ap, plan: free}}, subscribe: {}`, nil, `["ap live","api live"]`,
		},
		{
			"by the plan that the document says", `ap: {plans: {free: {}}, servicePlans: {Default: {}, Gold: {}}}`,
			`applications: {bot: {product: ap, plan: free}}, subscribe: {ap: Gold}`, []string{"add ap <nil> Gold"}, `["ap live","api live"]`,
		},
		{
			"a default application plan keeps one", `ap: {plans: {free: {default: true, published: true}}, servicePlans: {Default: {default: true}}}`,
			`subscribe: {}`, nil, `["ap live","api live"]`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t, threescaletest.Options{})
			p := tn.reach("products: {" + c.products + "}\naccounts: {Org: {users: {u-o1: {email: o@example.com}}, " + c.account + "}}\n")
			if have := subscriptionLines(p); !slices.Equal(have, c.plan) {
				t.Errorf("planned: %q, want %q", have, c.plan)
			}
			tn.expect(c.state, "accounts", "Org", "subscriptions")
		})
	}
}

// Where every account sees every product, the account's own subscriptions only say by which plan.
func TestOwnSubscriptionsBesideThoseOfAll(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
products: {ap: {servicePlans: {Default: {default: true}, Gold: {}}}, bp: {servicePlans: {Default: {default: true}}}}
accounts: {subscribe: all, Org: {users: {u-o1: {email: o@example.com, password: "${env:THREESCALE_TOKEN}"}}, subscribe: {ap: Gold}}}
`)
	tn.expect(`["ap live","api live","bp live"]`, "accounts", "Org", "subscriptions")
}

// With its last application, a subscription beyond the document's goes; as long as there is one, no plan speaks of it.
func TestSubscriptionGoesWithItsApplication(t *testing.T) {
	t.Parallel()
	const products = `products: {ap: {plans: {free: {}}, servicePlans: {Default: {}}}, bp: {}}` + "\n"
	for name, last := range map[string]string{"absent": `{bot: {absent: true}}`, "pruned": `{}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t, threescaletest.Options{})
			account := "accounts: {Org: {users: {u-o1: {email: o@example.com}}, subscribe: {bp: Default}, applications: "
			tn.reach(products + account + `{bot: {product: ap, plan: free}}}}`)
			tn.expect(`["ap live","api live","bp live"]`, "accounts", "Org", "subscriptions")
			tn.reach(products + "accounts: {Org: {subscribe: {bp: Default}}}")
			tn.expect(`["ap live","api live","bp live"]`, "accounts", "Org", "subscriptions")
			tn.prune = true
			tn.reach(products + account + last + "}}")
			tn.expect(`["bp live"]`, "accounts", "Org", "subscriptions") // the sign-up's application is pruned, too
		})
	}
}

// Whatever products bring, and whatever an account wants of them: one apply reaches it.
func TestAnySubscriptionsAreReached(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{WriteGap: -1})
	accounts := 0
	rapid.Check(t, func(r *rapid.T) {
		tn.t = r
		defer func() { tn.t = t }()
		products, wanted, applications := drawn{}, drawn{}, drawn{}
		for _, name := range []string{"ap", "bp", "cp"} {
			plans := drawn{"free": drawn{}, "paid": drawn{}}
			if rapid.Bool().Draw(r, "default plan") {
				plans["free"] = drawn{"default": true, "published": true}
			}
			service := drawn{"Default": drawn{}, "Gold": drawn{}}
			if rapid.Bool().Draw(r, "default service plan") {
				service[rapid.SampledFrom([]string{"Default", "Gold"}).Draw(r, "which")] = drawn{"default": true}
			}
			products[name] = drawn{"plans": plans, "servicePlans": service}
			maybe(r, wanted, name, rapid.SampledFrom([]string{"Default", "Gold"}))
			if rapid.Bool().Draw(r, "application") {
				applications["app-"+name] = drawn{"product": name, "plan": rapid.SampledFrom([]string{"free", "paid"}).Draw(r, "plan")}
			}
		}
		fresh := accounts == 0 || rapid.Bool().Draw(r, "a new account")
		if fresh {
			accounts++
		}
		tn.prune = !fresh && rapid.Bool().Draw(r, "prune") // the applications of a sign-up go with the apply after it
		name := fmt.Sprintf("Org %d", accounts)
		account := drawn{"users": drawn{fmt.Sprintf("user-%d", accounts): drawn{"email": fmt.Sprintf("u%d@example.com", accounts)}}, "subscribe": wanted}
		if rapid.Bool().Draw(r, "applications") {
			account["applications"] = applications
		}
		all := drawn{name: account}
		if rapid.Bool().Draw(r, "everybody") {
			all["subscribe"] = "all"
		}
		tn.reach("products: " + asText(r, "products", products, inOrder) + "\naccounts: " + asText(r, "accounts", all, inOrder) + "\n")
		have, _ := at(tn.state(), "accounts", name, "subscriptions").([]any)
		for _, product := range slices.Sorted(maps.Keys(wanted)) {
			if !slices.ContainsFunc(have, func(s any) bool { return strings.HasPrefix(fmt.Sprint(s), product+" ") }) {
				r.Errorf("%s isn't subscribed to %s: %v", name, product, have)
			}
		}
	})
}
