package threescale_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// rollback plans to roll back the product shop.
func (tn *tenant) rollback(doc *maas.Document, to int64) (*planned, error) {
	tn.t.Helper()
	back := tn.session(doc).Rollback(doc, "shop")
	if err := back.Prepare(tn.t.Context(), to); err != nil {
		return nil, err
	}
	return tn.planOver(doc, back)
}

// rolledBack rolls back, and makes sure that it was kept.
func (tn *tenant) rolledBack(doc *maas.Document, to int64) *planned {
	tn.t.Helper()
	p, err := tn.rollback(doc, to)
	if err != nil {
		tn.t.Fatal(err)
	}
	tn.carriedOut(p)
	return p
}

// served is what the gateways of an environment act on, out of 3scale's own text: without numbers of rows, times and locks.
func (tn *tenant) served(environment string) string {
	tn.t.Helper()
	path := "/services/" + tn.idOf("/services", "shop") + "/proxy/configs/" + environment + "/latest"
	content, _ := tn.call("GET", path, nil)["content"].(map[string]any)
	proxy, _ := content["proxy"].(map[string]any)
	rules, _ := proxy["proxy_rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		for _, noise := range []string{"id", "created_at", "updated_at", "position", "metric_id"} {
			delete(rule, noise)
		}
	}
	for _, noise := range []string{
		"updated_at", "lock_version", "api_test_success", "deployed_at",
		"hostname_rewrite_for_sandbox", // of several backends, the first that was ever used
		// of ways to authenticate that aren't in use
		"auth_app_id", "auth_app_key", "auth_user_key", "oidc_issuer_endpoint", "oidc_issuer_type", "jwt_claim_with_client_id", "jwt_claim_with_client_id_type",
	} {
		if used := map[string]string{"auth_user_key": "1", "auth_app_id": "2", "auth_app_key": "2", "oidc_issuer_endpoint": "oidc", "oidc_issuer_type": "oidc"}; used[noise] != proxy["authentication_method"] {
			delete(proxy, noise)
		}
	}
	if proxy["hostname_rewrite"] == nil { // which a proxy that was never written has
		proxy["hostname_rewrite"] = ""
	}
	text, err := json.MarshalIndent([]any{proxy, content["backend_version"], content["deployment_option"]}, "", " ")
	if err != nil {
		tn.t.Fatal(err)
	}
	return string(text)
}

// variants are documents that differ from each other in all that gateways act on.
func variants() []string {
	return []string{
		statusBackends + statusProduct,
		`
backends:
  shop: {url: "http://shop.example.com:8080", mappingRules: [GET /health, {match: POST /count, delta: 2, last: true}]}
  tools: {url: "https://utils.example.com", mappingRules: []}
products:
  shop:
    backends: {shop: /v1}
    authentication: {oidc: {issuer: "https://sso.example.com/realms/one", clientId: zync, clientSecret: "${env:KEY}", flows: [serviceAccounts]}}
    gatewayResponses: {noMatch: {status: 400, body: none, contentType: application/json}, limitsExceeded: {status: 503, body: full}}
    endpoints: {staging: "https://stage.example.com", production: "https://public.example.com:8443"}
    hostnameRewrite: shop.internal
    secretToken: ${env:KEY}
    methods: {chat: {rules: [POST /talk, GET /talk]}, embed: {rules: [POST /embed]}}
    policies:
      - {name: echo, enabled: false}
      - {name: routing, configuration: {rules: [{url: "http://own.example.com", condition: {operations: [{match: path, op: matches, value: ^/own}]}}]}}
      - {name: apicast}
      - {name: headers, configuration: {request: [{op: set, header: X-Key, value: other}]}}
`,
		`
backends:
  shop: {url: "http://shop.example.com", mappingRules: []}
  tools: {url: "http://tools.example.com", mappingRules: [GET /list, GET /all]}
products:
  shop:
    deployment: selfManaged
    backends: {tools: /}
    authentication: {appIdKey: {id: id, key: key, location: query}}
    gatewayResponses: {noMatch: {status: 404, body: nothing}}
    endpoints: {staging: "https://staging.example.com", production: "https://api.example.com"}
    hostnameRewrite: ""
    methods: {chat: {rules: []}, embed: {rules: [POST /embed, POST /chat]}}
    policies: [{name: apicast}, {name: echo, enabled: true}, {name: cors, configuration: {allow_origin: "*"}}]
`,
	}
}

