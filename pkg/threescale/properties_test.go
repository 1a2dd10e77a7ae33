package threescale_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// drawn is a document in the making: what YAML (JSON is YAML) can hold.
type drawn = map[string]any

var (
	texts    = rapid.SampledFrom([]string{"A", "a text", "Größe 9", `"quoted"`, "two\nlines", "ends in a blank "})
	patterns = rapid.SampledFrom([]string{"/", "/aa", "/aa$", "/bb/{id}", "/cc?x={y}", "/dd.json"})
	verbs    = rapid.SampledFrom([]string{"GET", "POST", "PUT", "DELETE"})
	prices   = rapid.SampledFrom([]string{"0", "1", "0.5", "12.25", "0.0001", "100000"})
)

// maybe puts a value under a key, or leaves the key out.
func maybe[V any](t *rapid.T, o drawn, key string, g *rapid.Generator[V]) {
	if rapid.Bool().Draw(t, key+"?") {
		o[key] = g.Draw(t, key)
	}
}

// some draws names and what each stands for.
func some(t *rapid.T, kind string, names []string, value func(name string) any) drawn {
	out := drawn{}
	for _, n := range names {
		if rapid.Bool().Draw(t, kind+" "+n) {
			out[n] = value(n)
		}
	}
	return out
}

func drawRule(t *rapid.T, metrics []string) any {
	match := verbs.Draw(t, "verb") + " " + patterns.Draw(t, "pattern")
	if rapid.Bool().Draw(t, "short") {
		return match
	}
	return drawn{
		"match": match, "metric": rapid.SampledFrom(metrics).Draw(t, "metric"), "last": rapid.Bool().Draw(t, "last"),
		"delta": rapid.SampledFrom([]int64{1, 2, 1<<31 - 1}).Draw(t, "delta"),
	}
}

func rules(metrics []string) *rapid.Generator[[]any] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return drawRule(t, metrics) }), 0, 4)
}

// drawMetrics draws metrics and methods with rules into a product or backend, and gives the names of all.
func drawMetrics(t *rapid.T, o drawn, kind string) []string {
	names := []string{"hits"}
	metrics := some(t, kind+" metric", []string{"tokens", "bytes"}, func(name string) any {
		m := drawn{"unit": rapid.SampledFrom([]string{"token", "byte"}).Draw(t, "unit"), "name": "metric " + name}
		maybe(t, m, "description", texts)
		return m
	})
	methods := some(t, kind+" method", []string{"v1/chat", "list", "zz"}, func(name string) any {
		m := drawn{"name": "method " + name}
		maybe(t, m, "description", texts)
		if rapid.Bool().Draw(t, "rules?") {
			m["rules"] = []any{verbs.Draw(t, "verb") + " " + patterns.Draw(t, "pattern")}
		}
		return m
	})
	o["metrics"], o["methods"] = metrics, methods
	names = append(names, slices.Sorted(maps.Keys(metrics))...)
	names = append(names, slices.Sorted(maps.Keys(methods))...)
	maybe(t, o, "mappingRules", rules(names))
	return names
}

func drawPlan(t *rapid.T, metrics, features []string) drawn {
	p := drawn{}
	maybe(t, p, "published", rapid.Bool())
	maybe(t, p, "approvalRequired", rapid.Bool())
	maybe(t, p, "trialDays", rapid.SampledFrom([]int64{0, 1, 30}))
	for _, cost := range []string{"setupFee", "monthlyCost"} {
		if rapid.Bool().Draw(t, cost) {
			p[cost] = json.Number(prices.Draw(t, "cost"))
		}
	}
	if rapid.Bool().Draw(t, "limits?") {
		p["limits"] = some(t, "limit", metrics, func(string) any {
			return some(t, "period", []string{"minute", "day", "eternity"}, func(string) any {
				return rapid.SampledFrom([]int64{0, 1, 1 << 40}).Draw(t, "value")
			})
		})
	}
	if rapid.Bool().Draw(t, "prices?") {
		p["prices"] = some(t, "price", metrics, func(string) any {
			steps := []any{drawn{"price": json.Number(prices.Draw(t, "price")), "to": 10}}
			if rapid.Bool().Draw(t, "second step") {
				steps = append(steps, drawn{"from": 11, "price": json.Number(prices.Draw(t, "price"))})
			}
			return steps
		})
	}
	p["features"] = slices.Sorted(maps.Keys(some(t, "plan feature", features, func(string) any { return true })))
	return p
}

func drawPolicies() *rapid.Generator[[]any] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any {
		p := drawn{"name": rapid.SampledFrom([]string{"cors", "headers", "llm"}).Draw(t, "policy")}
		maybe(t, p, "version", rapid.SampledFrom([]string{"builtin", "0.1"}))
		maybe(t, p, "enabled", rapid.Bool())
		if rapid.Bool().Draw(t, "configured") {
			p["configuration"] = drawn{"number": rapid.SampledFrom([]json.Number{"1", "0.5", "-3", "1e3"}).Draw(t, "number"), "text": texts.Draw(t, "text"), "list": []any{nil, true, drawn{}}}
		}
		return p
	}), 0, 3)
}

