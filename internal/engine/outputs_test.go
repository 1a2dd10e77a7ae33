package engine_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// A product has public addresses though the document says nothing of its gateway: an output that shows one has it read,
// and nothing else has.
func TestOutputsOfWhatTheDocumentDoesNotSay(t *testing.T) {
	t.Parallel()
	const text = `
apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:X}"}
products: {api: {}}
outputs:
  both: "${products.api.endpoints.staging} ${products.api.endpoints.production}"
  id: "${products.api.id}"
`
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	if found.HasErrors() {
		t.Fatal(found)
	}
	porta := threescaletest.Start(t, threescaletest.Options{Token: "token"})
	engineOf := func() *engine.Engine {
		return &engine.Engine{Document: doc, Systems: []engine.System{
			threescale.Open(threescale.Config{URL: porta.URL, Token: secret.New("", "token"), Owner: engine.Owner(doc)}),
		}}
	}
	requests := func(do func(*engine.Engine)) (all, proxies int) {
		porta.Reset()
		do(engineOf())
		for _, q := range porta.Requests() {
			all++
			if strings.HasSuffix(q.Path, "/proxy.json") {
				proxies++
			}
		}
		return all, proxies
	}
	output := func(name string) func(*engine.Engine) {
		return func(e *engine.Engine) {
			got, err := e.Outputs(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if name == "both" && (len(got) != 1 || strings.Count(got[0].Value, "https://api-") != 2 || !strings.Contains(got[0].Value, "staging")) {
				t.Errorf("got %v", got)
			}
		}
	}
	plain, none := requests(func(e *engine.Engine) {
		if _, _, err := e.Plan(t.Context(), engine.PlanOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	if all, proxies := requests(output("id")); all != plain || proxies != none {
		t.Errorf("a number takes %d requests, %d of them for proxies; a plan takes %d and %d", all, proxies, plain, none)
	}
	if all, proxies := requests(output("both")); all != plain+1 || proxies != 1 || none != 0 {
		t.Errorf("the addresses take %d requests, %d of them for proxies; a plan takes %d and %d", all, proxies, plain, none)
	}
}

// Outputs are no plan: what would go along with a deletion isn't asked for.
func TestOutputsAskNothingOfDeletions(t *testing.T) {
	t.Parallel()
	const text = `
apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:X}"}
products: {api: {}}
accounts: {Developer: {absent: true}}
outputs: {id: "${products.api.id}"}
`
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	if found.HasErrors() {
		t.Fatal(found)
	}
	porta := threescaletest.Start(t, threescaletest.Options{Token: "token"})
	e := &engine.Engine{Document: doc, Systems: []engine.System{
		threescale.Open(threescale.Config{URL: porta.URL, Token: secret.New("", "token"), Owner: engine.Owner(doc)}),
	}}
	asked := func() bool {
		defer porta.Reset()
		return slices.ContainsFunc(porta.Requests(), func(r threescaletest.Request) bool { return strings.HasSuffix(r.Path, "/service_subscriptions.json") })
	}
	if _, err := e.Outputs(t.Context(), "id"); err != nil || asked() {
		t.Error("outputs ask for subscriptions", err)
	}
	if p, _, err := e.Plan(t.Context(), engine.PlanOptions{}); err != nil || !asked() || p.Summary.Along != 2 {
		t.Errorf("a plan doesn't: %v, %+v, %+v", err, p, porta.Requests())
	}
}
