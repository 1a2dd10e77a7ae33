package threescale_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

const sellsApproved = `
products:
  chat: {plans: {free: {}, checked: {approvalRequired: true}}, servicePlans: {Default: {default: true}}}
`

// An application is suspended and resumed, and let in where its plan leaves that to the tenant; made in any of these states.
func TestStateOfAnApplication(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	account := func(applications string) string {
		return sellsApproved + "accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {" + applications + "}}}\n"
	}
	for _, c := range []struct{ applications, want string }{
		{`a1: {product: chat, plan: free, state: suspended}, a2: {product: chat, plan: checked}`, `[["api","API signup","Basic","live"],["chat","a1","free","suspended"],["chat","a2","checked","pending"]]`},
		{`a1: {product: chat, plan: checked, state: live, description: d}, a2: {product: chat, plan: checked, state: suspended}`, `[["api","API signup","Basic","live"],["chat","a1","checked","live"],["chat","a2","checked","suspended"]]`},
		{`a1: {product: chat, plan: checked}, a2: {product: chat, plan: free, state: live, description: d}`, `[["api","API signup","Basic","live"],["chat","a1","checked","live"],["chat","a2","free","live"]]`},
		{`a1: {product: chat, plan: free, state: suspended, description: e}, a3: {product: chat, plan: checked, state: live}`, `[["api","API signup","Basic","live"],["chat","a1","free","suspended"],["chat","a2","free","live"],["chat","a3","checked","live"]]`},
	} {
		tn.reach(account(c.applications))
		tn.expect(c.want, "accounts", "Acme", "applications")
	}
}

// An answer that was lost: the event is refused when it is sent again, and has happened.
func TestAnEventIsntSentTwice(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "PUT /admin/api/accounts/*/suspend.json nth=1 status=502 when=after")})
	tn.reach(sellsApproved + "accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {a1: {product: chat, plan: free, state: suspended}}}}\n")
	tn.expect(`[["api","API signup","Basic","live"],["chat","a1","free","suspended"]]`, "accounts", "Acme", "applications")
}

// An account is let in, held back and rejected, whoever signed it up and with whatever.
func TestStateOfAnAccount(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["PASSWORD"] = "correct horse battery"
	state := func(name string) string {
		for _, a := range tn.list("/accounts") {
			if a["org_name"] == name {
				return a["state"].(string)
			}
		}
		return ""
	}
	for i, password := range []string{``, `, password: "${env:PASSWORD}"`} {
		name := []string{"Acme", "Bolt"}[i]
		for _, to := range []string{"rejected", "pending", "approved", "rejected", "approved", "pending"} {
			tn.reach("accounts: {" + name + ": {state: " + to + ", users: {" + strings.ToLower(name) + "-1: {email: " + name + "@example.com" + password + "}}}}\n")
			if have := state(name); have != to {
				t.Errorf("%s is %s, not %s", name, have, to)
			}
		}
	}
}

// A subscription ends once the application that held it is suspended, in the same apply.
func TestSuspendedApplicationsDontHoldASubscription(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	const products = `products: {ap: {plans: {free: {}}, servicePlans: {Default: {}}}, bp: {servicePlans: {Default: {}}}}` + "\n"
	account := "accounts: {Org: {users: {u-o1: {email: o@example.com}}, subscribe: {bp: Default}, applications: "
	tn.reach(products + account + `{bot: {product: ap, plan: free}}}}`)
	tn.reach(products + account + `{bot: {product: ap, plan: free, state: suspended}}}}`)
	tn.expect(`["ap live","api live","bp live"]`, "accounts", "Org", "subscriptions")
	p := tn.reach(products + account + `{bot: {product: ap, plan: free, state: live}}}}`)
	if !slices.Equal(actions(p), []string{"update account/Org/application/bot"}) {
		t.Errorf("planned: %v", actions(p))
	}
}

// 3scale shows a redirect URL only where the product is one of OpenID Connect. Where the document leaves that open, what it
// says counts as done; where it makes the product one, it is written.
func TestRedirectURLConvergesWhateverTheProductIs(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	account := `accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {bot: {product: chat, plan: free, redirectUrl: "https://bot.example.com/cb"}}}}` + "\n"
	const product = "products: {chat: {plans: {free: {}}, servicePlans: {Default: {default: true}}"
	tn.reach(product + "}}\n" + account)
	tn.reach(product + `, authentication: {oidc: {issuer: "https://sso.example.com/realms/r"}}}}` + "\n" + strings.ReplaceAll(account, "/cb", "/other"))
	for _, a := range tn.list("/applications") {
		if a["name"] == "bot" && a["redirect_url"] != "https://bot.example.com/other" {
			t.Errorf("its redirect URL is %v", a["redirect_url"])
		}
	}
	tn.reach(product + "}}\n" + account)
}
