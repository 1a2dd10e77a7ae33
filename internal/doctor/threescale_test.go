package doctor_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const threescale = `threescale: {url: "ADDRESS", token: "${env:T}"}` + "\n"

func ofTenant(t *testing.T, address, rest string) *doctor.Report {
	t.Helper()
	return examined(t, strings.ReplaceAll(threescale, "ADDRESS", address)+rest, map[string]string{"T": token})
}

func TestTenantInOrder(t *testing.T) {
	r := ofTenant(t, tenant(t, nil), `products: {granite: {policies: [{name: cors}, {name: gone, version: "9", enabled: false}]}}`)
	compare(t, lines(r, true), []string{
		"ok reachable: ", "ok token: ", "ok version: 2.16", "ok scope account_management: ", "ok write access: all tokens",
		"ok switch account_plans: ", "ok switch service_plans: ", "ok switch iam_tools: ", "ok gateway: ", "ok policy apicast: ", "ok policy cors: ",
		"ok scope cms: ", "ok scope stats: ", "ok scope policy_registry: ",
	})
	if r.Count(doctor.OK) != 14 || r.Count(doctor.Problem) != 0 {
		t.Error(r)
	}
}

func TestAddressesThatAreNoAdminPortal(t *testing.T) {
	const settings = "/admin/api/settings.json"
	for answer, want := range map[string]string{
		"404 ":                                "problem reachable: something answers that is no admin portal",
		"200 <html>hello</html>":              "problem reachable: something answers that is no admin portal",
		"302 ":                                "problem reachable: GET " + settings + ": 302",
		`500 {"error":"canary-token is odd"}`: "problem reachable: GET " + settings + ": 500 *** is odd",
		"403 {\"error\":\"Access denied\"}":   "ok reachable: ",
	} {
		r := ofTenant(t, tenant(t, map[string]string{settings: answer}), "")
		if got := lines(r, true); !strings.HasPrefix(got[0], want) || r.Systems[0].Checks[len(got)-1].Do == "" {
			t.Errorf("%s: %v", answer, got)
		}
	}
	r := ofTenant(t, "http://127.0.0.1:1", "")
	compare(t, lines(r, true), []string{"problem reachable: GET /admin/api/settings.json: dial tcp 127.0.0.1:1"})
}

func TestTokenThatNobodyKnows(t *testing.T) {
	address := tenant(t, nil)
	r := examined(t, strings.ReplaceAll(threescale, "ADDRESS", address), map[string]string{"T": "canary-wrong"})
	compare(t, lines(r, true), []string{"ok reachable: ", "refused token: the tenant doesn't know the token"})
}

// made makes a token with some scopes and a permission, beside the administrator's.
func made(t *testing.T, server http.Handler, permission string, scopes ...string) string {
	t.Helper()
	address := serveAll(t, server)
	form := url.Values{"name": {"narrow"}, "permission": {permission}, "scopes[]": scopes}
	var answer struct {
		Token struct {
			Value string `json:"value"`
		} `json:"access_token"`
	}
	call(t, http.MethodPost, address+"/admin/api/personal/access_tokens.json", form, &answer)
	return answer.Token.Value
}

func TestScopes(t *testing.T) {
	server := threescaletest.New(threescaletest.Options{Token: token})
	few := made(t, server, "ro", "account_management")
	only := made(t, server, "rw", "stats")
	address := serve(t, server, nil)
	document := strings.ReplaceAll(threescale, "ADDRESS", address)

	r := examined(t, document, map[string]string{"T": few})
	compare(t, lines(r, false), []string{
		"note write access: 2 of 3 tokens", "problem scope stats: the token lacks it", "note scope policy_registry: the token lacks it",
	})
	r = examined(t, document+`products: {granite: {deployment: selfManaged, policies: [{name: x, version: "1"}]}}`, map[string]string{"T": few})
	compare(t, lines(r, false), []string{
		"note write access: ", "problem scope stats: ", "problem scope policy_registry: the token lacks it",
	})
	r = examined(t, document, map[string]string{"T": only})
	compare(t, lines(r, true), []string{
		"ok reachable: ", "ok token: ", "refused scope account_management: the token lacks it",
		"note scope cms: ", "ok scope stats: ", "note scope policy_registry: ",
	})
}

func TestTokenThatMayOnlyRead(t *testing.T) {
	list := `200 {"access_tokens":[{"access_token":{"id":1,"name":"ci","scopes":["account_management"],"permission":"ro"}}]}`
	const path = "/admin/api/personal/access_tokens.json"
	compare(t, lines(ofTenant(t, tenant(t, map[string]string{path: list}), ""), false), []string{"refused write access: the token may only read"})
	compare(t, lines(ofTenant(t, tenant(t, map[string]string{path: "403 "}), ""), false), []string{"note write access: reading can't tell"})
}

