package threescale_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const acme = `
products: {chat: {plans: {free: {}}, servicePlans: {Default: {default: true}}}}
accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {bot: {product: chat, plan: free}}}}
`

// signUp is somebody who signs up with a name.
func (tn *tenant) signUp(organization, user string) string {
	tn.t.Helper()
	return number(tn.call("POST", "/signup", map[string]any{"org_name": organization, "username": user, "email": user + "@example.com", "password": "correct horse battery"})["id"])
}

// whose are the applications of an account, by its number.
func (tn *tenant) whose(account string) string {
	tn.t.Helper()
	var names []string
	for _, a := range tn.list("/accounts/" + account + "/applications") {
		names = append(names, a["name"].(string))
	}
	return strings.Join(names, ",")
}

// refused plans and expects an error that has all of these.
func (tn *tenant) refused(text string, says ...string) {
	tn.t.Helper()
	_, err := tn.tryPlan(tn.document(text))
	for _, s := range says {
		if err == nil || !strings.Contains(err.Error(), s) {
			tn.t.Errorf("the error doesn't say %q: %v", s, err)
		}
	}
}

// Others may sign up with the name of one of the document's accounts, before it is made and after: the one with the owner's
// mark is meant, whichever is listed last.
func TestAccountOfTheNameOfAnother(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(acme)
	stranger := tn.signUp("Acme", "mallory")
	tn.settled(tn.document(acme))
	p := tn.reach(strings.ReplaceAll(acme, "bot:", "other:"))
	if len(p.Changes) != 1 || p.Changes[0].Action != plan.Create {
		t.Errorf("planned: %v", actions(p))
	}
	if have := tn.whose(stranger); have != "API signup" {
		t.Errorf("the stranger has %s", have)
	}
	t.Log("a new name doesn't lead to a stranger's account either")
	beta := tn.signUp("Beta", "oscar")
	tn.prune = true
	tn.reach(strings.ReplaceAll(acme, "Acme: {", "Beta: {renamed: Acme, "))
	if have := tn.whose(beta); have != "API signup" {
		t.Errorf("the stranger has %s", have)
	}
	p = tn.plan(tn.document(`accounts: {Beta: {absent: true}}`))
	r := tn.run(p, applyAll)
	if found := tn.unkept(p, r); r.Err() != nil || len(found) > 0 {
		t.Errorf("error %v, not kept: %+v", r.Err(), found)
	}
	for _, a := range tn.list("/accounts") {
		if notes, _ := a["annotations"].(map[string]any); notes["managed_by"] == "maasctl:"+tn.name {
			t.Errorf("%v stays", a["org_name"])
		}
	}
	if n := len(tn.list("/accounts")); n != 3 { // the sample one, and both strangers
		t.Errorf("%d accounts", n)
	}
}

// Where none carries the mark, or more than one, nobody chooses: not for an update, nor for what goes.
func TestAccountsOfOneNameAreNoChoice(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	one, two := tn.signUp("Acme", "mallory"), tn.signUp("Acme", "oscar")
	for _, text := range []string{acme, "accounts: {Acme: {absent: true}}\n", "accounts: {New: {renamed: Acme}}\n"} {
		tn.refused(text, "account", "3scale has 2 of the name \"Acme\"", one+" and "+two, "stdin:")
	}
	for _, id := range []string{one, two} {
		tn.call("PUT", "/accounts/"+id, map[string]any{"annotations": map[string]any{"managed_by": "maasctl:" + tn.name}})
	}
	tn.refused(acme, one+" and "+two)
	t.Log("what the document doesn't speak of is nobody's matter, and is told apart")
	tn.prune = true
	p := tn.plan(tn.document("accounts: {}\n"))
	if got := strings.Join(actions(p), "; "); got != "delete account/Acme; delete account/Acme%20%28"+two+"%29" {
		t.Errorf("planned: %s", got)
	}
	tn.reach("accounts: {}\n")
	if n := len(tn.list("/accounts")); n != 1 {
		t.Errorf("%d accounts are left", n)
	}
}

// A single account that somebody else has signed up with the name gets no application of ours, unless the document knows one
// of its users or speaks of none.
func TestAStrangersAccountGetsNoApplication(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	stranger := tn.signUp("Acme", "mallory")
	tn.refused(acme, "account Acme (number "+stranger+") isn't this document's and has none of its users, but mallory")
	tn.reach(strings.ReplaceAll(acme, "users: {alice: {email: alice@acme.example.com}}, ", ""))
	if have := tn.whose(stranger); have != "API signup,bot" {
		t.Errorf("it has %s", have)
	}
	tn.reach(strings.ReplaceAll(acme, "alice: {email: alice@acme.example.com}", "alice: {email: alice@acme.example.com}, mallory: {email: mallory@example.com}"))
}