// Whatever production had, it has again: all that gateways act on, of each configuration after each other one.
func TestRollback(t *testing.T) {
	t.Parallel()
	for from := range variants() {
		for to := range variants() {
			if from == to {
				continue
			}
			t.Run(fmt.Sprintf("%d to %d", from, to), func(t *testing.T) {
				t.Parallel()
				tn := newTenant(t, threescaletest.Options{})
				tn.variables["KEY"] = "canary-key-1"
				tn.reach(variants()[to])
				tn.promoted(tn.document(variants()[to]))
				old := tn.served("production")
				doc := tn.document(variants()[from])
				tn.reachDocument(doc)
				tn.promoted(doc)
				forward := tn.served("production")
				p := tn.rolledBack(doc, 0)
				if strings.Contains(lines(p), "canary") {
					t.Errorf("the plan has a secret:\n%s", lines(p))
				}
				if diff := cmp.Diff(old, tn.served("production")); diff != "" || tn.versions(doc)["shop"] == "" {
					t.Fatalf("production (-before +now):\n%s\nplan:\n%s", diff, lines(p))
				}
				tn.settledRollback(doc)
				versions, err := tn.session(doc).Versions(t.Context(), doc, "shop")
				if err != nil || len(versions) != 3 || versions[0].Like != versions[2].Version || len(versions[1].Changes) == 0 || len(versions[2].Changes) != 0 {
					t.Errorf("versions: %+v, %v", versions, err)
				}
				tn.rolledBack(doc, versions[1].Version) // and forward
				if diff := cmp.Diff(forward, tn.served("production")); diff != "" {
					t.Errorf("production (-before +now):\n%s", diff)
				}
				for _, c := range tn.plan(doc).Changes { // where switched off policies stand, gateways don't know, nor what they don't lead to
					if c.Address.TopKind() == "product" && c.Kind != "policies" && c.Kind != "staging" {
						t.Errorf("the document's own configuration is back, and an apply still has to do: %s", c.Title())
					}
				}
			})
		}
	}
}

// settledRollback makes sure that the same again does nothing.
func (tn *tenant) settledRollback(doc *maas.Document) {
	tn.t.Helper()
	p, err := tn.rollback(doc, 0)
	if err != nil || !p.Empty || !slices.ContainsFunc(p.Warnings, func(n plan.Note) bool { return strings.Contains(n.Why, "--to names another one") }) {
		tn.t.Errorf("the same again: %v, %v", err, p)
	}
}

// broken lets the first writes of a run through and none after them; where late, the last one takes effect and nobody hears of it.
type broken struct {
	left atomic.Int64
	late bool
}

func (b *broken) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		left := b.left.Add(-1)
		if left >= 0 || left == -1 && b.late {
			if left < 0 {
				w = httptest.NewRecorder()
			}
			next.ServeHTTP(w, r)
		}
		if left < 0 {
			panic(http.ErrAbortHandler)
		}
	})
}

