package doctor_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// eachKeycloak runs a test against the stand-ins, and against the real servers whose addresses the environment gives.
func eachKeycloak(t *testing.T, test func(t *testing.T, base string)) {
	t.Helper()
	for name, version := range map[string]int{"stand-in-26": 26, "stand-in-18": 18} {
		t.Run(name, func(t *testing.T) {
			base := serveAll(t, keycloaktest.New(keycloaktest.Options{Version: version}))
			if version == 18 {
				base += "/auth"
			}
			test(t, base)
		})
	}
	for _, server := range testkit.Keycloaks() {
		t.Run(fmt.Sprintf("real-%d", server.Version), func(t *testing.T) {
			if server.URL == "" {
				server.Missing(t)
			}
			test(t, server.URL)
		})
	}
}

const realms = `
realms:
  master: {clients: {a: {}}, users: {somebody: {}}, identityProviders: {}}
  doctor-no-such: {clients: {a: {}}}
  gone: {absent: true}
`

func ofKeycloak(t *testing.T, address, credentials, rest string) *doctor.Report {
	t.Helper()
	document := `keycloak: {url: "` + address + `", credentials: {` + credentials + `}}` + "\n" + rest
	return examined(t, document, map[string]string{"P": "admin", "WRONG": "canary-wrong"})
}

const admin = `username: admin, password: "${env:P}"`

func TestKeycloakInOrder(t *testing.T) {
	eachKeycloak(t, func(t *testing.T, base string) {
		r := ofKeycloak(t, base, admin, realms)
		got := lines(r, true)
		compare(t, append(got[:2:2], got[3:]...), []string{ // the version isn't told by all
			"ok reachable: it answers", "ok credentials: realm master takes them",
			"ok realm master: it is there", "ok realm master clients: can be read and written", "ok realm master users: can be read",
			"ok realm master identity providers: can be read", "note realm doctor-no-such: it isn't there yet",
		})
		if name := r.Systems[0].Checks[2].Name; name != "version" {
			t.Error(name)
		}
	})
}

func TestBasePathIsFound(t *testing.T) {
	eachKeycloak(t, func(t *testing.T, base string) {
		said := base + "/auth"
		if without, ok := strings.CutSuffix(base, "/auth"); ok {
			said = without
		}
		r := ofKeycloak(t, said, admin, "")
		if got := lines(r, true); got[0] != "ok reachable: it answers at "+base+": the base path was found" || r.Systems[0].URL != base {
			t.Error(got, r.Systems[0].URL)
		}
	})
}

func TestCredentialsThatNobodyTakes(t *testing.T) {
	eachKeycloak(t, func(t *testing.T, base string) {
		for _, credentials := range []string{
			`username: admin, password: "${env:WRONG}"`, `clientId: nobody, clientSecret: "${env:WRONG}"`, `token: "${env:WRONG}"`,
			`realm: nowhere, username: admin, password: "${env:P}"`,
		} {
			got := lines(ofKeycloak(t, base, credentials, realms), true)
			if len(got) != 2 || !strings.HasPrefix(got[1], "refused credentials: realm ") || strings.Contains(got[1], "{") {
				t.Errorf("%s: %v", credentials, got)
			}
		}
	})
}

func TestAddressesThatAreNoKeycloak(t *testing.T) {
	page := serveAll(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	nothing := serveAll(t, http.NotFoundHandler())
	for address, want := range map[string]string{
		page:                 "problem reachable: there is no Keycloak at " + page + ", nor at " + page + "/auth: ",
		nothing + "/auth":    "problem reachable: there is no Keycloak at " + nothing + "/auth, nor at " + nothing + ": ",
		"http://127.0.0.1:1": "problem reachable: GET /realms/master: dial tcp",
	} {
		compare(t, lines(ofKeycloak(t, address, admin, realms), true), []string{want})
	}
}

// What a realm's own account may do, as Keycloak shows it: 200 with the name alone where it may not see the realm, and what it
// may do with an object in that object.
func TestRightsInARealm(t *testing.T) {
	const at = "/admin/realms/team"
	base := serve(t, keycloaktest.New(keycloaktest.Options{}), map[string]string{
		"/realms/team/protocol/openid-connect/token": `200 {"access_token":"canary-access"}`,
		at:                                  `200 {"realm":"team"}`,
		at + "/clients":                     `200 [{"clientId":"account","access":{"view":true,"manage":false}}]`,
		at + "/users":                       `200 []`,
		at + "/identity-provider/instances": `403 {"error":"HTTP 403 Forbidden"}`,
		"/admin/realms/later":               `404 {"error":"Realm not found."}`,
		"/admin/realms/odd":                 `500 {"error":"canary-access is odd"}`,
		"/admin/realms/hidden":              `403 {}`,
		"/admin/serverinfo":                 `200 {"systemInfo":{"version":"26.0.1"}}`,
	})
	r := ofKeycloak(t, base, `realm: team, clientId: c, clientSecret: "${env:WRONG}"`, `
realms:
  team: {clientScopes: {s: {}}, groups: {g: {}}, identityProviders: {}}
  later: {}
  odd: {}
  hidden: {}
`)
	compare(t, lines(r, true), []string{
		"ok reachable: ", "ok credentials: realm team takes them", "ok version: 26.0.1",
		"refused realm team: the account may not see its settings", "refused realm team clients: the account may only see them",
		"ok realm team users: can be read; reading can't tell", "refused realm team identity providers: the account may not see them",
		"problem realm later: it isn't there, and an account of realm team can't make one", "problem realm odd: GET /admin/realms/odd: 500 *** is odd", "refused realm hidden: ",
	})
}

// An account with create-realm alone may not see master, where it is.
func TestAccountThatMaySeeOtherRealmsOnly(t *testing.T) {
	base := serve(t, keycloaktest.New(keycloaktest.Options{}), map[string]string{
		"/admin/realms/master": `403 {"error":"HTTP 403 Forbidden"}`, "/admin/serverinfo": `200 {"systemInfo":{}}`,
	})
	compare(t, lines(ofKeycloak(t, base, admin, "realms: {doctor-no-such: {}}\n"), true)[1:], []string{
		"ok credentials: realm master takes them", "note version: ", "note realm doctor-no-such: ",
	})
}
