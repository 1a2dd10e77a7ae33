package threescale_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const promoted = `
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: /}
    metrics: {words: {unit: word}}
    methods: {old: {rules: [GET /old]}, new: {rules: [GET /new]}}
    mappingRules: [{match: GET /words, metric: words}]
    promotion: automatic
`

const withoutOld = `
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: /}
    metrics: {words: {absent: true}}
    methods: {old: {absent: true}, new: {rules: [GET /new]}}
    mappingRules: []
    promotion: `

// 3scale refuses to delete what the latest configurations count on. Where promotion is automatic, deploy and promotion
// come first and one run does it all.
func TestMethodInUseGoesWithAutomaticPromotion(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(promoted)
	tn.reach(withoutOld + "automatic")
	tn.same(`["new"]`, keys(at(tn.state(), "products", "shop", "methods")), "methods")
	tn.same(`["hits"]`, keys(at(tn.state(), "products", "shop", "metrics")), "metrics")
}

// Where somebody promotes by hand, the deletion waits for that: it is named as blocked, and nothing fails.
func TestMethodInUseIsBlockedUntilPromoted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(promoted)
	p := tn.reach(withoutOld + "manual")
	if len(p.Blocked) != 2 || !strings.Contains(p.Blocked[1].Why, "production") {
		t.Fatalf("blocked: %+v", p.Blocked)
	}
	tn.same(`["new","old"]`, keys(at(tn.state(), "products", "shop", "methods")), "methods")
	base := "/services/" + tn.idOf("/services", "shop") + "/proxy/configs/sandbox/"
	latest := tn.call("GET", base+"latest", nil)
	tn.call("POST", base+number(latest["version"])+"/promote", map[string]any{"to": "production"})
	p = tn.reach(withoutOld + "manual")
	if len(p.Blocked) > 0 || len(p.Changes) != 2 {
		t.Errorf("after the promotion: blocked %+v, planned %v", p.Blocked, actions(p))
	}
	tn.same(`["new"]`, keys(at(tn.state(), "products", "shop", "methods")), "methods")
}

// A rule that the document doesn't speak of keeps its method, also where something else is deployed in the same run.
func TestMethodOfARuleThatStays(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(promoted)
	p := tn.reach(`
backends: {shop: {url: "http://shop.example.com"}}
products: {shop: {backends: {shop: /}, methods: {old: {absent: true}}, policies: [{name: cors}], promotion: automatic}}
`)
	if len(p.Blocked) != 1 || !strings.Contains(p.Blocked[0].Why, "rules") {
		t.Errorf("blocked: %+v", p.Blocked)
	}
}

// The same holds for a backend's methods, which the configurations of all products that use it count on.
func TestBackendMethodInUse(t *testing.T) {
	t.Parallel()
	document := func(methods string) string {
		return `
backends: {shop: {url: "http://shop.example.com", methods: ` + methods + `}}
products:
  one: {backends: {shop: /}, promotion: automatic}
  two: {backends: {shop: /v2}, promotion: automatic}
`
	}
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(document(`{old: {rules: [GET /old]}, new: {rules: [GET /new]}}`))
	tn.reach(document(`{old: {absent: true}, new: {rules: [GET /new]}}`))
	tn.same(`["new"]`, keys(at(tn.state(), "backends", "shop", "methods")), "methods")
}

