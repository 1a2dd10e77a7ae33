package threescale_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// session is one for a document, as each command has its own.
func (tn *tenant) session(doc *maas.Document) *threescale.Session {
	config := tn.config
	config.Owner = engine.Owner(doc)
	return threescale.Open(config)
}

// gateways is what the gateways of a document's products have.
func (tn *tenant) gateways(doc *maas.Document) []*threescale.Gateway {
	tn.t.Helper()
	found, err := tn.session(doc).Gateways(tn.t.Context(), doc, threescale.DeclaredProducts(doc))
	if err != nil {
		tn.t.Fatal(err)
	}
	return found
}

// fieldLines are changes of fields, a line each.
func fieldLines(t tb, fields []plan.FieldChange) []string {
	t.Helper()
	out := []string{}
	for _, f := range fields {
		text, err := json.Marshal([]any{f.Old, f.New})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(string(f.Action)+" "+f.Name+" "+f.Element)+" "+string(text))
	}
	return out
}

const statusBackends = `
backends:
  shop: {url: "http://shop.example.com"}
  tools: {url: "http://tools.example.com", mappingRules: [GET /list]}
`

const statusProduct = `
products:
  shop:
    name: Shop
    backends: {shop: /, tools: /tools}
    authentication: {apiKey: {name: Authorization, location: headers}}
    gatewayResponses: {noMatch: {status: 404, body: nothing}}
    endpoints: {staging: "https://staging.example.com", production: "https://api.example.com"}
    methods: {chat: {rules: [POST /chat]}, embed: {}}
    policies:
      - {name: cors, configuration: {allow_origin: "*", token: in-the-open}}
      - {name: headers, configuration: {request: [{op: set, header: X-Key, value: "${env:KEY}"}]}}
      - {name: echo, enabled: false}
      - {name: apicast}
`