// A roll-back that is broken off at whichever write, and done again, comes to the same end.
func TestRollbackBrokenOff(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		for writes := range 14 {
			t.Run(fmt.Sprintf("%d %v", writes, late), func(t *testing.T) {
				t.Parallel()
				tn := newTenant(t, threescaletest.Options{})
				tn.variables["KEY"] = "canary-key-1"
				tn.reach(variants()[0])
				tn.promoted(tn.document(variants()[0]))
				old := tn.served("production")
				doc := tn.document(variants()[1])
				tn.reachDocument(doc)
				tn.promoted(doc)
				b := &broken{late: late}
				b.left.Store(int64(writes))
				tn.config.Patience, tn.config.Transport.Attempts = time.Millisecond, 1
				tn.front(b.wrap)
				p, err := tn.rollback(doc, 0)
				if err != nil {
					t.Fatal(err)
				}
				if r := tn.run(p, applyAll); writes < 5 && r.Err() == nil {
					t.Error("nothing broke off")
				}
				b.left.Store(1000)
				tn.rolledBack(doc, 0)
				if diff := cmp.Diff(old, tn.served("production")); diff != "" {
					t.Errorf("production (-before +now):\n%s", diff)
				}
				tn.settledRollback(doc)
			})
		}
	}
}

// What passes is done again, whichever request it strikes.
func TestRollbackWithFaults(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"status=503", "status=429", "reset", "reset when=after", "half", "status=504 when=after"} {
		for _, at := range []string{
			"GET /admin/api/services/*/proxy/configs/sandbox/* every=2", "GET /admin/api/services/*/proxy/configs/production.json nth=1", "POST /admin/api/services/*/promote.json nth=3", "POST /admin/api/services/*/proxy/deploy.json every=2",
			"PUT /admin/api/services/*/proxy/policies.json nth=3", "PATCH /admin/api/services/*/proxy.json every=2", "* /admin/api/services/*/mapping_rules* every=3",
			"* /admin/api/services/*/backend_usages* every=3", "PUT /admin/api/backend_apis/* every=2",
		} {
			t.Run(at+" "+kind, func(t *testing.T) {
				t.Parallel()
				tn := newTenant(t, threescaletest.Options{Faults: faulty(t, at+" "+kind)})
				tn.variables["KEY"] = "canary-key-1"
				docs := []*maas.Document{tn.document(variants()[0]), tn.document(variants()[1])}
				var old string
				for _, doc := range docs {
					if err := tn.run(tn.plan(doc), applyAll).Err(); err != nil {
						t.Fatal(err)
					}
					tn.promoted(doc)
					if old == "" {
						old = tn.served("production")
					}
				}
				tn.rolledBack(docs[1], 0)
				if diff := cmp.Diff(old, tn.served("production")); diff != "" {
					t.Errorf("production (-before +now):\n%s", diff)
				}
			})
		}
	}
}

// Only what was in production can come back, and only where all that it takes is there.
func TestRollbackThatCantBe(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	first := "backends: {shop: {url: \"http://shop.example.com\"}}\nproducts: {shop: {backends: {shop: /}, methods: {chat: {rules: [POST /chat]}}}}\n"
	second := "backends: {shop: {url: \"http://shop.example.com\"}, other: {url: \"http://other.example.com\"}}\nproducts: {shop: {backends: {other: /}, mappingRules: [GET /]}}\n"
	refused := func(text string, to int64, want string) {
		t.Helper()
		if _, err := tn.rollback(tn.document(text), to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, not %q", err, want)
		}
	}
	refused(first, 0, "isn't on the server")
	tn.reach(first)
	refused(first, 0, "nothing is in production yet")
	tn.promoted(tn.document(first))
	refused(first, 0, "never had anything but what it has now")
	refused(first, 99, "production never had version 99; it had 1")
	tn.reach(second)
	tn.promoted(tn.document(second))
	service := "/services/" + tn.idOf("/services", "shop")
	hits := tn.idOf(service+"/metrics", "hits")
	tn.send("DELETE", service+"/metrics/"+hits+"/methods/"+tn.idOf(service+"/metrics/"+hits+"/methods", "chat"), nil, nil)
	refused(second, 0, "the rule POST /chat counted on chat, which product shop doesn't have any more")
	tn.send("DELETE", "/backend_apis/"+tn.idOf("/backend_apis", "shop"), nil, nil)
	refused(second, 1, "the rule POST /chat counted on chat")
	tn.Reset()
	if _, err := tn.rollback(tn.document(second), 0); err == nil || len(tn.writes()) > 0 {
		t.Errorf("%v, writes: %v", err, tn.writes())
	}
}

