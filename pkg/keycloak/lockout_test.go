package keycloak_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/secret"
)

// requireRefusals plans documents, and wants each to be refused with some words, or, with none, to be planned.
func (w *world) requireRefusals(cases map[string]string) {
	w.t.Helper()
	for text, want := range cases {
		err := w.refused(w.document("realms: {" + text + "}"))
		var refused *keycloak.Refusal
		switch {
		case want == "" && err != nil:
			w.t.Errorf("%s: %v", text, err)
		case want != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), want) || refused.Source.Line == 0):
			w.t.Errorf("%s: %v, not %q", text, err, want)
		}
	}
}

// markAsOwn makes the document the owner of an object, so that what it doesn't say goes.
func (w *world) markAsOwn(path string) {
	w.t.Helper()
	raw := w.admin.must(get, path, nil).(m)
	attributes, _ := raw["attributes"].(m)
	if attributes == nil {
		attributes = m{}
	}
	attributes["maasctl.owner"] = w.mark()
	raw["attributes"] = attributes
	delete(raw, "secret") // masked
	w.admin.must(put, path, raw)
}

// The administrator of master who signs in by password.
func TestPlansThatLockTheAdministratorOut(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["OFF"] = "false"
		if !s.real { // others use those too
			w.markAsOwn("/master")
			w.requireRefusals(map[string]string{
				`master: {users: {Admin: {roles: []}}}`: "user admin of realm master: takes the role admin from the user that maasctl signs in as; sign in with another account",
			})
		}
		w.requireRefusals(map[string]string{
			`master: {sslRequired: all}`:                                                                          "maasctl signs in at it without TLS",
			`master: {directGrantFlow: registration}`:                                                             "maasctl signs in at it, which directGrantFlow: registration ends",
			`master: {displayName: x, sslRequired: none}`:                                                         "",
			`master: {users: {admin: {roles: [admin], requiredActions: [UPDATE_PASSWORD]}}}`:                      "who could do so no more before UPDATE_PASSWORD is done",
			`master: {users: {admin: {roles: [admin, create-realm]}}}`:                                            "",
			`master: {users: {admin: {enabled: "${env:OFF}"}}}`:                                                   "which enabled: false ends",
			`master: {clients: {admin-cli: {publicClient: false}}}`:                                               "which publicClient: false ends",
			`master: {clients: {admin-cli: {defaultClientScopes: [{name: roles, absent: true}]}}}`:                "whose tokens would lose their roles",
			`master: {clients: {admin-cli: {name: x}, account: {directAccessGrantsEnabled: false}}}`:              "",
			`REALM: {enabled: false, clients: {admin-cli: {directAccessGrantsEnabled: false}}, users: {bob: {}}}`: "",
		})
	})
}

func TestPlansThatLockTheClientOut(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {roles: {ops: {composites: [realm-management/view-users]}}}}`)
		w.config.Credentials = w.serviceClient(w.realm, "maasctl")
		w.grantTo(w.realm, "maasctl", "realm-management", "realm-admin")
		w.markAsOwn("/" + w.realm + "/clients/" + w.client("maasctl")["id"].(string))
		w.variables["SAME"], w.variables["OTHER"] = "service-secret", "other-secret"
		w.requireRefusals(map[string]string{
			`REALM: {enabled: false}`:                                      "maasctl signs in at it, which enabled: false ends",
			`REALM: {absent: true}`:                                        "maasctl signs in at it; sign in with another account",
			`REALM: {clients: {maasctl: {absent: true}}}`:                  "maasctl signs in with this client; sign in with another account",
			`REALM: {clients: {maasctl: {enabled: false}}}`:                "which enabled: false ends",
			`REALM: {clients: {maasctl: {serviceAccountsEnabled: false}}}`: "which serviceAccountsEnabled: false ends",
			`REALM: {clients: {maasctl: {publicClient: true}}}`:            "which publicClient: true ends",
			`REALM: {clients: {maasctl: {secret: "${env:OTHER}"}}}`:        "the secret would be another than the credentials'",
			`REALM: {clients: {maasctl: {secret: "${env:SAME}", name: x, directAccessGrantsEnabled: true, serviceAccountRoles: [realm-management/realm-admin, realm-management/manage-users]}}}`: "",
			`REALM: {clients: {maasctl: {serviceAccountRoles: []}}}`:                                                                  "takes the role realm-management/realm-admin from the account that maasctl signs in with",
			`REALM: {roles: {ops: {composites: []}}, clients: {maasctl: {serviceAccountRoles: [ops, realm-management/realm-admin]}}}`: "from one that gives maasctl's account, or administrators, their rights",
			`REALM: {roles: {ops: {composites: []}}}`:                                                                                 "",
		})
	})
}

// A token says itself whose it is.
func TestPlansThatLockTheTokensClientOut(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {}}`)
		w.serviceClient(w.realm, "maasctl")
		w.grantTo(w.realm, "maasctl", "realm-management", "realm-admin")
		w.markAsOwn("/" + w.realm + "/clients/" + w.client("maasctl")["id"].(string))
		token := w.admin.signIn(w.realm, url.Values{"client_id": {"maasctl"}, "client_secret": {"service-secret"}, "grant_type": {"client_credentials"}})
		w.config.Credentials = keycloak.Credentials{Token: secret.New("", token)}
		w.requireRefusals(map[string]string{
			`REALM: {clients: {maasctl: {enabled: false}}}`:          "which enabled: false ends",
			`REALM: {clients: {maasctl: {serviceAccountRoles: []}}}`: "from the account that maasctl signs in with",
			`REALM: {enabled: false}`:                                "which enabled: false ends",
			`REALM: {clients: {maasctl: {name: x}}}`:                 "",
		})
	})
}

// With a client of master's, administrators are of master too: one has to stay.
func TestTheLastAdministratorStays(t *testing.T) {
	for _, version := range []int{26, 18} {
		w := newWorld(t, stub(t, keycloaktest.Options{Version: version}))
		w.config.Credentials = w.serviceClient("master", "maasctl")
		w.grantTo("master", "maasctl", "", "admin")
		w.markAsOwn("/master")
		last := "this is the last administrator of this Keycloak"
		w.requireRefusals(map[string]string{
			`master: {users: {admin: {absent: true}}}`:   last,
			`master: {users: {admin: {enabled: false}}}`: last,
			`master: {users: {admin: {roles: []}}}`:      last,
			`master: {users: {admin: {firstName: x}}}`:   "",
		})
		w.admin.must(post, "/master/users", m{"username": "second", "enabled": true, "email": "s@example.com"})
		role := w.admin.must(get, "/master/roles/admin", nil)
		second := list(w.admin.must(get, "/master/users?exact=true&username=second", nil))[0].(m)["id"].(string)
		w.admin.must(post, "/master/users/"+second+"/role-mappings/realm", []any{role})
		w.requireRefusals(map[string]string{
			`master: {users: {admin: {absent: true}}}`:                      "",
			`master: {users: {admin: {absent: true}, second: {roles: []}}}`: last,
		})
	}
}

// The token endpoint answers 404 for a realm that isn't there, and that is no realm that is to be made.
func TestAccountOfARealmThatIsNotThere(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.config.Credentials.Realm = w.realm + "-nowhere"
		err := w.refused(w.document(`realms: {REALM: {clients: {a: {}}}}`))
		var nowhere *keycloak.NoRealmError
		if !errors.As(err, &nowhere) || !strings.Contains(err.Error(), `has no realm "`+w.realm+`-nowhere", where the account of the credentials is said to be`) {
			t.Errorf("%v", err)
		}
	})
}
