package keycloak_test

import (
	"strings"
	"testing"
)

// A client's own flows have ids for the server, and aliases in the document.
func TestFlowsOfClientsByAlias(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		flow := func(alias string) string {
			return w.find("/authentication/flows", "alias", alias)["id"].(string)
		}
		bound := func() m { return w.client("c")["authenticationFlowBindingOverrides"].(m) }
		w.applyText(`realms: {REALM: {clients: {c: {authenticationFlowBindingOverrides: {browser: direct grant, direct_grant: ""}}}}}`)
		if got := bound(); got["browser"] != flow("direct grant") || len(got) != 1 {
			t.Errorf("%v", got)
		}
		w.admin.must(post, "/"+w.realm+"/authentication/flows", m{"alias": "mine", "providerId": "basic-flow", "topLevel": true, "builtIn": false})
		p := w.applyText(`realms: {REALM: {clients: {c: {authenticationFlowBindingOverrides: {browser: mine, direct_grant: ` + flow("browser") + `}}}}}`)
		if got := bound(); got["browser"] != flow("mine") || got["direct_grant"] != flow("browser") {
			t.Errorf("%v", got)
		}
		if got := lines(p.Changes[0].Fields); !strings.Contains(got, "browser : direct grant -> mine") {
			t.Errorf("shown as %s", got)
		}
		w.applyText(`realms: {REALM: {clients: {c: {authenticationFlowBindingOverrides: {browser: ""}}}}}`)
		if got := bound(); got["browser"] != nil || got["direct_grant"] != flow("browser") {
			t.Errorf("%v", got)
		}
	})
}

// A flow that isn't there would be a 500 in the middle of an apply.
func TestFlowsThatAreNowhere(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		const provider = `providerId: oidc, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}`
		missing := map[string]string{
			`realms: {REALM: {browserFlow: mine}}`:                                                           `realm REALM: browserFlow: realm REALM has no authentication flow "mine"`,
			`realms: {REALM: {clients: {c: {authenticationFlowBindingOverrides: {browser: mine}}}}}`:         `client c of realm REALM: authenticationFlowBindingOverrides.browser: realm REALM has no authentication flow "mine"`,
			`realms: {REALM: {identityProviders: {i: {firstBrokerLoginFlowAlias: mine, ` + provider + `}}}}`: `identity provider i of realm REALM: firstBrokerLoginFlowAlias: realm REALM has no authentication flow "mine"`,
		}
		refused := func() {
			t.Helper()
			for text, want := range missing {
				err := w.refused(w.document(text))
				if err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(want, "REALM", w.realm)) || !strings.Contains(err.Error(), "stdin:4:") {
					t.Errorf("%s: %v", text, err)
				}
			}
		}
		refused()
		w.applyText(`realms: {REALM: {directGrantFlow: registration, browserFlow: direct grant, identityProviders: {e: {postBrokerLoginFlowAlias: "", ` + provider + `}}}}`)
		refused()
		w.admin.must(post, "/"+w.realm+"/authentication/flows", m{"alias": "mine", "providerId": "basic-flow", "topLevel": true, "builtIn": false})
		for text := range missing {
			w.applyText(text)
		}
		if err := w.refused(w.document(`realms: {REALM: {browserFlow: brauser}}`)); err == nil || !strings.Contains(err.Error(), `did you mean "browser"?`) {
			t.Errorf("misspelt: %v", err)
		}
	})
}
