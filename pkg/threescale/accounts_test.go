package threescale_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const soldByID = `
backends: {model: {name: Model, url: "http://model.example.com"}}
products:
  api: {}
  chat: {name: Chat, backends: {model: /}, plans: {free: {name: Free}, paid: {name: Paid}}, servicePlans: {Default: {default: true}, Gold: {}}}
  search:
    name: Search
    backends: {model: /}
    authentication: {appIdKey: {location: headers}}
    plans: {basic: {name: Basic}}
    servicePlans: {Default: {default: true}}
`

// A key whose adding nobody heard of is looked for before it is added again.
func TestKeyThatMayHaveBeenAdded(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"count=2 status=503", "count=2 status=503 when=after", "nth=1 reset when=after", "nth=1 half"} {
		tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "POST /admin/api/accounts/*/keys.json "+fault)})
		tn.variables["KEY"], tn.variables["OTHER_KEY"], tn.variables["PASSWORD"] = "a-key-of-its-own", "another-key-0001", "correct horse battery"
		text := soldByID + `
accounts:
  Team A:
    users: {team-a: {email: team-a@example.com, password: "${env:PASSWORD}"}}
    applications: {finder: {product: search, plan: basic, keys: ["${env:KEY}", "${env:OTHER_KEY}"]}}
`
		if err := tn.run(tn.plan(tn.document(text)), applyAll).Err(); err != nil {
			t.Errorf("%s: %v", fault, err)
		}
		if p := tn.plan(tn.document(text)); !p.Empty {
			t.Errorf("%s: left to do: %s", fault, lines(p))
		}
	}
}

func TestAccountRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	for name, value := range map[string]string{"PASSWORD": "correct horse battery", "KEY": "a-key-of-its-own", "OTHER_KEY": "another-key-0001"} {
		tn.variables[name] = value
	}
	t.Log("an account comes with its first user; the others follow")
	tn.reach(soldByID + `
accounts:
  Team A:
    users:
      team-a: {email: team-a@example.com, password: "${env:PASSWORD}"}
      second: {email: second@example.com, password: "${env:PASSWORD}", role: member}
    applications:
      bot: {product: chat, plan: free, description: Talks, userKey: "${env:KEY}"}
      finder: {product: search, plan: basic, appId: finder-id, keys: ["${env:KEY}"]}
`)
	tn.expect(`["second","team-a"]`, "accounts", "Team A", "users")
	tn.expect(`[["api","API signup","Basic","live"],["chat","bot","Free","live"],["search","finder","Basic","live"]]`, "accounts", "Team A", "applications")
	for _, a := range tn.list("/accounts") {
		notes, _ := a["annotations"].(map[string]any)
		if owner, _ := notes["managed_by"].(string); a["org_name"] == "Team A" && owner != "maasctl:"+tn.name {
			t.Errorf("the account's owner is %q", owner)
		}
	}
	t.Log("every field changes")
	tn.reach(soldByID + `
accounts:
  Team A:
    users:
      team-a: {email: renamed@example.com}
      second: {email: second@example.com, role: admin}
    applications:
      bot: {product: chat, plan: paid, description: Talks more, userKey: "${env:OTHER_KEY}"}
      finder: {product: search, plan: basic, appId: finder-id, keys: ["${env:OTHER_KEY}", "${env:KEY}"]}
`)
	tn.expect(`[["api","API signup","Basic","live"],["chat","bot","Paid","live"],["search","finder","Basic","live"]]`, "accounts", "Team A", "applications")
	t.Log("and goes")
	tn.reach(soldByID + `
accounts:
  Team A: {users: {second: {absent: true}}, applications: {bot: {absent: true}}}
`)
	tn.expect(`["team-a"]`, "accounts", "Team A", "users")
	tn.reach(soldByID + `
accounts:
  Team B: {renamed: Team A}
`)
	tn.expect(`null`, "accounts", "Team A")
	tn.expect(`["team-a"]`, "accounts", "Team B", "users")
	tn.reach(soldByID + `
accounts:
  Team B: {absent: true}
`)
	tn.expect(`null`, "accounts", "Team B")
}

