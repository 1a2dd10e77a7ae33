package threescale_test

import (
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

func TestProductRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
products:
  shop:
    name: Shop
    description: Sells
    supportEmail: shop@example.com
    intentionsRequired: true
    buyersManageApps: false
    buyersManageKeys: false
    referrerFiltersRequired: true
    buyerCanSelectPlan: true
    buyerPlanChangePermission: direct
    buyerKeyRegenerateEnabled: false
    mandatoryAppKey: false
    customKeysEnabled: false
`)
	tn.expect(`"Shop"`, "products", "shop", "name")
	tn.expect(`{"intentions_required":true,"buyers_manage_apps":false,"buyers_manage_keys":false,"referrer_filters_required":true,
		"buyer_can_select_plan":true,"buyer_plan_change_permission":"direct","buyer_key_regenerate_enabled":false,
		"mandatory_app_key":false,"custom_keys_enabled":false}`, "products", "shop", "options")
	tn.reach(`
products:
  shop:
    name: The shop
    description: ""
    supportEmail: help@example.com
    intentionsRequired: false
    buyersManageApps: true
    buyersManageKeys: true
    referrerFiltersRequired: false
    buyerCanSelectPlan: false
    buyerPlanChangePermission: request
    buyerKeyRegenerateEnabled: true
    mandatoryAppKey: true
    customKeysEnabled: true
`)
	tn.expect(`{"intentions_required":false,"buyers_manage_apps":true,"buyers_manage_keys":true,"referrer_filters_required":false,
		"buyer_can_select_plan":false,"buyer_plan_change_permission":"request","buyer_key_regenerate_enabled":true,
		"mandatory_app_key":true,"custom_keys_enabled":true}`, "products", "shop", "options")
	tn.expect(`null`, "products", "shop", "description")
	tn.reach(`products: {shop: {absent: true}}`)
	tn.expect(`null`, "products", "shop")
}

func TestUsagesRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	backends := `
backends:
  one: {url: "http://one.example.com"}
  two: {url: "http://two.example.com"}
  three: {url: "http://three.example.com"}
products:
  shop:
    backends: `
	for _, step := range []struct{ said, want string }{
		{`{one: /, two: /two/}`, `{"one":"/","two":"/two"}`},
		{`{one: two, two: /}`, `{"one":"/two","two":"/"}`},
		{`{one: /, two: three, three: two}`, `{"one":"/","two":"/three","three":"/two"}`},
		{`{one: two}`, `{"one":"/two"}`},
		{`{one: two, two: /, three: three}`, `{"one":"/two","two":"/","three":"/three"}`},
		{`{one: three, three: two}`, `{"one":"/three","three":"/two"}`},
		{`{one: two, two: /x, three: three}`, `{"one":"/two","two":"/x","three":"/three"}`},
		{`{three: /}`, `{"three":"/"}`},
		{`{one: /}`, `{"one":"/"}`},
		{`{}`, `{}`},
		{`{two: /a/b}`, `{"two":"/a/b"}`},
	} {
		tn.reach(backends + step.said)
		tn.expect(step.want, "products", "shop", "backends")
	}
}

func TestFeaturesAndPlansRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
products:
  shop:
    features:
      fast: {name: Fast, description: Served first}
      safe: {name: Safe, scope: applicationPlan}
      near: {name: Near, scope: servicePlan}
    plans:
      free: {name: Free, published: true, default: true, features: [fast]}
      paid: {name: Paid, description: Costs, approvalRequired: true, trialDays: 30, setupFee: 10, monthlyCost: 49.90, features: [fast, safe]}
    servicePlans:
      Default: {published: false}
      Gold: {published: true, default: true, approvalRequired: true, features: [near]}
`)
	tn.expect(`{"free":{"name":"Free","state":"published","default":true,"approval_required":false,"trial_period_days":0,"setup_fee":0,"cost_per_month":0,
			"features":["fast"],"limits":[],"prices":[]},
		"paid":{"name":"Paid","state":"hidden","default":false,"approval_required":true,"trial_period_days":30,"setup_fee":10,"cost_per_month":49.9,
			"features":["fast","safe"],"limits":[],"prices":[]}}`, "products", "shop", "plans")
	tn.expect(`{"Default":{"state":"hidden","default":false,"approval_required":false},"Gold":{"state":"published","default":true,"approval_required":true}}`,
		"products", "shop", "service_plans")
	tn.reach(`
products:
  shop:
    features:
      fast: {name: Faster, description: ""}
      safe: {name: Safe}
      near: {name: Near by}
    plans:
      free: {name: Gratis, published: false, features: [safe]}
      paid: {name: Paid, published: true, default: true, approvalRequired: false, trialDays: 0, setupFee: 0, monthlyCost: 0.5, features: []}
    servicePlans:
      Default: {published: true, default: true}
      Platinum: {renamed: Gold, published: false, approvalRequired: false, features: []}
`)
	tn.expect(`{"free":{"name":"Gratis","state":"hidden","default":false,"approval_required":false,"trial_period_days":0,"setup_fee":0,"cost_per_month":0,
			"features":["safe"],"limits":[],"prices":[]},
		"paid":{"name":"Paid","state":"published","default":true,"approval_required":false,"trial_period_days":0,"setup_fee":0,"cost_per_month":0.5,
			"features":[],"limits":[],"prices":[]}}`, "products", "shop", "plans")
	tn.expect(`{"Default":{"state":"published","default":true,"approval_required":false},"Platinum":{"state":"hidden","default":false,"approval_required":false}}`,
		"products", "shop", "service_plans")
	tn.expect(`{"fast":{"name":"Faster","scope":"application_plan"},"safe":{"name":"Safe","scope":"application_plan"},"near":{"name":"Near by","scope":"service_plan"}}`,
		"products", "shop", "features")
}

