package threescale_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// The documents of states that were recorded bring a new tenant to what a real 3scale had. What
// Keycloak and accounts bring isn't 3scale's own; each difference that this makes is named.
func TestDocumentsReachTheirStates(t *testing.T) {
	for name, exceptions := range map[string]func(want, have map[string]any){
		"walkthrough": func(want, _ map[string]any) {
			withoutSignIn(t, want)
		},
		"models-aas": func(want, have map[string]any) {
			withoutSignIn(t, want)
			withoutAccounts(want, have)
		},
		"oidc": func(want, have map[string]any) {
			withoutIssuer(t, want)
			withoutAccounts(want, have)
			withoutAccessCode(t, have)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t, threescaletest.Options{})
			for _, v := range []string{"KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD", "KEYCLOAK_CLIENT_SECRET", "UPSTREAM_CLIENT_SECRET", "TESTUSER_PASSWORD", "AI_TEAM_PASSWORD"} {
				tn.variables[v] = "a-secret"
			}
			tn.reachDocument(tn.load(maas.Options{Files: []string{"../../testdata/states/" + name + "/maas.yaml"}}))
			want, have := testkit.Recorded(t, "states", name+".json"), tn.state()
			exceptions(want, have)
			delete(want, "portal") // pages aren't applied
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("the state differs from the recorded one (-recorded +reached):\n%s", diff)
			}
		})
	}
}

// withoutSignIn: the sign-in has site, id and secret of a realm's client, and can't be made without them.
func withoutSignIn(t *testing.T, want map[string]any) {
	t.Helper()
	signIns := want["sign_in"].(map[string]any)
	if _, ok := signIns["rhsso"]; !ok {
		t.Error("the recorded state has no sign-in: the exception is out of date")
	}
	delete(signIns, "rhsso")
}

// withoutIssuer: the issuer has address, id and secret of a realm's client; its place stays empty.
func withoutIssuer(t *testing.T, want map[string]any) {
	t.Helper()
	for _, p := range want["products"].(map[string]any) {
		product := p.(map[string]any)
		for _, proxy := range []any{product["proxy"], at(product, "staging", "proxy")} {
			if _, ok := proxy.(map[string]any)["oidc_issuer_endpoint"]; !ok {
				t.Error("the recorded state has no issuer: the exception is out of date")
			}
			delete(proxy.(map[string]any), "oidc_issuer_endpoint")
		}
		delete(product, "flows") // read along with an issuer only
	}
}

// withoutAccounts: accounts, their applications and subscriptions are other work.
func withoutAccounts(want, have map[string]any) {
	delete(want, "accounts")
	delete(have, "accounts")
}

// withoutAccessCode: a new tenant has a random access code, and the document doesn't speak of it.
func withoutAccessCode(t *testing.T, have map[string]any) {
	t.Helper()
	provider := have["provider"].(map[string]any)
	if _, ok := provider["site_access_code"]; !ok {
		t.Error("the tenant has lost its access code, which the document doesn't name")
	}
	delete(provider, "site_access_code")
}