// Writing the chain or the proxy deploys in the middle of a run, with rules that the run has yet to change: what they
// counted on goes after the last deploy only, whichever product that is of.
func TestMethodsGoAfterTheLastDeploy(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
backends: {shop: {url: "http://shop.example.com", methods: {old: {rules: [GET /old]}, new: {rules: [GET /new]}}}}
products: {one: {backends: {}}}
`)
	tn.front(deployBeforeRules)
	tn.reach(`
backends: {shop: {url: "http://shop.example.com", methods: {old: {absent: true}, new: {rules: [GET /new]}}}}
products:
  one: {backends: {shop: /}, policies: [{name: cors}], promotion: automatic}
  two: {backends: {shop: /}, policies: [{name: cors}], promotion: automatic}
`)
}

// deployBeforeRules holds a backend's rules back until a chain has been written, and each deploy for a moment.
func deployBeforeRules(next http.Handler) http.Handler {
	chain := make(chan struct{})
	written := sync.OnceFunc(func() { close(chain) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/backend_apis/") && strings.Contains(r.URL.Path, "/mapping_rules"):
			select {
			case <-chain:
			case <-time.After(2 * time.Second):
			}
		case strings.HasSuffix(r.URL.Path, "/deploy.json"):
			time.Sleep(100 * time.Millisecond)
		}
		next.ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, "/policies.json") {
			written()
		}
	})
}

// A tenant has one product at least: the sample product goes once there is another, in the same run.
func TestTheLastProductIsReplaced(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	p := tn.reach(`products: {api: {absent: true}}`)
	if len(p.Blocked) != 1 || !strings.Contains(p.Blocked[0].Why, "last") {
		t.Errorf("blocked: %+v", p.Blocked)
	}
	tn.reach(`products: {api: {absent: true}, shop: {}}`)
	names := []string{}
	for _, s := range tn.list("/services") {
		names = append(names, s["system_name"].(string))
	}
	if !slices.Equal(names, []string{"shop"}) {
		t.Errorf("products: %v", names)
	}
}

// A backend counts as used for seconds after its product went.
func TestBackendIsReleasedLater(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{BackendReleaseDelay: 300 * time.Millisecond})
	tn.reach(`
backends: {api: {absent: true}, shop: {url: "http://shop.example.com"}}
products: {api: {absent: true}, shop: {backends: {shop: /}}}
`)
	for _, b := range tn.list("/backend_apis") {
		if b["system_name"] == "api" {
			t.Error("the sample backend is still there")
		}
	}
}

// A backend that something else still uses isn't tried.
func TestBackendInUseIsBlocked(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	p := tn.reach(`backends: {api: {absent: true}}`)
	if len(p.Blocked) != 1 || !strings.Contains(p.Blocked[0].Why, "product api") {
		t.Errorf("blocked: %+v", p.Blocked)
	}
}

// A backend that a product stops using goes in the same run.
func TestBackendGoesOnceItsProductLetsGo(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
backends: {one: {url: "http://one.example.com"}, two: {url: "http://two.example.com"}}
products: {shop: {backends: {one: /, two: /two}}}
`)
	tn.reach(`
backends: {one: {url: "http://one.example.com"}, two: {absent: true}}
products: {shop: {backends: {one: /}}}
`)
	tn.same(`["one"]`, keys(tn.state()["backends"]), "backends")
}

// A new product has no service token for a moment: until then a deploy makes nothing, and says 201.
func TestServiceTokenComesLater(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{ServiceTokenDelay: 300 * time.Millisecond})
	tn.reach(promoted)
	tn.expect(`"as staging"`, "products", "shop", "production")
	if at(tn.state(), "products", "shop", "staging") == nil {
		t.Error("nothing was deployed")
	}
}

// A deleted product keeps its name until 3scale has purged it.
func TestNameOfADeletedProduct(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{BackendReleaseDelay: 300 * time.Millisecond})
	tn.reach(`products: {shop: {}}`)
	tn.reach(`products: {shop: {absent: true}}`)
	tn.reach(`products: {shop: {description: Again}}`)
	tn.expect(`"Again"`, "products", "shop", "description")
}

// A plan that was made for one application is nobody's to manage.
func TestCustomPlansAreLeftAlone(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.prune = true
	tn.reach(`products: {shop: {plans: {free: {published: true}}}}`)
	plans := "/services/" + tn.idOf("/services", "shop") + "/application_plans"
	account := number(tn.list("/accounts")[0]["id"])
	app := tn.call("POST", "/accounts/"+account+"/applications", map[string]any{"plan_id": tn.idOf(plans, "free"), "name": "App", "description": "An app"})
	tn.call("PUT", "/accounts/"+account+"/applications/"+number(app["id"])+"/customize_plan", nil)
	if n := len(tn.list(plans)); n != 2 {
		t.Fatalf("%d plans, a customised one among them wanted", n)
	}
	p := tn.reach(`products: {shop: {plans: {free: {published: true}}}}`)
	if len(p.Changes)+len(p.Undeclared)+len(p.Blocked) > 0 {
		t.Errorf("planned %v, undeclared %v, blocked %v", actions(p), p.Undeclared, p.Blocked)
	}
}