func TestSubscriptionsOfAnAccount(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["PASSWORD"] = "correct horse battery"
	account := func(subscribe string) string {
		return soldByID + `
accounts:
  Team A:
    users: {team-a: {email: team-a@example.com, password: "${env:PASSWORD}"}}
    subscribe: ` + subscribe + "\n"
	}
	tn.reach(account(`{chat: Gold, search: Default, api: Default}`))
	tn.expect(`["api live","chat live","search live"]`, "accounts", "Team A", "subscriptions")
	tn.reach(account(`{search: Default, api: Default}`))
	tn.expect(`["api live","search live"]`, "accounts", "Team A", "subscriptions")
}

func TestSubscribeAllReachesProductsMadeLater(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(soldByID + "accounts: {subscribe: all}\n")
	tn.expect(`["api live","chat live","search live"]`, "accounts", "Developer", "subscriptions")
	tn.reach(soldByID + `  later: {name: Later, backends: {model: /}, servicePlans: {Default: {default: true}}}
accounts: {subscribe: all}
`)
	tn.expect(`["api live","chat live","later live","search live"]`, "accounts", "Developer", "subscriptions")
}

func TestAccountWithoutAUserCantBeMade(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document("accounts: {Nobody: {users: {}}}\n")
	r := tn.run(tn.plan(doc), applyAll)
	errs := stepErrors(r)
	if len(errs) != 1 || !strings.Contains(errs[plan.Root("3scale", "account", "Nobody")], "only together with a user") {
		t.Errorf("got %v", errs)
	}
}

// At every moment an application has a key that works: new keys come before old ones go. An application of an OpenID Connect
// product has room for one only.
func TestANewKeyComesBeforeTheOldOneGoes(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	for i := range 4 {
		tn.variables[fmt.Sprintf("KEY%d", i)] = fmt.Sprintf("a-key-of-its-own-%d", i)
	}
	tn.variables["PASSWORD"] = "correct horse battery"
	with := func(keys string) string {
		return soldByID + `
accounts:
  Team A:
    users: {team-a: {email: team-a@example.com, password: "${env:PASSWORD}"}}
    applications: {finder: {product: search, plan: basic, appId: finder-id, keys: [` + keys + `]}}
`
	}
	tn.reach(with(`"${env:KEY0}", "${env:KEY1}"`))
	p := tn.plan(tn.document(with(`"${env:KEY2}", "${env:KEY3}"`)))
	tn.Reset()
	if r := tn.run(p, apply.Options{}); r.Err() != nil {
		t.Fatal(r.Err())
	}
	var calls []string
	for _, w := range tn.writes() {
		if strings.Contains(w, "/keys") {
			method, _, _ := strings.Cut(w, " ")
			calls = append(calls, method)
		}
	}
	if want := []string{"POST", "POST", "DELETE", "DELETE"}; !slices.Equal(calls, want) {
		t.Errorf("%v, not %v: %v", calls, want, tn.writes())
	}
}

// Users can sign in once they are there: 3scale makes them pending, those of an account as well as further ones.
func TestUsersAreActive(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["PASSWORD"] = "correct horse battery"
	tn.reach(`
accounts:
  Team A:
    users:
      first: {email: first@example.com, password: "${env:PASSWORD}"}
      second: {email: second@example.com, password: "${env:PASSWORD}"}
`)
	states := map[string]any{}
	for _, a := range tn.list("/accounts") {
		if a["org_name"] == "Team A" {
			for _, u := range tn.list(fmt.Sprintf("/accounts/%v/users", a["id"])) {
				states[u["username"].(string)] = u["state"]
			}
		}
	}
	if diff := cmp.Diff(map[string]any{"first": "active", "second": "active"}, states); diff != "" {
		t.Error(diff)
	}
}