// What the document says and staging hasn't, and what production hasn't, is told in the document's words: all that a gateway
// acts on, and nothing else. Each step changes one thing, deploys it, and promotes it.
func TestGatewaysDifferInWhatAGatewayActsOn(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["KEY"] = "canary-key-1"
	whole := statusBackends + statusProduct
	tn.reach(strings.ReplaceAll(whole, "name: Shop", "name: Shop\n    promotion: automatic"))
	for _, step := range []struct {
		old, new string
		want     []string
	}{
		{"name: Shop", "name: Store", []string{}},
		{"POST /chat", "POST /talk", []string{`remove rule POST /chat [{"delta":1,"last":false,"metric":"chat"},null]`, `add rule POST /talk [null,{"delta":1,"last":false,"metric":"chat"}]`}},
		{`allow_origin: "*"`, `allow_origin: me`, []string{`set policy cors [{"configuration":{"allow_origin":"*","token":"in-the-open"},"enabled":true},{"configuration":{"allow_origin":"me","token":"in-the-open"},"enabled":true}]`}},
		{"name: cors", "name: caching", []string{
			`remove policy cors [{"configuration":{"allow_origin":"me","token":"***"},"enabled":true},null]`,
			`add policy caching [null,{"configuration":{"allow_origin":"me","token":"in-the-open"},"enabled":true}]`,
			`order policy [["cors","headers","apicast"],["caching","headers","apicast"]]`,
		}},
		{"- {name: echo, enabled: false}", `- {name: routing, configuration: {rules: [{url: "http://own.example.com", condition: {operations: [{match: path, op: matches, value: ^/own}]}}]}}`, []string{
			`add policy routing [null,{"configuration":{"rules":[{"condition":{"operations":[{"match":"path","op":"matches","value":"^/own"}]},"url":"http://own.example.com"}]},"enabled":true}]`,
			`order policy [["caching","headers","apicast"],["caching","headers","routing","apicast"]]`,
		}},
		{"value: ^/own", "value: ^/other", []string{
			`set policy routing [{"configuration":{"rules":[{"condition":{"operations":[{"match":"path","op":"matches","value":"***"}]},"url":"http://own.example.com"}]},"enabled":true},` +
				`{"configuration":{"rules":[{"condition":{"operations":[{"match":"path","op":"matches","value":"^/other"}]},"url":"http://own.example.com"}]},"enabled":true}]`,
		}},
		{"body: nothing", "body: none", []string{`set gatewayResponses.noMatch.body ["nothing","none"]`}},
		{"https://api.example.com", "https://public.example.com", []string{`set endpoints.production ["https://api.example.com:443","https://public.example.com:443"]`}},
		{"name: Authorization", "name: Key", []string{`set authentication.apiKey.name ["Authorization","Key"]`}},
		{"http://tools.example.com", "http://utils.example.com", []string{`set backend address tools ["http://tools.example.com:80","http://utils.example.com:80"]`}},
		{"tools: /tools", "tools: /utils", []string{
			`set backend tools ["/tools","/utils"]`, `remove backend tools rule GET /tools/list [{"delta":1,"last":false,"metric":"hits"},null]`,
			`add backend tools rule GET /utils/list [null,{"delta":1,"last":false,"metric":"hits"}]`,
		}},
		{"[GET /list]", "[GET /list, GET /all]", []string{`add backend tools rule GET /utils/all [null,{"delta":1,"last":false,"metric":"hits"}]`}},
		{", tools: /utils", "", []string{`remove backend tools ["/utils",null]`, `remove backend address tools ["http://utils.example.com:80",null]`}},
		{"apiKey: {name: Key, location: headers}", "appIdKey: {id: id, key: key, location: headers}", []string{
			`set authentication ["apiKey","appIdKey"]`, `set authentication.appIdKey.id [null,"id"]`, `set authentication.appIdKey.key [null,"key"]`,
			`set authentication.appIdKey.location [null,"headers"]`,
		}},
	} {
		if !strings.Contains(whole, step.old) {
			t.Fatalf("%q isn't there any more", step.old)
		}
		whole = strings.ReplaceAll(whole, step.old, step.new)
		doc := tn.document(whole)
		g := tn.gateways(doc)[0]
		if diff := cmp.Diff(step.want, fieldLines(t, g.NotDeployed)); diff != "" {
			t.Errorf("%s: not deployed (-want +have):\n%s", step.new, diff)
		}
		tn.reachDocument(doc)
		g = tn.gateways(doc)[0]
		if len(g.NotDeployed) > 0 {
			t.Errorf("%s: not deployed by an apply: %s", step.new, fieldLines(t, g.NotDeployed))
		}
		if diff := cmp.Diff(step.want, fieldLines(t, g.NotPromoted)); diff != "" {
			t.Errorf("%s: not promoted (-want +have):\n%s", step.new, diff)
		}
		if g.Lags() != (len(step.want) > 0) {
			t.Errorf("%s: production lags behind: %v", step.new, g.Lags())
		}
		tn.reach(strings.ReplaceAll(whole, "endpoints:", "promotion: automatic\n    endpoints:"))
		if g := tn.gateways(doc)[0]; g.Lags() || len(g.NotPromoted) > 0 {
			t.Errorf("%s: promoted, and production lags behind: %s", step.new, fieldLines(t, g.NotPromoted))
		}
	}
}

// A chain's secrets are secrets in what both gateways have, too, though 3scale gives them in clear.
func TestGatewaysShowNoSecrets(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	product := statusBackends + strings.ReplaceAll(statusProduct, "name: Shop", "name: Shop\n    secretToken: ${env:KEY}")
	tn.variables["KEY"] = "canary-key-1"
	tn.reach(strings.ReplaceAll(product, "name: Shop", "name: Shop\n    promotion: automatic"))
	tn.variables["KEY"] = "canary-key-2"
	doc := tn.document(product)
	for _, g := range tn.gateways(doc) {
		if text := strings.Join(fieldLines(t, g.NotDeployed), "\n"); len(g.NotDeployed) != 2 || strings.Contains(text, "canary") {
			t.Errorf("not deployed:\n%s", text)
		}
	}
	tn.reachDocument(doc)
	for _, without := range []string{product, statusBackends + "products: {shop: {description: \"${env:KEY}\"}}"} { // which policies there are is said in one
		g := tn.gateways(tn.document(without))[0]
		if text := strings.Join(fieldLines(t, g.NotPromoted), "\n"); len(g.NotPromoted) != 2 || strings.Contains(text, "canary") {
			t.Errorf("not promoted:\n%s", text)
		}
	}
}

