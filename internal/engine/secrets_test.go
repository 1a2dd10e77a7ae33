package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// planted has a secret at each place where one may stand: fields made for one, and configurations that take anything, at
// every depth and in lists.
const planted = `
apiVersion: maasctl/v1
name: planted
threescale: {url: https://maas-admin.example.com, token: "${env:UNUSED}"}
keycloak: {url: https://sso.example.com, credentials: {username: admin, password: "${env:UNUSED}"}}
tenant:
  accessCode: ${env:ACCESS_CODE}
  signIn: {sso: {kind: keycloak, site: "https://sso.example.com/realms/one", clientId: portal, clientSecret: "${env:SIGN_IN}"}}
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: /}
    secretToken: ${env:SECRET_TOKEN}
    authentication: {oidc: {issuer: "https://sso.example.com/realms/one", clientId: zync, clientSecret: "${env:ISSUER}"}}
    plans: {free: {}}
    policies:
      prepend:
        - {name: llm-metrics, version: "1.0", configuration: {upstream_authorization: "${env:LLM}"}}
        - {name: headers, configuration: {request: [{op: set, header: X-Key, value_type: plain, value: "${env:HEADERS}"}]}}
        - {name: default_credentials, configuration: {auth_type: user_key, user_key: "${env:DEFAULT_CREDENTIALS}"}}
        - {name: token_introspection, configuration: {auth_type: client_id+client_secret, client_id: a, client_secret: "${env:INTROSPECTION}", introspection_url: "https://sso.example.com"}}
        - {name: echo, configuration: {deep: {er: [[{own: ["${env:NESTED_LIST}"]}], "${env:IN_A_LIST}"]}}}
  keyed: {backends: {shop: /}, plans: {free: {}}}
accounts:
  Example:
    fields: {}
    users: {admin: {email: admin@one.example.com, password: "${env:ACCOUNT_USER}"}}
    applications: {One: {product: keyed, plan: free, userKey: "${env:USER_KEY}"}}
realms:
  one:
    smtpServer: {host: mail.example.com, from: no-reply@example.com, auth: true, user: mail, password: "${env:SMTP}"}
    attributes: {free: "${env:REALM_ATTRIBUTE}"}
    clients:
      app:
        secret: ${env:CLIENT_SECRET}
        attributes: {free: "${env:CLIENT_ATTRIBUTE}"}
        protocolMappers: {fixed: {protocolMapper: oidc-hardcoded-claim-mapper, config: {claim.name: a, claim.value: "${env:MAPPER}"}}}
    clientScopes: {wide: {attributes: {free: "${env:SCOPE_ATTRIBUTE}"}}}
    roles: {reader: {attributes: {free: ["${env:ROLE_ATTRIBUTE}"]}}}
    groups: {team: {attributes: {free: ["${env:GROUP_ATTRIBUTE}"]}}}
    users: {somebody: {password: "${env:USER_PASSWORD}"}}
    identityProviders:
      upstream:
        providerId: oidc
        config: {clientId: one, clientSecret: "${env:PROVIDER}", authorizationUrl: "https://up.example.com/a", tokenUrl: "https://up.example.com/t"}
        mappers: {given: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: "${env:PROVIDER_MAPPER}"}}}
`

// sent keeps the bodies of all requests to a server.
type sent struct {
	mu     sync.Mutex
	bodies []string
	next   http.Handler
}

func (s *sent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	if !strings.HasSuffix(r.URL.Path, "/token") {
		s.bodies = append(s.bodies, string(body))
	}
	s.mu.Unlock()
	s.next.ServeHTTP(w, r)
}

// Every secret of a document arrives, wherever it stands, and no mask does; a plan afterwards is empty, and shows none.
func TestSecretsArriveWhereverTheyStand(t *testing.T) {
	t.Parallel()
	inClear := func(name string) string {
		return "canary-" + strings.ToLower(strings.ReplaceAll(name, "_", "-")) + "-9"
	}
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(planted)})
	if doc != nil {
		found = append(found, doc.Resolve(t.Context(), maas.Sources{Env: func(name string) (string, bool) { return inClear(name), true }})...)
	}
	if found.HasErrors() {
		t.Fatal(found)
	}
	porta := &sent{next: threescaletest.New(threescaletest.Options{Token: "token"})}
	sso := &sent{next: keycloaktest.New(keycloaktest.Options{})}
	one, two := httptest.NewServer(porta), httptest.NewServer(sso)
	t.Cleanup(one.Close)
	t.Cleanup(two.Close)
	plain := func(s string) secret.Value { return secret.New("", s) }
	open := func() *engine.Engine {
		return &engine.Engine{Document: doc, Systems: []engine.System{
			keycloak.Open(keycloak.Config{URL: two.URL, Owner: engine.Owner(doc), Credentials: keycloak.Credentials{Username: plain("admin"), Password: plain("admin")}}),
			threescale.Open(threescale.Config{URL: one.URL, Token: plain("token"), Owner: engine.Owner(doc)}),
		}}
	}
	var seen bytes.Buffer
	e := open()
	for round := range 2 {
		p, live, err := e.Plan(t.Context(), engine.PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := view.Human(&seen, p, view.Full, view.Style{}); err != nil {
			t.Fatal(err)
		}
		if (round > 0) != p.Empty {
			t.Errorf("plan %d: empty %v, %d changes", round+1, p.Empty, len(p.Changes))
		}
		if err := json.NewEncoder(&seen).Encode(p); err != nil {
			t.Fatal(err)
		}
		r := e.Apply(t.Context(), p, live, apply.Options{})
		fmt.Fprintf(&seen, "%+v", r)
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		if found, err := e.Unkept(t.Context(), p, live, r); err != nil || len(found) > 0 {
			t.Errorf("not kept: %+v, error %v", found, err)
		}
		e = open()
	}
	bodies := strings.Join(append(porta.bodies, sso.bodies...), "\n")
	for _, m := range regexp.MustCompile(`\$\{env:(\w+)\}`).FindAllStringSubmatch(planted, -1) {
		name := m[1]
		if text := inClear(name); name != "UNUSED" && !strings.Contains(bodies, text) && !strings.Contains(bodies, url.QueryEscape(text)) {
			t.Errorf("%s has not arrived", name)
		}
	}
	for _, masked := range []string{`"` + secret.Mask + `"`, url.QueryEscape(secret.Mask), secret.Mask + "&"} {
		if strings.Contains(bodies, masked) {
			t.Errorf("a body has the mask: %s", masked)
		}
	}
	if at := strings.Index(seen.String(), "canary-"); at >= 0 {
		t.Errorf("a secret is shown: ...%s...", seen.String()[max(0, at-120):min(seen.Len(), at+40)])
	}
}