// 3scale changes a limit under whatever plan it is asked: each plan's limits have to be its own.
func TestLimitsOfTwoPlansStayApart(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	document := func(free, paid string) string {
		return `products: {shop: {plans: {free: {limits: {hits: {day: ` + free + `}}}, paid: {limits: {hits: {day: ` + paid + `}}}}}}`
	}
	tn.reach(document("1", "2"))
	tn.reach(document("1", "3"))
	tn.expect(`[["hits","day",1]]`, "products", "shop", "plans", "free", "limits")
	tn.expect(`[["hits","day",3]]`, "products", "shop", "plans", "paid", "limits")
}

// An address for support that nobody said is the tenant's: no reason to write.
func TestSupportEmailFallsBack(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {supportEmail: ""}}`)
	tn.reach(`
tenant: {supportEmail: new@example.com}
products: {shop: {supportEmail: ""}}
`)
}

// What 3scale takes and never shows is sent with a create and with other changes, and is no reason for one.
func TestWriteOnlyFields(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {name: Shop, terms: Be kind., txtSupport: Ask., plans: {free: {description: Costs nothing}}}}`)
	p := tn.reach(`products: {shop: {name: Shop, terms: Be kinder., txtSupport: Ask., plans: {free: {description: Still nothing}}}}`)
	if !p.Empty {
		t.Errorf("planned: %v", actions(p))
	}
}

// Ports, slashes, decimals and versions are what 3scale makes of them.
func TestValuesThat3scaleChanges(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
backends: {one: {url: "https://one.example.com/v1"}, two: {url: "ws://two.example.com"}, three: {url: "http://three.example.com:80"}}
products:
  shop:
    backends: {one: "", two: two/, three: /a/b/}
    endpoints: {staging: "http://staging.example.com", production: "https://api.example.com"}
    policies: [{name: cors}]
    plans: {paid: {monthlyCost: 10.50, setupFee: 3, prices: {hits: [{price: 1.50}]}}}
`)
}

// Of somebody else's object, only what the document says changes: rules, usages, limits and policies that are there
// besides stay.
func TestObjectsOfOthersKeepTheirExtras(t *testing.T) {
	t.Parallel()
	for _, owner := range []string{"", "operator", "maasctl:another"} {
		tn := newTenant(t, threescaletest.Options{})
		tn.name = "another"
		tn.reach(`
backends: {one: {url: "http://one.example.com", mappingRules: [GET /theirs]}, two: {url: "http://two.example.com"}}
products:
  shop:
    backends: {one: /one}
    mappingRules: [GET /theirs, GET /common]
    policies: [{name: cors}, {name: apicast}]
    features: {fast: {}, safe: {}}
    plans: {free: {features: [fast], limits: {hits: {day: 1, hour: 1}}, prices: {hits: [{from: 10, price: 1}]}}}
`)
		for path, name := range map[string]string{"/services": "shop", "/backend_apis": "one"} {
			tn.call("PUT", path+"/"+tn.idOf(path, name), map[string]any{"annotations": map[string]any{"managed_by": owner}})
		}
		tn.name = "test"
		tn.prune = true
		p := tn.reach(`
backends: {one: {url: "http://one.example.com", mappingRules: [GET /ours]}, two: {url: "http://two.example.com"}}
products:
  shop:
    backends: {two: /two}
    mappingRules: [GET /common, GET /ours]
    policies: [{name: headers}, {name: apicast}]
    features: {safe: {}}
    plans: {free: {features: [safe], limits: {hits: {day: 2}}, prices: {hits: [{to: 9, price: 2}]}}}
`)
		for _, c := range p.Changes {
			if rules := plan.Root("3scale", "backend", "one").Child("rules", ""); c.Kind == "staging" && !slices.Contains(c.DependsOn, rules) {
				t.Errorf("%q: the deployment doesn't wait for %s: %v", owner, rules, c.DependsOn)
			}
			for _, f := range c.Fields {
				if f.Action == plan.Remove || c.Action == plan.Delete {
					t.Errorf("%q: %s takes away %s %s", owner, c.Address, f.Name, f.Element)
				}
			}
		}
		state := tn.state()
		shop := at(state, "products", "shop")
		tn.same(`{"one":"/one","two":"/two"}`, at(shop, "backends"), "backends")
		tn.same(`{"name":"free","state":"hidden","default":false,"approval_required":false,"setup_fee":0,"cost_per_month":0,"trial_period_days":0,
			"features":["fast","safe"],"limits":[["hits","day",2],["hits","hour",1]],"prices":[["hits",1,"9","2.0"],["hits",10,"None","1.0"]]}`, at(shop, "plans", "free"), "plan")
		patterns := func(rules any) string {
			var out []string
			for _, r := range rules.([]any) {
				out = append(out, at(r, "pattern").(string))
			}
			return strings.Join(out, " ")
		}
		if got := patterns(at(shop, "rules")); got != "/theirs /common /ours" {
			t.Errorf("%q: rules %s", owner, got)
		}
		if got := patterns(at(state, "backends", "one", "rules")); got != "/theirs /ours" && got != "/ours /theirs" {
			t.Errorf("%q: rules of the backend %s", owner, got)
		}
	}
}

// What maasctl makes carries its owner's name from the first request on.
func TestOwnerIsInTheCreate(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	stop := make(chan struct{})
	p := tn.plan(tn.document(`
backends: {one: {url: "http://one.example.com"}}
products: {shop: {name: Shop, backends: {one: /}}}
`))
	n := 0
	tn.run(p, apply.Options{Concurrency: 1, Stop: stop, Observe: func(e apply.Event) {
		if e.State == apply.Done {
			if n++; n == 2 {
				close(stop)
			}
		}
	}})
	for path, name := range map[string]string{"/services": "shop", "/backend_apis": "one"} {
		for _, o := range tn.list(path) {
			if owner := at(any(o), "annotations", "managed_by"); o["system_name"] == name && owner != "maasctl:test" {
				t.Errorf("%s belongs to %v", name, owner)
			}
		}
	}
}

// A conflict with somebody else who writes to the same proxy passes.
func TestConflictOnTheProxy(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "PATCH /admin/api/services/*/proxy.json nth=1 status=409")})
	tn.reach(`products: {shop: {apiTestPath: /health}}`)
	tn.proxyHas(`{"api_test_path":"/health"}`, "api_test_path")
}

// A plan renamed in a document that a new tenant never had under its former name is just that plan.
func TestRenamedPlanOfANewProduct(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {servicePlans: {Gold: {renamed: Default, default: true}}}}`)
	tn.expect(`true`, "products", "shop", "service_plans", "Gold", "default")
}