func drawProduct(t *rapid.T, backends []string) drawn {
	p := drawn{"name": texts.Draw(t, "name")}
	maybe(t, p, "description", texts)
	maybe(t, p, "buyersManageApps", rapid.Bool())
	maybe(t, p, "mandatoryAppKey", rapid.Bool())
	used := some(t, "uses", backends, func(name string) any { return "/" + name })
	p["backends"] = used
	metrics := drawMetrics(t, p, "product")
	features := some(t, "feature", []string{"fast", "safe"}, func(name string) any { return drawn{"name": "feature " + name} })
	p["features"] = features
	p["plans"] = some(t, "plan", []string{"free", "paid"}, func(string) any {
		return drawPlan(t, metrics, slices.Sorted(maps.Keys(features)))
	})
	maybe(t, p, "policies", drawPolicies())
	if rapid.Bool().Draw(t, "authentication?") {
		p["authentication"] = rapid.SampledFrom([]any{
			drawn{"apiKey": drawn{"name": "Authorization", "location": "authorization"}}, drawn{"appIdKey": drawn{"location": "headers"}},
			drawn{"oidc": drawn{"issuer": "https://sso.example.com/realms/one", "flows": []string{"implicit"}}},
		}).Draw(t, "authentication")
	}
	if rapid.Bool().Draw(t, "documents?") {
		p["activeDocs"] = drawn{"doc-" + fmt.Sprint(len(metrics)): drawn{"generate": true, "published": rapid.Bool().Draw(t, "published")}}
	}
	maybe(t, p, "promotion", rapid.SampledFrom([]string{"automatic", "manual"}))
	return p
}

// documents draws whole documents.
func documents() *rapid.Generator[drawn] {
	return rapid.Custom(func(t *rapid.T) drawn {
		backends := some(t, "backend", []string{"one", "two"}, func(name string) any {
			b := drawn{"url": "http://" + name + ".example.com"}
			maybe(t, b, "description", texts)
			drawMetrics(t, b, "backend")
			return b
		})
		return drawn{"backends": backends, "products": drawn{"shop": drawProduct(t, slices.Sorted(maps.Keys(backends)))}}
	})
}

// shuffler brings the keys of what stands under a name into some order.
type shuffler func(of string, keys []string)

func inOrder(string, []string) {}

// asText writes a part of a document with the keys of its maps in an order of its own.
func asText(tb tb, of string, v any, shuffle shuffler) string {
	tb.Helper()
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		shuffle(of, names)
		out := "{"
		for i, n := range names {
			if i > 0 {
				out += ", "
			}
			out += fmt.Sprintf("%q: %s", n, asText(tb, n, v[n], shuffle))
		}
		return out + "}"
	case []any:
		out := "["
		for i, e := range v {
			if i > 0 {
				out += ", "
			}
			out += asText(tb, of, e, shuffle)
		}
		return out + "]"
	}
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func (tn *tenant) drawnDocument(d drawn, shuffle shuffler) string {
	tn.t.Helper()
	return "backends: " + asText(tn.t, "backends", d["backends"], shuffle) + "\nproducts: " + asText(tn.t, "products", d["products"], shuffle) + "\n"
}

// Whatever a document says, and whatever another has made of the tenant before: after an apply its plan is empty, and a
// second apply writes nothing.
func TestAnyDocumentIsReached(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{WriteGap: -1})
	tn.prune = true
	rapid.Check(t, func(r *rapid.T) {
		tn.t = r
		defer func() { tn.t = t }()
		d := documents().Draw(r, "document")
		tn.reach(tn.drawnDocument(d, inOrder))
	})
}

// The order of keys has no meaning where language gives it none: the plan is the same, byte for byte.
func TestShuffledDocumentsGiveTheSamePlan(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{WriteGap: -1})
	tn.reach(everything)
	rapid.Check(t, func(r *rapid.T) {
		tn.t = r
		defer func() { tn.t = t }()
		d := documents().Draw(r, "document")
		shuffle := func(of string, names []string) {
			if of != "methods" { // their order is that of their rules
				copy(names, rapid.Permutation(slices.Clone(names)).Draw(r, "order"))
			}
		}
		one, other := tn.plan(tn.document(tn.drawnDocument(d, inOrder))), tn.plan(tn.document(tn.drawnDocument(d, shuffle)))
		if a, b := planText(r, one), planText(r, other); a != b {
			r.Fatalf("the order of keys changes the plan:\n%s\n%s", a, b)
		}
	})
}

// planText is a plan as JSON, without the places in the file, which the order of keys moves.
func planText(tb tb, p *planned) string {
	tb.Helper()
	plain := *p.Plan
	text, err := json.Marshal(plain)
	if err != nil {
		tb.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		tb.Fatal(err)
	}
	dropSources(v)
	text, err = json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func dropSources(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "source")
		for _, inner := range v {
			dropSources(inner)
		}
	case []any:
		for _, inner := range v {
			dropSources(inner)
		}
	}
}
