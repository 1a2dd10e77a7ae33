package engine_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// TestPortalCallbackBecomesARedirectURI hands a value from 3scale to Keycloak and another back, in one plan.
func TestPortalCallbackBecomesARedirectURI(t *testing.T) {
	const text = `
apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:X}"}
keycloak: {url: https://sso.example.com, credentials: {username: admin, password: "${env:X}"}}
tenant:
  signIn: {rhsso: {kind: keycloak, name: SSO, client: maas/3scale, published: true}}
realms:
  maas: {clients: {3scale: {redirectUris: [portal], protocolMappers: {org_name: {userAttribute: email, claim: org_name}}}}}
outputs:
  uri: "${realms.maas.clients.3scale.clientId}"
`
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	found = append(found, doc.Resolve(t.Context(), maas.Sources{Env: func(string) (string, bool) { return "unused", true }})...)
	if found.HasErrors() {
		t.Fatal(found)
	}
	porta := httptest.NewServer(threescaletest.New(threescaletest.Options{Token: "token"}))
	t.Cleanup(porta.Close)
	sso := httptest.NewServer(keycloaktest.New(keycloaktest.Options{}))
	t.Cleanup(sso.Close)
	plain := func(s string) secret.Value { return secret.New("", s) }
	open := func() *engine.Engine {
		return &engine.Engine{Document: doc, Systems: []engine.System{
			keycloak.Open(keycloak.Config{URL: sso.URL, Owner: engine.Owner(doc), Credentials: keycloak.Credentials{Username: plain("admin"), Password: plain("admin")}}),
			threescale.Open(threescale.Config{URL: porta.URL, Token: plain("token"), Owner: engine.Owner(doc)}),
		}}
	}
	e := open()
	p, live, err := e.Plan(t.Context(), engine.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(t.Context(), p, live, apply.Options{}).Err(); err != nil {
		t.Fatal(err)
	}
	again, live, err := open().Plan(t.Context(), engine.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Empty {
		t.Errorf("%d changes are left", len(again.Changes))
	}
	uris := ""
	for _, o := range live {
		if o.Kind == "client" && o.Name == "3scale" {
			for name, v := range o.Fields {
				if name == "redirectUris" {
					uris = strings.Join(elements(v), " ")
				}
			}
		}
	}
	if !strings.HasSuffix(uris, "/auth/rhsso/callback") || !strings.HasPrefix(uris, "http") {
		t.Errorf("redirect URIs: %q", uris)
	}
}

func elements(v any) []string {
	var out []string
	if set, ok := v.(plan.Set); ok {
		for e := range set {
			out = append(out, e)
		}
	}
	return out
}