// A feature's scope can't change, so that is work for a person, and not a reason to fail.
func TestScopeOfAFeatureIsManual(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {features: {fast: {scope: applicationPlan}}}}`)
	p := tn.reach(`products: {shop: {features: {fast: {scope: servicePlan}}}}`)
	if len(p.Manual) != 1 || p.Manual[0].Name != "fast" {
		t.Errorf("manual steps: %+v", p.Manual)
	}
}

func TestLimitsAndPricesRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	head := `
backends:
  shop: {url: "http://shop.example.com", metrics: {bytes: {unit: byte}}, methods: {send: {}}}
products:
  shop:
    backends: {shop: /}
    metrics: {tokens: {unit: token}}
    methods: {v1/chat: {rules: [POST /v1/chat]}}
    plans:
      paid:
`
	paid := []string{"products", "shop", "plans", "paid"}
	tn.reach(head + `
        limits: {tokens: {day: 100, hour: 10, eternity: 100000}, v1/chat: {minute: 5}, hits: {week: 7}, shop/bytes: {month: 1000000}, shop/send: {year: 0}}
        prices: {tokens: [{to: 1000, price: 0.0001}, {from: 1001, price: 0.5}], shop/bytes: [{price: 1}]}
`)
	// The reader knows the product's own metrics by name only.
	tn.expect(`[["?","month",1000000],["?","year",0],["hits","week",7],["tokens","day",100],["tokens","eternity",100000],["tokens","hour",10],["v1/chat","minute",5]]`,
		append(paid, "limits")...)
	tn.expect(`[["?",1,"None","1.0"],["tokens",1,"1000","0.0001"],["tokens",1001,"None","0.5"]]`, append(paid, "prices")...)
	tn.reach(head + `
        limits: {tokens: {day: 200, minute: 1}, shop/bytes: {month: 2, day: 1}}
        prices: {tokens: [{to: 500, price: 0.0001}, {from: 501, to: 1000, price: 0.6}, {from: 1001, price: 0.5}], v1/chat: [{price: 0.25}]}
`)
	tn.expect(`[["?","day",1],["?","month",2],["tokens","day",200],["tokens","minute",1]]`, append(paid, "limits")...)
	tn.expect(`[["tokens",1,"500","0.0001"],["tokens",501,"1000","0.6"],["tokens",1001,"None","0.5"],["v1/chat",1,"None","0.25"]]`, append(paid, "prices")...)
	tn.reach(head + `
        limits: {}
        prices: {}
`)
	tn.expect(`[]`, append(paid, "limits")...)
	tn.expect(`[]`, append(paid, "prices")...)
}

func TestActiveDocsRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	head := `
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    name: Shop
    backends: {shop: /}
    methods: {orders: {rules: [GET /orders, "POST /orders/{id}$", "PUT /orders/{id}?kind={kind}"]}}
    activeDocs:
`
	tn.reach(head + `
      from-file: {name: From a file, description: Own, published: true, skipSwaggerValidations: true, file: openapi.json}
      with-server: {file: openapi.json, server: staging}
      made: {name: Made, generate: true}
`)
	tn.expect(`{"name":"From a file","description":"Own","published":true,"skip_swagger_validations":true,"product":"shop",
		"body":{"openapi":"3.0.0","info":{"title":"Shop","version":"1.2.0"},"servers":[{"url":"https://shop.example.com"}],
			"paths":{"/orders":{"get":{"responses":{"200":{"description":"OK"}}}}}}}`, "active_docs", "from-file")
	tn.expect(`[{"url":"https://shop-TENANT-apicast-staging.example.com:443"}]`, "active_docs", "with-server", "body", "servers")
	parameter := `"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"OK"}}`
	tn.expect(`{"openapi":"3.0.0","info":{"title":"Shop","version":"1.0.0"},"servers":[{"url":"https://shop-TENANT-apicast-production.example.com:443"}],
		"paths":{"/orders":{"get":{"responses":{"200":{"description":"OK"}}}},"/orders/{id}":{"post":{`+parameter+`},"put":{`+parameter+`}}}}`,
		"active_docs", "made", "body")

	tn.reach(head + `
      from-file: {name: A file, description: "", published: false, skipSwaggerValidations: false, file: openapi.json, server: "https://api.example.com"}
      with-server: {file: openapi.json, server: production}
      made: {name: Made, generate: true, server: staging}
    endpoints: {staging: "https://staging.shop.example.com", production: "https://shop.example.com"}
`)
	tn.expect(`[{"url":"https://api.example.com"}]`, "active_docs", "from-file", "body", "servers")
	tn.expect(`[{"url":"https://shop.example.com:443"}]`, "active_docs", "with-server", "body", "servers")
	tn.expect(`[{"url":"https://staging.shop.example.com:443"}]`, "active_docs", "made", "body", "servers")
	tn.expect(`false`, "active_docs", "from-file", "published")
}

// A document follows the rules that it is made of.
func TestGeneratedDocumentFollowsTheRules(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {mappingRules: [GET /one], activeDocs: {made: {generate: true}}}}`)
	tn.reach(`products: {shop: {mappingRules: [GET /two], activeDocs: {made: {generate: true}}}}`)
	tn.same(`["/two"]`, keys(at(tn.state(), "active_docs", "made", "body", "paths")), "paths")
}

// An ActiveDoc that is bound to another product, or to none, moves.
func TestActiveDocMovesToItsProduct(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {one: {activeDocs: {doc1: {file: openapi.json}}}, two: {}}`)
	tn.reach(`products: {one: {}, two: {activeDocs: {doc1: {file: openapi.json}}}}`)
	tn.expect(`"two"`, "active_docs", "doc1", "product")
}
