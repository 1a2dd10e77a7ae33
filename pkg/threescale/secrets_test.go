package threescale_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const secretDocument = `
tenant:
  accessCode: ${env:CODE}
  signIn: {sso: {kind: keycloak, site: "https://sso.example.com/realms/one", clientId: portal, clientSecret: "${env:SIGNIN}"}}
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: /}
    secretToken: ${env:SHARED}
    authentication: {oidc: {issuer: "https://sso.example.com/realms/one", clientId: zync, clientSecret: "${env:ISSUER}"}}
    promotion: automatic
`

// Secrets that a document refers to, and those that the server has, are in nothing that anyone sees: not in plans, not in
// what is printed, not in errors, not in the trace.
func TestSecretsAreSeenNowhere(t *testing.T) {
	t.Parallel()
	canaries := map[string]string{
		"CODE": "canary-code-1", "SIGNIN": "canary-signin-2", "SHARED": "canary-shared-3", "ISSUER": "canary/issuer&4 #é",
		"NEWCODE": "canary-code-5", "NEWSIGNIN": "canary-signin-6", "NEWSHARED": "canary-shared-7", "NEWISSUER": "canary-issuer-8",
	}
	tn := newTenant(t, threescaletest.Options{Token: "canary-token-0", MasterToken: "canary-master-9"})
	tn.variables = canaries
	tn.variables["THREESCALE_TOKEN"] = "canary-unused"
	var trace bytes.Buffer
	tn.config.Transport.Trace = &trace
	tn.config.Token = secret.New("${env:THREESCALE_TOKEN}", "canary-token-0")
	tn.config.Transport.Redactor.Add("canary-token-0")
	var seen bytes.Buffer
	look := func(text string) {
		p := tn.plan(tn.document(text))
		seen.WriteString(everyFormOf(t, p))
		r := tn.run(p, applyAll)
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		if err := view.Result(&seen, r, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	look(secretDocument)
	look(strings.NewReplacer("env:CODE", "env:NEWCODE", "env:SIGNIN", "env:NEWSIGNIN", "env:SHARED", "env:NEWSHARED", "env:ISSUER", "env:NEWISSUER").Replace(secretDocument))

	// The account's application has a key, which its list shows; and a server that refuses echoes what it was sent.
	failing := newTenant(t, threescaletest.Options{Token: "canary-token-0", Faults: faulty(t, "PUT /admin/api/provider.json status=400", "POST /admin/api/services.json status=500")})
	failing.variables, failing.config.Transport.Trace = tn.variables, &trace
	failing.config.Transport.Redactor = tn.config.Transport.Redactor
	p := failing.plan(failing.document(secretDocument))
	r := failing.run(p, applyAll)
	if r.Err() == nil {
		t.Fatal("nothing failed")
	}
	fmt.Fprintf(&seen, "%v %+v %#v", r.Err(), r.Err(), r.Err())
	if err := view.Result(&seen, r, "", ""); err != nil {
		t.Fatal(err)
	}
	for _, where := range []struct{ name, text string }{{"plans, output and errors", seen.String()}, {"the trace", trace.String()}} {
		if i := strings.Index(where.text, "canary"); i >= 0 {
			t.Errorf("%s show a secret: ...%s...", where.name, where.text[max(0, i-200):min(len(where.text), i+60)])
		}
		if len(where.text) < 1000 {
			t.Errorf("%s: only %d characters to look at", where.name, len(where.text))
		}
	}
	if !strings.Contains(trace.String(), secret.Mask) {
		t.Error("the trace has no secret masked: it is not what it should be")
	}
}

// everyFormOf is all that can be made of a plan: for machines, for readers, for somebody who prints the value itself.
func everyFormOf(t *testing.T, p *planned) string {
	t.Helper()
	var b bytes.Buffer
	text, err := json.Marshal(p.Plan)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(text)
	if err := view.Human(&b, p.Plan, view.Full, view.Style{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "%v %+v %#v", c.Fields, c.Fields, c.Fields)
	}
	return b.String()
}

// A token that the tenant doesn't take is an error that says so, without the token.
func TestTokenThatIsRefused(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.config.Token = secret.New("", "canary-wrong")
	tn.config.Transport = transport.Options{Redactor: transport.NewRedactor()}
	_, err := tn.tryPlan(tn.document(`products: {shop: {}}`))
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "refuses the token") {
		t.Errorf("error: %v", err)
	}
}
