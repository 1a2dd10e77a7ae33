package keycloak_test

import (
	"fmt"
	"strings"
	"testing"
)

// What the server does to a user by itself stays: who has a temporary password has to change it, whatever else they have to do.
func TestRequiredActionsOfUsers(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["P"] = "a-password"
		w.applyText(`realms: {REALM: {requiredActions: {CONFIGURE_TOTP: {defaultAction: true}}}}`)
		const users = `realms: {REALM: {users: {
  new: {password: "${env:P}", temporary: true, requiredActions: [%s]}, kept: {password: "${env:P}", temporary: true}, none: {requiredActions: []}}}}`
		has := func(user string, want ...string) {
			t.Helper()
			sameSet(t, user, list(w.user(user)["requiredActions"]), want...)
		}
		w.applyText(fmt.Sprintf(users, "UPDATE_PROFILE"))
		has("new", "UPDATE_PASSWORD", "UPDATE_PROFILE")
		has("kept", "UPDATE_PASSWORD", "CONFIGURE_TOTP")
		has("none")
		w.applyText(fmt.Sprintf(users, "VERIFY_EMAIL"))
		has("new", "UPDATE_PASSWORD", "VERIFY_EMAIL")
		w.applyText(`realms: {REALM: {users: {new: {requiredActions: []}}}}`)
		has("new")
	})
}

// 26 drops attributes that the realm's user profile doesn't have, and says nothing.
func TestAttributesOutsideTheUserProfile(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {users: {una: {email: una@example.com, attributes: {tier: [free]}}}}}`)
		if s.version == 18 {
			w.apply(doc)
			return
		}
		refused := func() {
			t.Helper()
			err := w.refused(doc)
			if err == nil || !strings.Contains(err.Error(), `user una of realm `+w.realm+`: the realm's user profile doesn't have the attribute "tier"`) ||
				!strings.Contains(err.Error(), "unmanagedAttributePolicy to ENABLED") || !strings.Contains(err.Error(), "stdin:4:") {
				t.Errorf("%v", err)
			}
		}
		refused()
		w.applyText(`realms: {REALM: {}}`)
		refused()
		profile := w.get("/users/profile")
		profile["attributes"] = append(list(profile["attributes"]), m{"name": "tier", "permissions": m{"view": []string{"admin"}, "edit": []string{"admin"}}})
		w.admin.must(put, "/"+w.realm+"/users/profile", profile)
		w.apply(doc)
	})
}

// Names of client scopes stand in the scope of a token, which 18 doesn't care for.
func TestNamesOfClientScopes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {clientScopes: {"Größe": {}, 'a"b': {}, 'a\b': {}, "a!b": {}}}}`)
		if s.version == 18 {
			w.apply(doc)
			return
		}
		for range 2 {
			err := w.refused(doc)
			if err == nil || strings.Count(err.Error(), "takes no such name") != 3 {
				t.Errorf("%v", err)
			}
			w.applyText(`realms: {REALM: {}}`) // the realm is there then
		}
	})
}

func TestRequiredActionsThatNobodyKnows(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		for range 2 {
			for text, want := range map[string]string{
				`{requiredActions: {no-such-action: {enabled: true}}}`: `required action no-such-action of realm REALM: this server has no required action "no-such-action"`,
				`{users: {una: {requiredActions: [UPDATE_PASWORD]}}}`:  `user una of realm REALM: this server has no required action "UPDATE_PASWORD"; did you mean "UPDATE_PASSWORD"?`,
			} {
				err := w.refused(w.document(`realms: {REALM: ` + text + `}`))
				if err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(want, "REALM", w.realm)) {
					t.Errorf("%s: %v", text, err)
				}
			}
			w.applyText(`realms: {REALM: {requiredActions: {UPDATE_PASSWORD: {config: {max_auth_age: "100"}}}}}`)
		}
	})
}