// The state of many products takes a few requests for all, and one for each that asks when it was called.
func TestRequestsOfStatus(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(models(16))
	tn.reachDocument(doc)
	tn.Reset()
	s := tn.session(doc)
	found, err := s.Gateways(t.Context(), doc, threescale.DeclaredProducts(doc))
	if err == nil {
		err = errors.Join(s.Undeployed(t.Context(), found, false), s.LastUse(t.Context(), found, time.Now()))
	}
	t.Logf("%d requests", len(tn.Requests()))
	if n := len(tn.Requests()); err != nil || n != 4+16 || len(tn.writes()) > 0 {
		t.Errorf("%d requests, %d of them writes: %v", n, len(tn.writes()), err)
	}
	for _, g := range found {
		if g.Lags() || len(g.NotDeployed) > 0 || g.Production == nil || g.Owner != "maasctl:test" || g.Use != (threescale.Use{}) {
			t.Errorf("%+v", g)
		}
	}
}

// The last day with calls is told, in the tenant's time zone; that the token may not look is no error.
func TestLastUse(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["KEY"] = "canary-key-1"
	doc := tn.document(`
backends: {shop: {url: "http://shop.example.com"}}
products: {shop: {backends: {shop: /}, plans: {free: {published: true}}}, quiet: {}, later: {}}
accounts: {acme: {users: {joe: {email: joe@example.com}}, applications: {app: {product: shop, plan: free, userKey: "${env:KEY}"}}}}
`)
	tn.reachDocument(doc)
	id := tn.idOf("/services", "shop")
	content, _ := tn.call("GET", "/services/"+id+"/proxy/configs/sandbox/latest", nil)["content"].(map[string]any)
	token, _ := content["backend_authentication_value"].(string)
	q := url.Values{"service_id": {id}, "service_token": {token}, "user_key": {"canary-key-1"}, "usage[hits]": {"3"}}
	resp, err := http.Get(tn.URL + "/transactions/authrep.xml?" + q.Encode())
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(err, resp)
	}
	_ = resp.Body.Close()
	more := tn.document("products: {shop: {}, quiet: {}, nowhere: {}}")
	uses := func() []threescale.Use {
		s := tn.session(more)
		found, err := s.Gateways(t.Context(), more, threescale.DeclaredProducts(more))
		if err == nil {
			err = s.LastUse(t.Context(), found, time.Now())
		}
		if err != nil || len(found) != 3 || found[2].Found {
			t.Fatal(found, err)
		}
		return []threescale.Use{found[0].Use, found[1].Use, found[2].Use}
	}
	today := time.Now().UTC().Format("2006-01-02")
	if diff := cmp.Diff([]threescale.Use{{Day: today}, {}, {}}, uses()); diff != "" {
		t.Error(diff)
	}
	tn.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/stats/") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	if found := uses(); !strings.Contains(found[0].Unknown, "scope stats") {
		t.Errorf("%+v", found)
	}
}

// What somebody has changed on the server and not deployed is found, though document, staging and production agree.
func TestChangesThatNobodyDeployed(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(twoShops)
	tn.reachDocument(doc)
	undeployed := func(thorough bool) []bool {
		t.Helper()
		s := tn.session(doc)
		found, err := s.Gateways(t.Context(), doc, threescale.DeclaredProducts(doc))
		if err == nil {
			err = s.Undeployed(t.Context(), found, thorough)
		}
		if err != nil {
			t.Fatal(err)
		}
		var out []bool
		for _, g := range found {
			out = append(out, g.Undeployed)
			if len(g.NotDeployed) > 0 {
				t.Errorf("not deployed: %s", fieldLines(t, g.NotDeployed))
			}
		}
		return out
	}
	if found := undeployed(true); slices.Contains(found, true) {
		t.Errorf("nothing was changed: %v", found)
	}
	time.Sleep(time.Second) // a product's time has seconds
	service := "/services/" + tn.idOf("/services", "store")
	tn.call("POST", service+"/proxy/mapping_rules", map[string]any{"http_method": "GET", "pattern": "/hand", "delta": 1, "metric_id": tn.idOf(service+"/metrics", "hits")})
	for _, thorough := range []bool{false, true} {
		if want, found := []bool{false, true, false}, undeployed(thorough); !slices.Equal(found, want) {
			t.Errorf("%v, not %v", found, want)
		}
	}
	tn.call("POST", "/backend_apis/"+tn.idOf("/backend_apis", "shop")+"/mapping_rules", map[string]any{
		"http_method": "GET", "pattern": "/hand", "delta": 1, "metric_id": tn.list("/backend_apis/" + tn.idOf("/backend_apis", "shop") + "/metrics")[0]["id"],
	})
	if found := undeployed(true); !slices.Equal(found, []bool{true, true, false}) {
		t.Errorf("%v", found)
	}
}
