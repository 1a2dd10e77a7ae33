package keycloak_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// issuer is an upstream that can go away, and that may call itself something else.
type issuer struct {
	url  string
	name atomic.Value
	gone atomic.Bool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.gone.Load() || r.URL.Path != "/up/.well-known/openid-configuration" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, `{"issuer":%q,"authorization_endpoint":"%[2]s/auth","token_endpoint":"%[2]s/token","jwks_uri":"%[2]s/keys"}`, i.name.Load(), i.url)
	}))
	t.Cleanup(s.Close)
	i.url = s.URL + "/up"
	i.name.Store(i.url)
	return i
}

const upstreams = `realms: {REALM: {identityProviders: {up: {providerId: oidc, discovery: "UPSTREAM", config: {clientId: a, tokenUrl: "https://other.example.com/token"}}}}}`

func TestDiscovery(t *testing.T) {
	i := newIssuer(t)
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	w.config.Transport.Attempts = 1
	doc := w.document(strings.ReplaceAll(upstreams, "UPSTREAM", i.url+"/"))
	w.apply(doc)
	config := w.find("/identity-provider/instances", "alias", "up")["config"].(map[string]any)
	for key, want := range map[string]string{
		"issuer": i.url, "authorizationUrl": i.url + "/auth", "jwksUrl": i.url + "/keys", "useJwksUrl": "true", "validateSignature": "true",
		"tokenUrl": "https://other.example.com/token", // the document has the last word
	} {
		if config[key] != want {
			t.Errorf("%s is %v, not %s", key, config[key], want)
		}
	}
	if _, there := config["userInfoUrl"]; there {
		t.Error("an endpoint that the upstream doesn't name")
	}

	i.name.Store("https://elsewhere.example.com")
	_, p, _ := w.plan(doc)
	requireWarning(t, p, "says that the issuer is https://elsewhere.example.com")
	if len(p.Changes) != 1 || !strings.Contains(lines(p.Changes[0].Fields), "config.issuer") {
		t.Errorf("%+v", p.Changes)
	}
	i.name.Store(i.url)

	i.gone.Store(true)
	_, p, _ = w.plan(doc)
	requireWarning(t, p, "its endpoints are left as they are")
	if !p.Empty {
		t.Errorf("endpoints that are known are left alone: %+v", p.Changes)
	}
	other := newWorld(t, w.s)
	other.config.Transport.Attempts = 1
	_, _, err := other.engine(other.document(strings.ReplaceAll(upstreams, "UPSTREAM", i.url))).Plan(t.Context(), engine.PlanOptions{})
	var failed *keycloak.DiscoveryError
	if !errors.As(err, &failed) || failed.Provider != "up" || failed.Source.Line != 4 {
		t.Errorf("a new provider has no endpoints without: %v", err)
	}
}

// A provider's upstream may be a realm of the same plan: its endpoints are known before it is there.
func TestDiscoveryOfARealmThatIsToBeMade(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		people := w.realm + "-people"
		t.Cleanup(func() { w.admin.call(http.MethodDelete, "/"+people, nil) })
		w.applyText(fmt.Sprintf(`realms: {REALM: {identityProviders: {up: {providerId: keycloak-oidc, discovery: "%s/realms/%s", config: {clientId: a}}}}, %[2]s: {}}`, s.url, people))
		config := w.find("/identity-provider/instances", "alias", "up")["config"].(map[string]any)
		if config["tokenUrl"] != s.url+"/realms/"+people+"/protocol/openid-connect/token" || config["validateSignature"] != "true" {
			t.Errorf("%v", config)
		}
		_, _, err := w.engine(w.document(fmt.Sprintf(`realms: {REALM: {identityProviders: {other: {providerId: oidc, discovery: "%s/realms/nowhere", config: {clientId: a}}}}}`, s.url))).Plan(t.Context(), engine.PlanOptions{})
		var failed *keycloak.DiscoveryError
		if !errors.As(err, &failed) {
			t.Errorf("a realm that nobody makes has no endpoints: %v", err)
		}
	})
}

func TestIssuerThatIsNotTheDiscoverys(t *testing.T) {
	i := newIssuer(t)
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	text := strings.Replace(strings.ReplaceAll(upstreams, "UPSTREAM", i.url), "clientId: a", "clientId: a, issuer: ISSUER", 1)
	_, p, _ := w.plan(w.document(strings.Replace(text, "ISSUER", `"https://wrong.example.com"`, 1)))
	requireWarning(t, p, "its issuer isn't the one of its discovery, which is "+i.url)
	for _, name := range []string{i.url, "https://outside.example.com"} { // the same from outside, or by a name of its own
		i.name.Store(name)
		if _, p, _ = w.plan(w.document(strings.Replace(text, "ISSUER", `"`+name+`"`, 1))); len(p.Warnings) != 0 {
			t.Errorf("%+v", p.Warnings)
		}
	}
}