// Another's deploy between the showing and the promotion is noticed: what is promoted is what was shown, or nothing.
func TestRollbackRace(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	first := "backends: {shop: {url: \"http://shop.example.com\"}}\nproducts: {shop: {backends: {shop: /}, gatewayResponses: {noMatch: {body: one}}}}\n"
	tn.reach(first)
	tn.promoted(tn.document(first))
	doc := tn.document(strings.Replace(first, "body: one", "body: two", 1))
	tn.reachDocument(doc)
	tn.promoted(doc)
	before := tn.served("production")
	service := "/services/" + tn.idOf("/services", "shop")
	tn.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			if strings.HasSuffix(r.URL.Path, "/deploy.json") {
				tn.call("PATCH", service+"/proxy", map[string]any{"error_no_match": "three"})
			}
		})
	})
	p, err := tn.rollback(doc, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := tn.run(p, applyAll)
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "(gatewayResponses.noMatch.body); nothing was promoted") {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(before, tn.served("production")); diff != "" {
		t.Errorf("production has changed:\n%s", diff)
	}
}

// What else is about to change is told: other products that use the backend, and the document that says something else.
func TestRollbackWarns(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	first := "backends: {shop: {url: \"http://shop.example.com\"}}\nproducts: {shop: {backends: {shop: /}}, store: {backends: {shop: /}}}\n"
	tn.reach(first)
	tn.promoted(tn.document(first))
	doc := tn.document(strings.Replace(first, "shop.example.com", "new.example.com", 1))
	tn.reachDocument(doc)
	tn.promoted(doc)
	p, err := tn.rollback(doc, 0)
	if err != nil || len(p.Warnings) != 2 || len(p.NotApplied) != 1 {
		t.Fatalf("%v %+v", err, p)
	}
	for i, want := range []string{"backend shop is used by store, too", "the next apply goes forward again"} {
		if !strings.Contains(p.Warnings[i].Why, want) {
			t.Errorf("%s", p.Warnings[i].Why)
		}
	}
	if p, err = tn.rollback(tn.document(first), 0); err != nil || len(p.Warnings) != 1 {
		t.Errorf("the document is what it was: %v %+v", err, p.Warnings)
	}
}

// After any sequence of edits, deploys, promotions and roll-backs, production has what was asked for last.
func TestProductionIsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 1))
			tn := newTenant(t, threescaletest.Options{})
			tn.variables["KEY"] = "canary-key-1"
			doc := tn.document(variants()[seed%3])
			tn.reachDocument(doc)
			tn.promoted(doc)
			had := map[int64]string{} // what each version in production was
			want, steps := tn.served("production"), []string{}
			for range 10 {
				had[tn.gateways(doc)[0].Production.Version] = want
				switch what := random.IntN(4); what {
				case 0, 1:
					n := random.IntN(len(variants()))
					steps = append(steps, fmt.Sprintf("apply %d", n))
					doc = tn.document(variants()[n])
					if r := tn.run(tn.plan(doc), applyAll); r.Err() != nil {
						t.Fatalf("%v: %v", steps, r.Err())
					}
				case 2:
					steps = append(steps, "promote")
					want = tn.served("sandbox")
					tn.promoted(doc)
				case 3:
					to := slices.Sorted(maps.Keys(had))[random.IntN(len(had))]
					steps = append(steps, fmt.Sprintf("rollback %d", to))
					want = had[to]
					tn.rolledBack(doc, to)
				}
				if diff := cmp.Diff(want, tn.served("production")); diff != "" {
					t.Fatalf("%v: production (-want +have):\n%s", steps, diff)
				}
			}
		})
	}
}
