package threescale_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// models is a document of n products, each with a backend, 8 methods, 3 metrics and 2 plans with limits.
func models(n int) string {
	var b strings.Builder
	b.WriteString("templates:\n  model:\n    authentication: {apiKey: {name: Authorization, location: headers}}\n    metrics:\n")
	for _, m := range []string{"total", "prompt", "completion"} {
		fmt.Fprintf(&b, "      %s_tokens: {name: %s tokens, unit: token}\n", m, m)
	}
	b.WriteString("    methods:\n")
	for i := range 8 {
		fmt.Fprintf(&b, "      v1/m%d: {name: Method %d, rules: [POST /v1/m%d]}\n", i, i, i)
	}
	b.WriteString(`    policies: [{name: cors, configuration: {allow_origin: "*"}}, {name: apicast}]
    plans:
      free: {name: Free, published: true, limits: {total_tokens: {day: 100000}}}
      paid: {name: Paid, published: true, limits: {total_tokens: {day: 1000000}}}
    promotion: automatic
backends:
`)
	for i := range n {
		fmt.Fprintf(&b, "  model-%02d: {name: Model %d, url: \"http://model-%d.models.svc:8080\"}\n", i, i, i)
	}
	b.WriteString("products:\n")
	for i := range n {
		fmt.Fprintf(&b, "  model-%02d: {use: [model], name: Model %d, backends: {model-%02d: /}}\n", i, i, i)
	}
	return b.String()
}

func TestRequestsOfManyModels(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	doc := tn.document(models(16))
	tn.reachDocument(doc)
	if n := len(tn.Requests()); n > 180 {
		t.Errorf("a diff of 16 models takes %d requests, at most 180 are promised", n)
	} else {
		t.Logf("a diff of 16 models takes %d requests", n)
	}
}

func TestRequestsToCreateManyModels(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	p := tn.plan(tn.document(models(16)))
	if r := tn.run(p, applyAll); r.Err() != nil {
		t.Fatal(r.Err())
	}
	n, writes := len(tn.Requests()), len(tn.writes())
	t.Logf("creating 16 models takes %d requests, %d of them writes", n, writes)
	if n > 600 {
		t.Errorf("creating 16 models takes %d requests, at most 600 are promised", n)
	}
}

// What the document has no key for isn't read.
func TestReadsOnlyWhatTheDocumentNames(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`
backends: {bb: {name: B, url: "http://b.example.com"}}
products:
  full:
    name: Full
    backends: {bb: /}
    metrics: {tokens: {unit: token}}
    plans: {free: {limits: {tokens: {day: 1}}}}
`)
	for _, c := range []struct {
		name, text string
		want       []string // what is read, without the lists of the tenant
	}{
		{"a name only", `products: {full: {name: Full}}`, []string{"services", "configs sandbox", "configs production", "proxy"}},
		{"plans", `products: {full: {plans: {free: {}}}}`, []string{"services", "configs sandbox", "configs production", "proxy", "application_plans"}},
		{"a backend", `backends: {bb: {name: B, url: "http://b.example.com"}}`, []string{"backend_apis"}},
		{"settings", `tenant: {signupsEnabled: true}`, []string{"settings"}},
		{"provider", `tenant: {fromEmail: no-reply@example.com}`, []string{"provider"}},
	} {
		tn.Reset()
		tn.plan(tn.document(c.text))
		seen := map[string]bool{}
		for _, q := range tn.Requests() {
			seen[areaOf(q.Path)] = true
		}
		for _, w := range c.want {
			delete(seen, w)
		}
		if len(seen) > 0 {
			t.Errorf("%s: read without need: %v", c.name, seen)
		}
	}
}

// areaOf is what a path is about.
func areaOf(path string) string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/admin/api/"), ".json")
	if env, ok := strings.CutPrefix(path, "account/proxy_configs/"); ok {
		return "configs " + env
	}
	parts := strings.Split(path, "/")
	return parts[len(parts)-1]
}