// Of applications of one name, the one with the document's credentials or of its product is meant; where these are several,
// nobody chooses. One of another product is left alone.
func TestApplicationsOfOneName(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["KEY"] = "a-key-of-its-own"
	const products = "products: {chat: {plans: {free: {}}, servicePlans: {Default: {default: true}}}, talk: {plans: {free: {}}, servicePlans: {Default: {default: true}}}}\n"
	account := func(bot string) string {
		return products + "accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {bot: {" + bot + "}}}}\n"
	}
	tn.reach(account(`product: chat, plan: free`))
	var acme, chat, talk string
	for _, a := range tn.list("/accounts") {
		if a["org_name"] == "Acme" {
			acme = number(a["id"])
		}
	}
	for product, id := range map[string]*string{"chat": &chat, "talk": &talk} {
		plans := "/services/" + tn.idOf("/services", product) + "/application_plans"
		*id = tn.idOf(plans, "free")
	}
	add := func(plan string, more map[string]any) string {
		body := map[string]any{"plan_id": plan, "name": "bot"}
		for k, v := range more {
			body[k] = v
		}
		return number(tn.call("POST", "/accounts/"+acme+"/applications", body)["id"])
	}
	add(talk, nil)
	tn.settled(tn.document(account(`product: chat, plan: free`)))
	twin := add(chat, map[string]any{"user_key": "a-key-of-its-own"})
	for _, bot := range []string{`product: chat, plan: free`, `absent: true`, `product: chat, plan: free, userKey: "${env:OTHER}"`} {
		tn.variables["OTHER"] = "another-key-0001"
		tn.refused(account(bot), "application bot of account Acme", `of the name "bot"`, twin)
	}
	tn.settled(tn.document(account(`product: chat, plan: free, userKey: "${env:KEY}"`)))
}

// Service plans of one name: 3scale takes them.
func TestServicePlansOfOneName(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	const shop = "products: {chat: {plans: {free: {}}, servicePlans: {Default: {}, Gold: {}}}}\n"
	tn.reach(shop)
	product := tn.idOf("/services", "chat")
	twin := number(tn.call("POST", "/services/"+product+"/service_plans", map[string]any{"name": "Gold", "system_name": "other"})["id"])
	tn.refused(shop, "service plan Gold of product chat", twin)
	t.Log("and so where an account is subscribed by the name")
	tn.refused("products: {chat: {}}\naccounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, subscribe: {chat: Gold}}}\n", "service plan Gold of product chat", twin)
}

// Names that are unique by 3scale's rules, and are there twice all the same after calls at one instant.
func TestTwinsAreNoChoice(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	const shop = `products: {chat: {activeDocs: {chat: {generate: true}}}}` + "\n"
	tn.reach(shop)
	tn.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/active_docs.json") || r.Method != http.MethodGet {
				next.ServeHTTP(w, r)
				return
			}
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			body := rec.Body.String()
			at := strings.LastIndex(body, `{"api_doc":`)
			doc := strings.TrimSuffix(body[at:], "]}")
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body[:at] + doc + "," + strings.Replace(doc, `"id":`, `"id":9`, 1) + "]}"))
		})
	})
	tn.refused(shop, "ActiveDocs chat of product chat", `3scale has 2 of the name "chat"`)
}

// The service plan that comes with a new product is renamed like any other, not left beside a new one.
func TestServicePlanOfANewProductIsRenamed(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	p := tn.reach("products: {shop: {features: {fast: {scope: servicePlan}}, servicePlans: {Basic: {renamed: Default, default: true, features: [fast]}, Gold: {}}}}\n")
	if got := strings.Join(actions(p), "; "); !strings.Contains(got, "update product/shop/service plan/Basic") {
		t.Errorf("planned: %s", got)
	}
	var names []string
	for _, sp := range tn.list("/services/" + tn.idOf("/services", "shop") + "/service_plans") {
		names = append(names, sp["name"].(string))
	}
	if strings.Join(names, ",") != "Basic,Gold" {
		t.Errorf("it has %v", names)
	}
}
