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