func TestFieldsThatCameLater(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {}}`)
		doc := w.document(`realms: {REALM: {organizationsEnabled: true}}`)
		if s.version == 26 {
			w.apply(doc)
			return
		}
		if err := w.refused(doc); err == nil || !strings.Contains(err.Error(), "organizationsEnabled: this server is a Keycloak 18, which doesn't have it yet: it came with 25") {
			t.Errorf("%v", err)
		}
	})
}

// A new realm would take nothing of such a policy, or make zeros of all that isn't said.
func TestPartOfAPolicyForOneTimePasswords(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		for _, said := range []string{`otpPolicyDigits: 8`, `otpPolicyType: totp, otpPolicyDigits: 8`} {
			w := newWorld(t, s)
			w.applyText(`realms: {REALM: {` + said + `, attributes: {a: b}}}`)
			if r := w.get(""); r["otpPolicyDigits"] != 8.0 || r["otpPolicyPeriod"] != 30.0 || r["otpPolicyLookAheadWindow"] != 1.0 || r["attributes"].(m)["a"] != "b" {
				t.Errorf("%s: %v %v %v", said, r["otpPolicyDigits"], r["otpPolicyPeriod"], r["otpPolicyLookAheadWindow"])
			}
		}
	})
}

// Another default role can be chosen for a new realm only.
func TestDefaultRole(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		const text = `realms: {REALM: {roles: {r: {description: mine}, q: {}}, defaultRole: {name: %s}}}`
		w.applyText(fmt.Sprintf(text, "r"))
		if got := w.get("")["defaultRole"].(m)["name"]; got != "r" {
			t.Errorf("the default role is %v", got)
		}
		_, p, _ := w.plan(w.document(fmt.Sprintf(text, "q")))
		if !p.Empty || len(p.Manual) != 1 || !strings.Contains(p.Manual[0].Why, "say the composites of the one that the realm has") {
			t.Errorf("%v %v", p.Changes, p.Manual)
		}
	})
}

// What isn't in the server is refused before the realm is made that is to have it.
func TestProvidersThatTheServerLacks(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		for range 2 {
			for text, want := range map[string]string{
				`{clientProfiles: {p: {executors: [{executor: pkce-enforcer, configuration: {}}, {executor: no-such, configuration: {}}]}}}`: `client profile p of realm REALM: this server has no executor "no-such"`,
				`{clientPolicies: {p: {enabled: true, conditions: [{condition: any-cliant, configuration: {}}]}}}`:                           `this server has no condition "any-cliant"; did you mean "any-client"?`,
				`{identityProviders: {i: {providerId: oidk, config: {clientId: a}}}}`:                                                        `identity provider i of realm REALM: this server has no kind of identity provider "oidk"; did you mean "oidc"?`,
			} {
				err := w.refused(w.document(`realms: {REALM: ` + text + `}`))
				if err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(want, "REALM", w.realm)) {
					t.Errorf("%s: %v", text, err)
				}
			}
			w.applyText(`realms: {REALM: {clientProfiles: {p: {executors: [{executor: reject-request, configuration: {}}]}}}}`)
		}
	})
}

// 26 takes no mail server without a sender.
func TestMailServerWithoutSender(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {smtpServer: {host: mail.example.com}}}`)
		if s.version == 18 {
			w.apply(doc)
			return
		}
		if err := w.refused(doc); err == nil || !strings.Contains(err.Error(), "smtpServer needs from") {
			t.Errorf("%v", err)
		}
		w.applyText(`realms: {REALM: {smtpServer: {host: mail.example.com, from: a@example.com}}}`)
		w.apply(doc)
	})
}

// What the server gives to the role that all users have stays, and isn't what the document wrote.
func TestCompositesOfTheDefaultRole(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		composites := func(role string) []any {
			id := w.find("/roles", "name", role)["id"].(string)
			var names []any
			for _, c := range list(w.admin.must(get, "/"+w.realm+"/roles-by-id/"+id+"/composites", nil)) {
				names = append(names, w.get("/roles-by-id/" + c.(m)["id"].(string))["name"])
			}
			return names
		}
		w.applyText(`realms: {REALM: {roles: {r: {}, default-roles-REALM: {composites: [r, offline_access]}}}}`)
		if got := composites("default-roles-" + w.realm); !has(got, "r") || !has(got, "uma_authorization") {
			t.Errorf("%v", got)
		}
		other := newWorld(t, s)
		other.applyText(`realms: {REALM: {defaultRole: {name: all}, roles: {r: {}, all: {composites: [r]}}}}`)
	})
}