func TestChangedAliasIsTold(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		provider := func(alias, client string) string {
			return fmt.Sprintf(`%s: {providerId: oidc, config: {clientId: %s, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}`, alias, client)
		}
		doc := func(providers string) *maas.Document {
			return w.document("realms: {REALM: {identityProviders: {" + providers + "}}}")
		}
		w.apply(doc(provider("corp", "a")))
		_, p, _ := w.plan(doc(provider("corporate", "a")))
		requireWarning(t, p, "an alias can't be changed")
		for what, providers := range map[string]string{
			"another client":   provider("corporate", "b"),
			"both are wanted":  provider("corp", "a") + ", " + provider("corporate", "a"),
			"the old one goes": "corp: {absent: true}, " + provider("corporate", "a"),
		} {
			if _, p, _ = w.plan(doc(providers)); len(p.Warnings) != 0 {
				t.Errorf("%s: %+v", what, p.Warnings)
			}
		}
	})
}

func requireWarning(t *testing.T, p *plan.Plan, words string) {
	t.Helper()
	for _, w := range p.Warnings {
		if strings.Contains(w.Why, words) && w.Source != nil && w.Source.Line > 0 {
			return
		}
	}
	t.Errorf("no warning says %q: %+v", words, p.Warnings)
}

// The portal's callback is a name that 3scale hands over, for each sign-in by this client.
func TestPortalCallback(t *testing.T) {
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	doc := w.document(`threescale: {url: "https://maas-admin.example.com", token: "${env:U}"}
tenant: {signIn: {rhsso: {kind: keycloak, client: REALM/sso}}}
realms: {REALM: {clients: {sso: {redirectUris: [portal, "https://x.example.com/*"]}}}}`)
	objects, _, _ := keycloak.Open(w.config).Desired(doc, []string{"3scale", "keycloak"})
	want := plan.HandedName{Handed: plan.Handed{From: "3scale:tenant", Field: keycloak.PortalField}, Suffix: "/auth/rhsso/callback"}
	for _, o := range objects {
		if o.Name != "sso" {
			continue
		}
		set := o.Fields["redirectUris"].(plan.Set)
		found := 0
		for _, v := range set {
			if v == want {
				found++
			}
		}
		if len(set) != 2 || found != 1 || set["https://x.example.com/*"] != true {
			t.Errorf("%v", set)
		}
	}
	if _, _, notes := keycloak.Open(w.config).Desired(doc, []string{"keycloak"}); len(notes) != 1 || !strings.Contains(notes[0].Why, "3scale isn't part of the plan") {
		t.Errorf("%v", notes)
	}
	w.takePortal()
}

// takePortal applies the document's client with 3scale's word for where the portal is.
func (w *world) takePortal() {
	w.t.Helper()
	d := w.document(strings.ReplaceAll(`threescale: {url: "https://maas-admin.example.com", token: "${env:U}"}
tenant: {signIn: {rhsso: {kind: keycloak, client: REALM/sso}}}
realms: {REALM: {clients: {sso: {redirectUris: [portal]}}}}`, "REALM", w.realm))
	s := keycloak.Open(w.config)
	objects, collections, _ := s.Desired(d, []string{"3scale", "keycloak"})
	tenant := plan.New("3scale", "tenant", "", plan.Fields{})
	tenant.Outputs = map[string]any{keycloak.PortalField: "https://maas.example.com"}
	for round := range 2 {
		live, err := s.Read(w.t.Context(), objects, collections, false)
		if err != nil {
			w.t.Fatal(err)
		}
		live.Put(tenant)
		p, err := plan.Make(plan.Input{Owner: "maasctl:test", Targets: []plan.Target{{System: "keycloak"}}, Kinds: s.Kinds(), Desired: objects, Collections: collections, Live: live})
		if err != nil {
			w.t.Fatal(err)
		}
		if round == 1 && !p.Empty {
			w.t.Errorf("the callback is there: %s", lines(p.Changes[0].Fields))
		}
		for _, c := range p.Changes {
			if _, err := s.Execute(w.t.Context(), c, func(h plan.Handed) (any, error) { return tenant.Outputs[h.Field], nil }); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	sameSet(w.t.(*testing.T), "redirectUris", list(w.client("sso")["redirectUris"]), "https://maas.example.com/auth/rhsso/callback")
}

// Of several providers that can't be looked up it is always the same that is named.
func TestUndiscoveredIsTheSameEachTime(t *testing.T) {
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	w.config.Transport.Attempts = 1
	doc := w.document(`realms: {REALM: {identityProviders: {a: {providerId: oidc, discovery: "http://127.0.0.1:1/none"}, b: {providerId: oidc, discovery: "http://127.0.0.1:1/none"}, c: {providerId: oidc, discovery: "http://127.0.0.1:1/none"}}}}`)
	for range 20 {
		_, _, err := w.engine(doc).Plan(t.Context(), engine.PlanOptions{})
		var failed *keycloak.DiscoveryError
		if !errors.As(err, &failed) || failed.Provider != "a" {
			t.Fatalf("%v", err)
		}
	}
}
