package keycloak_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// Attributes of users, groups and roles are lists of texts, in no order; a document may say one value, or numbers.
func TestAttributesInEveryForm(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {}}`)
		if s.version == 26 {
			w.allowAttributes()
		}
		w.applyText(`realms: {REALM: {users: {robot: {attributes: {team: ml, level: 3, on: true, some: [3, 1, 2]}}},
  roles: {r: {attributes: {team: ml, some: [3, 1]}}}, groups: {g: {attributes: {team: ml, level: [3]}}}}}`)
		attributes, _ := w.user("robot")["attributes"].(map[string]any)
		sameSet(t, "one value", list(attributes["team"]), "ml")
		sameSet(t, "numbers", list(attributes["some"]), "1", "2", "3")
		w.admin.must(put, "/"+w.realm+"/users/"+w.user("robot")["id"].(string), m{"attributes": m{"team": []string{"ml"}, "level": []string{"3"}, "on": []string{"true"}, "some": []string{"1", "2", "3"}}})
		if p := w.applyText(`realms: {REALM: {users: {robot: {attributes: {some: [3, 1, 2]}}}}}`); !p.Empty {
			t.Errorf("another order is no change: %s", lines(p.Changes[0].Fields))
		}
	})
}

// 26 lists a hundred identity providers where it isn't asked for more.
func TestMoreIdentityProvidersThanAPage(t *testing.T) {
	for _, version := range []int{26, 18} {
		w := newWorld(t, stub(t, keycloaktest.Options{Version: version}))
		var all strings.Builder
		for i := range 102 {
			fmt.Fprintf(&all, "i%d: {providerId: oidc, config: {clientId: a, authorizationUrl: \"https://a.example.com/a\", tokenUrl: \"https://a.example.com/t\"}}, ", i)
		}
		w.applyText("realms: {REALM: {identityProviders: {" + all.String() + "}}}")
	}
}

// A role of a client and a role of the realm may look alike when they are written short.
func TestRolesWithSlashes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		roles := `roles: {a/b: {}, r: {composites: [%s]}}, clients: {a: {roles: {b: {}}}, a/b: {roles: {c: {}}}, ü b: {roles: {b/c: {}}}}, groups: {g: {roles: [%[1]s]}}`
		for _, round := range []struct {
			said string
			want []string
		}{
			{`{role: a/b}`, []string{"a/b"}},
			{`{client: a, role: b}`, []string{"b"}},
			{`{role: a/b}, {client: a, role: b}, {client: a/b, role: c}, {client: ü b, role: b/c}`, []string{"a/b", "b", "c", "b/c"}},
			{``, nil},
		} {
			w.applyText(`realms: {REALM: {` + fmt.Sprintf(roles, round.said) + `}}`)
			var got []any
			id := w.find("/roles", "name", "r")["id"].(string)
			for _, role := range list(w.admin.must(get, "/"+w.realm+"/roles-by-id/"+id+"/composites", nil)) {
				got = append(got, w.get("/roles-by-id/" + role.(m)["id"].(string))["name"]) // 18 leaves it out of the list
			}
			sameSet(t, "composites after "+round.said, got, round.want...)
		}
	})
}

// The role that every user has may be named, and is left alone where it isn't.
func TestTheDefaultRoleMayBeNamed(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {users: {robot: {roles: [default-roles-REALM]}}, clients: {c: {serviceAccountsEnabled: true, serviceAccountRoles: [default-roles-REALM]}}}}`)
		if p := w.applyText(`realms: {REALM: {users: {robot: {roles: []}}, clients: {c: {serviceAccountRoles: []}}}}`); !p.Empty {
			t.Errorf("%s", lines(p.Changes[0].Fields))
		}
	})
}

// Where an attribute isn't there, the server takes its default, which may be true.
func TestFalseIsNotNothingAmongAttributes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clients: {c: {}}}}`)
		w.applyText(`realms: {REALM: {clients: {c: {attributes: {use.refresh.tokens: false, client.session.max.lifespan: 0}}}}}`)
		if a := w.client("c")["attributes"].(m); a["use.refresh.tokens"] != "false" || a["client.session.max.lifespan"] != "0" {
			t.Errorf("%v", a)
		}
	})
}

// A username may be said beside its key, in the same capital letters.
func TestUsernameWithCapitals(t *testing.T) {
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	w.applyText(`realms: {REALM: {users: {Robot: {username: Robot, email: Robot@example.com}}}}`)
}

// 26 has another place for whether the sign-in page hides a provider, and takes the old one too.
func TestHiddenIdentityProvider(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		for _, hidden := range []bool{true, false, true} {
			w.applyText(fmt.Sprintf(`realms: {REALM: {identityProviders: {corp: {providerId: oidc, config: {clientId: a, hideOnLoginPage: %v,
  authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}}}}`, hidden))
			p := w.find("/identity-provider/instances", "alias", "corp")
			if got := fmt.Sprint(p["hideOnLogin"]); s.version == 26 && got != fmt.Sprint(hidden) {
				t.Errorf("hidden: %s, not %v", got, hidden)
			}
			if got := p["config"].(m)["hideOnLoginPage"]; s.version == 18 && got != fmt.Sprint(hidden) {
				t.Errorf("hidden: %v, not %v", got, hidden)
			}
		}
	})
}
