package threescale_test

import (
	"slices"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

func TestBackendRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
backends:
  shop:
    name: Shop
    description: Sells
    url: http://shop.example.com
    metrics:
      bytes: {name: Bytes, unit: byte, description: Sent}
      hits: {name: Calls, unit: call, description: All of them}
    methods:
      orders: {name: Orders, description: Placed, rules: [POST /orders, {match: "PUT /orders/{id}", delta: 2, last: true}]}
      list: {rules: [GET /orders]}
    mappingRules: [{match: GET /big, metric: bytes, delta: 1000}]
`)
	tn.expect(`{"name":"Shop","description":"Sells","private_endpoint":"http://shop.example.com:80",
		"metrics":{"bytes":{"friendly_name":"Bytes","unit":"byte","description":"Sent"},"hits":{"friendly_name":"Calls","unit":"call","description":"All of them"}},
		"methods":{"orders":{"friendly_name":"Orders","description":"Placed"},"list":{"friendly_name":"list"}},
		"rules":[{"method":"POST","pattern":"/orders","metric":"orders","delta":1,"last":false},
			{"method":"PUT","pattern":"/orders/{id}","metric":"orders","delta":2,"last":true},
			{"method":"GET","pattern":"/orders","metric":"list","delta":1,"last":false},
			{"method":"GET","pattern":"/big","metric":"bytes","delta":1000,"last":false}]}`, "backends", "shop")

	tn.reach(`
backends:
  shop:
    name: The shop
    description: ""
    url: https://shop.example.com/v2
    metrics: {bytes: {name: Octets, unit: octet, description: Received}}
    methods:
      list: {name: List, rules: [GET /orders]}
      orders: {name: Orders, description: "", rules: [{match: POST /orders, last: true}]}
    mappingRules: []
`)
	tn.expect(`{"name":"The shop","private_endpoint":"https://shop.example.com:443/v2",
		"metrics":{"bytes":{"friendly_name":"Octets","unit":"octet","description":"Received"},"hits":{"friendly_name":"Calls","unit":"call","description":"All of them"}},
		"methods":{"orders":{"friendly_name":"Orders"},"list":{"friendly_name":"List"}},
		"rules":[{"method":"GET","pattern":"/orders","metric":"list","delta":1,"last":false},
			{"method":"POST","pattern":"/orders","metric":"orders","delta":1,"last":true}]}`, "backends", "shop")

	tn.reach(`
backends:
  shop:
    url: https://shop.example.com/v2
    metrics: {bytes: {absent: true}}
    methods: {orders: {absent: true}, list: {}}
    mappingRules: []
`)
	tn.expect(`null`, "backends", "shop", "metrics", "bytes")
}

// An object goes by absent: true, whatever it is below, and by --prune.
func TestObjectsGoByNameAndByPrune(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	all := `
backends:
  one: {url: "http://one.example.com", metrics: {aa: {unit: one}, bb: {unit: one}}, methods: {mm: {}, nn: {}}}
  two: {url: "http://two.example.com"}
products:
  shop:
    backends: {one: /}
    metrics: {cc: {unit: one}, dd: {unit: one}}
    methods: {oo: {}, pp: {}}
    features: {ff: {}, gg: {}}
    plans: {free: {}, paid: {}}
    servicePlans: {Default: {}, Gold: {}, Silver: {}}
    activeDocs: {doc1: {file: openapi.json}, doc2: {generate: true}}
  other: {name: Other}
`
	tn.reach(all)
	tn.reach(`
backends:
  one: {url: "http://one.example.com", metrics: {aa: {absent: true}}, methods: {mm: {absent: true}}}
  two: {absent: true}
products:
  shop:
    metrics: {cc: {absent: true}}
    methods: {oo: {absent: true}}
    features: {ff: {absent: true}}
    plans: {free: {absent: true}}
    servicePlans: {Gold: {absent: true}}
    activeDocs: {doc1: {absent: true}}
  other: {absent: true}
`)
	state := tn.state()
	tn.same(`["hits","bb"]`, keys(at(state, "backends", "one", "metrics")), "metrics of the backend")
	tn.same(`["nn"]`, keys(at(state, "backends", "one", "methods")), "methods of the backend")
	tn.same(`["one"]`, keys(state["backends"]), "backends")
	tn.same(`["shop"]`, keys(state["products"]), "products")
	tn.same(`["doc2"]`, keys(state["active_docs"]), "ActiveDocs")
	for kind, left := range map[string]string{
		"metrics": `["hits","dd"]`, "methods": `["pp"]`, "features": `["gg"]`, "plans": `["paid"]`, "service_plans": `["Default","Silver"]`,
	} {
		tn.same(left, keys(at(state, "products", "shop", kind)), kind)
	}

	tn.prune = true
	tn.reach(`
backends:
  one: {url: "http://one.example.com", metrics: {}, methods: {}}
products:
  shop:
    backends: {one: /}
    metrics: {}
    methods: {}
    features: {}
    plans: {}
    servicePlans: {Default: {}}
    activeDocs: {}
`)
	state = tn.state()
	tn.same(`["hits"]`, keys(at(state, "backends", "one", "metrics")), "metrics of the backend")
	tn.same(`[]`, keys(at(state, "backends", "one", "methods")), "methods of the backend")
	tn.same(`[]`, keys(state["active_docs"]), "ActiveDocs")
	for kind, left := range map[string]string{
		"metrics": `["hits"]`, "methods": `[]`, "features": `[]`, "plans": `[]`, "service_plans": `["Default"]`,
	} {
		tn.same(left, keys(at(state, "products", "shop", kind)), kind)
	}
}

// keys are the names in an object: hits first, then by name.
func keys(v any) []any {
	out := []any{}
	object, _ := v.(map[string]any)
	for k := range object {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b any) int {
		switch {
		case a == b:
			return 0
		case a == "hits" || b != "hits" && a.(string) < b.(string):
			return -1
		}
		return 1
	})
	return out
}
