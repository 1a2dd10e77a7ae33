package threescale_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const lost = `
backends: {chat: {url: "http://chat.example.com"}}
products:
  kept: {name: Kept}
  chat: {name: Chat, backends: {chat: /}, plans: {free: {}}, servicePlans: {Default: {default: true}}}
  code: {name: Code, authentication: {appIdKey: {location: query}}, plans: {free: {}}, servicePlans: {Default: {default: true}}}
`

// called reports traffic of an application with a user key.
func (tn *tenant) called(product, service, key string, hits int) {
	tn.t.Helper()
	q := url.Values{
		"service_id": {product}, "service_token": {service}, "transactions[0][user_key]": {key}, "transactions[0][usage][hits]": {fmt.Sprint(hits)},
	}
	r, err := http.NewRequestWithContext(tn.t.Context(), http.MethodPost, tn.URL+"/transactions.xml", strings.NewReader(q.Encode()))
	if err != nil {
		tn.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(r)
	if err != nil || resp.StatusCode != http.StatusAccepted {
		tn.t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
}

// TestWhatGoesAlong counts what customers lose by deletions, and asks for that only where there are some.
func TestWhatGoesAlong(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(lost)
	account := fmt.Sprint(tn.list("/accounts")[0]["id"])
	second := fmt.Sprint(tn.call("POST", "/signup", map[string]any{"org_name": "Acme", "username": "alice", "email": "alice@acme.example.com", "password": "correct horse battery"})["id"])
	chat, code := tn.idOf("/services", "chat"), tn.idOf("/services", "code")
	planOf := func(product string) any {
		return tn.call("GET", "/services/"+product+"/application_plans", nil)["plans"].([]any)[0].(map[string]any)["application_plan"].(map[string]any)["id"]
	}
	var key string
	for i := range 7 {
		a := tn.call("POST", "/accounts/"+account+"/applications", map[string]any{"plan_id": planOf(chat), "name": fmt.Sprintf("bot %d", i)})
		if key = fmt.Sprint(a["user_key"]); i == 0 {
			tn.call("PUT", "/accounts/"+account+"/applications/"+number(a["id"])+"/suspend", nil)
		}
	}
	a := tn.call("POST", "/accounts/"+second+"/applications", map[string]any{"plan_id": planOf(code), "name": "coder", "application_key": []string{"first-key", "second-key"}})
	if a["id"] == nil {
		t.Fatal(a)
	}
	tn.call("POST", "/services/"+chat+"/proxy/deploy", nil)
	config := tn.call("GET", "/services/"+chat+"/proxy/configs/sandbox/latest", nil)["content"].(map[string]any)
	tn.called(chat, config["backend_authentication_value"].(string), key, 12)

	tn.Reset()
	tn.plan(tn.document(lost))
	for _, e := range tn.Requests() {
		if strings.HasPrefix(e.Path, "/stats") || strings.Contains(e.Path, "applications.json") || strings.Contains(e.Path, "service_subscriptions") {
			t.Errorf("nothing is deleted, and %s is asked", e.Path)
		}
	}

	tn.prune = true
	p := tn.plan(tn.document("backends: {chat: {url: \"http://chat.example.com\"}}\nproducts: {kept: {name: Kept}}"))
	found := map[plan.Address]*plan.Loss{}
	for _, c := range p.Changes {
		found[c.Address] = c.Loss
	}
	today := found["3scale:product/chat"].Traffic.Last
	hits, none := int64(12), int64(0)
	want := map[plan.Address]*plan.Loss{
		"3scale:product/chat": {
			Accounts: 2, Applications: 7, Live: 6, LiveNames: []string{"bot 1 of Developer", "bot 2 of Developer", "bot 3 of Developer", "bot 4 of Developer", "bot 5 of Developer"},
			Keys: 7, Subscriptions: 2, Objects: 7, Traffic: plan.Traffic{Last: today, Hits: &hits},
		},
		"3scale:product/code": {Accounts: 1, Applications: 1, Live: 1, LiveNames: []string{"coder of Acme"}, Keys: 2, Subscriptions: 1, Objects: 1, Traffic: plan.Traffic{Hits: &none}},
	}
	if diff := cmp.Diff(want, found); diff != "" || today == "" {
		t.Error(diff)
	}
	if p.Summary.Along != 8 || p.Summary.Delete != 2 {
		t.Errorf("%+v", p.Summary)
	}

	// What an account takes along that a product takes along, too, goes once.
	p = tn.plan(tn.document("backends: {chat: {url: \"http://chat.example.com\"}}\nproducts: {kept: {name: Kept}, chat: {absent: true}}\naccounts: {Developer: {absent: true}}"))
	if found := p.Changes[slices.IndexFunc(p.Changes, func(c *plan.Change) bool { return c.Kind == "account" })].Loss; found.Applications < 7 || found.Users != 1 || found.Subscriptions < 2 {
		t.Errorf("%+v", found)
	}
	if p.Summary.Along != 7+1+1+1 { // the bots, the coder, who is pruned with its product, the application and the user of a new tenant
		t.Errorf("%+v", p.Summary)
	}
}

// TestLossesThatCantBeCounted are named: a token without the scope for statistics, and accounts beyond those that are asked.
func TestLossesThatCantBeCounted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "GET /stats/** status=403")})
	tn.reach("products: {kept: {name: Kept}, chat: {name: Chat, servicePlans: {Default: {default: true}}}}")
	tn.prune = true
	p := tn.plan(tn.document("products: {kept: {name: Kept}}"))
	if len(p.Changes) != 1 || len(p.Changes[0].Loss.Unknown) != 1 || !strings.Contains(p.Changes[0].Loss.Unknown[0], "how often it was called") {
		t.Errorf("%+v", p.Changes)
	}
	for i := range 205 {
		name := fmt.Sprintf("user-%d", i)
		tn.call("POST", "/signup", map[string]any{"org_name": name, "username": name, "email": name + "@example.com", "password": "correct horse battery"})
	}
	tn.Reset()
	p = tn.plan(tn.document("products: {kept: {name: Kept}}"))
	asked := 0
	for _, r := range tn.Requests() {
		if strings.HasSuffix(r.Path, "/service_subscriptions.json") {
			asked++
		}
	}
	if loss := p.Changes[0].Loss; asked != 200 || loss.Subscriptions == 0 || loss.Unknown[0] != "the subscriptions of 6 more accounts" {
		t.Errorf("%d asked, %+v", asked, loss)
	}
}

// TestManyDeletionsAskOnce: the applications of many products are read in one list.
func TestManyDeletionsAskOnce(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	text := "products:\n  kept: {name: Kept}\n"
	for i := range 15 {
		text += fmt.Sprintf("  p-%d: {name: P %d, plans: {free: {}}, servicePlans: {Default: {default: true}}}\n", i, i)
	}
	tn.reach(text + "accounts: {Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {one: {product: p-3, plan: free}, two: {product: p-3, plan: free}, three: {product: p-4, plan: free}}}}")
	tn.prune = true
	tn.Reset()
	p := tn.plan(tn.document("products: {kept: {name: Kept}}"))
	asked := 0
	for _, r := range tn.Requests() {
		if r.Path == "/admin/api/applications.json" {
			asked++
		}
	}
	n := map[string]int{}
	for _, c := range p.Changes {
		n[c.Name] = c.Loss.Applications
	}
	if asked != 1 || len(p.Changes) != 15 || n["p-3"] != 2 || n["p-4"] != 1 || p.Summary.Along != 3 {
		t.Errorf("asked %d times; %v, %+v", asked, n, p.Summary)
	}
}