// A deploy that a broken run didn't get to is made up for by the next, whatever it was that hadn't reached the gateway.
func TestStagingIsMadeCurrent(t *testing.T) {
	t.Parallel()
	document := func(one, two, path, rules, own string) string {
		return `
backends:
  one: {url: "` + one + `", mappingRules: [` + rules + `]}
  two: {url: "` + two + `"}
products:
  shop: {backends: {one: /, two: ` + path + `}, mappingRules: [` + own + `], promotion: automatic}
`
	}
	start := document("http://one.example.com", "http://two.example.com", "/two", "GET /aa", "GET /own")
	for name, next := range map[string]string{
		"address":         document("http://other.example.com", "http://two.example.com", "/two", "GET /aa", "GET /own"),
		"another address": document("http://one.example.com", "http://other.example.com", "/two", "GET /aa", "GET /own"),
		"path":            document("http://one.example.com", "http://two.example.com", "/other", "GET /aa", "GET /own"),
		"backend's rules": document("http://one.example.com", "http://two.example.com", "/two", "GET /aa, GET /bb", "GET /own"),
		"own rules":       document("http://one.example.com", "http://two.example.com", "/two", "GET /aa", "GET /own, GET /more"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t, threescaletest.Options{})
			tn.reach(start)
			stop := make(chan struct{})
			p := tn.plan(tn.document(next))
			tn.run(p, apply.Options{Concurrency: 1, Stop: stop, Observe: func(e apply.Event) {
				if e.State == apply.Done {
					close(stop)
				}
			}})
			p = tn.reach(next)
			for _, part := range []string{"staging", "production"} {
				if !slices.Contains(actions(p), "update product/shop/"+part) {
					t.Errorf("%s isn't made current: %v", part, actions(p))
				}
			}
			tn.expect(`"as staging"`, "products", "shop", "production")
		})
	}
}

// A policy routing of the document's own melts into the one that 3scale puts in where a backend isn't at /.
func TestRoutingPolicy(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/v1"} {
		tn := newTenant(t, threescaletest.Options{})
		tn.reach(`
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: ` + path + `}
    policies:
      - name: routing
        configuration: {rules: [{url: "http://other.example.com", condition: {operations: [{match: path, op: "==", value: /x}]}}]}
      - name: apicast
`)
	}
}