// What a tenant is denied is a problem only for a document that needs it.
func TestSwitches(t *testing.T) {
	denied := `403 {"status":"Forbidden"}`
	address := tenant(t, map[string]string{
		"/admin/api/account_plans.json": denied, "/admin/api/service_plans.json": denied, "/admin/api/authentication_providers.json": denied,
	})
	compare(t, lines(ofTenant(t, address, ""), false), []string{
		"note switch account_plans: account plans are denied", "note switch service_plans: ", "note switch iam_tools: ",
	})
	compare(t, lines(ofTenant(t, address, `
products: {granite: {servicePlans: {Default: {default: true}}}}
accounts: {Example: {plan: Default}}
tenant: {signIn: {sso: {kind: keycloak, clientId: c, clientSecret: "${env:T}", site: "https://sso.example.com/auth/realms/r"}}}`), false), []string{
		"problem switch account_plans: ", "problem switch service_plans: ", "problem switch iam_tools: ",
	})
	compare(t, lines(ofTenant(t, address, `tenant: {signIn: {gh: {kind: github, clientId: c, clientSecret: "${env:T}"}}}`), false), []string{
		"note switch account_plans: ", "note switch service_plans: ", "note switch iam_tools: ",
	})
}

func TestPoliciesOfTheGateway(t *testing.T) {
	version := gateway.Versions()[0]
	products := `
products:
  one: {policies: [{name: llm-metrics, version: "` + version + `"}, {name: mine, version: "0.1"}, {name: apicast}]}
  two: {policies: [{name: llm-metrics, version: "0.1"}, {name: mine, version: "0.1"}]}
  three: {policies: [{name: mine, version: "0.1"}]}
  four: {policies: [{name: mine, version: "0.1"}]}
  gone: {absent: true}
`
	list := `200 {"apicast":[{"version":"builtin"}],"llm-metrics":[{"version":"` + version + `"}]}`
	r := ofTenant(t, tenant(t, map[string]string{"/admin/api/policies.json": list}), products)
	compare(t, lines(r, false), []string{
		"problem policy llm-metrics 0.1: the gateway has only version " + version + "; products two would run without it",
		"problem policy mine 0.1: the gateway doesn't have it; products one, two, three and 1 more would run",
	})
	r = ofTenant(t, tenant(t, nil), products)
	compare(t, lines(r, false), []string{"problem policy llm-metrics 0.1: ", "problem policy llm-metrics " + version, "problem policy mine 0.1: "})
	for _, c := range r.Systems[0].Checks {
		if c.Name == "policy llm-metrics "+version && !strings.Contains(c.Do, "maasctl gateway manifests") {
			t.Error(c.Do)
		}
	}
	r = ofTenant(t, tenant(t, map[string]string{"/admin/api/policies.json": "200 null"}), products)
	compare(t, lines(r, false), []string{"problem gateway: the admin portal can't reach the gateway"})
}

// Of a self-managed gateway the portal knows only what it was told.
func TestPoliciesOfSelfManagedGateways(t *testing.T) {
	products := `products: {one: {deployment: selfManaged, policies: [{name: mine, version: "0.1"}, {name: other, version: "2"}, {name: cors}]}}`
	list := `200 {"policies":[{"policy":{"id":1,"name":"mine","version":"0.1","schema":{}}}]}`
	r := ofTenant(t, tenant(t, map[string]string{"/admin/api/registry/policies.json": list}), products)
	compare(t, lines(r, false), []string{"problem policy other 2: the admin portal has no description of it; products one are self-managed"})
}

func TestMaster(t *testing.T) {
	server := threescaletest.New(threescaletest.Options{Token: token, MasterToken: "canary-master"})
	address := serve(t, server, nil)
	host := serve(t, hosted(server.MasterDomain(), server), nil)
	tenant := "tenant: {organization: Example, timezone: Berlin}\n"
	compare(t, lines(ofTenant(t, address, tenant), false), []string{"note master token: the document has no threescale.master"})
	for secret, want := range map[string][]string{"canary-master": {}, "canary-none": {"refused master token: the master account refuses the token"}} {
		document := `threescale: {url: "` + address + `", token: "${env:T}", master: {url: "` + host + `", token: "${env:M}"}}` + "\n" + tenant
		compare(t, lines(examined(t, document, map[string]string{"T": token, "M": secret}), false), want)
	}
}

// hosted sends all requests to one host name, as the name itself would.
func hosted(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = name
		next.ServeHTTP(w, r)
	})
}

func call(t *testing.T, method, address string, form url.Values, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("", token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s %v", resp.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
}
