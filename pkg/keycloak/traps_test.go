package keycloak_test

import (
	"net/http"
	"strings"
	"testing"
)

// Each of these loses something on one of the servers when a PUT is sent without care.

func TestRealmKeepsWhatAPutReplaces(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["MAIL"] = "mail-password"
		w.applyText(`realms: {REALM: {displayName: Before, displayNameHtml: <b>B</b>, attributes: {acr.loa.map: "{}"}, browserSecurityHeaders: {xFrameOptions: DENY},
  smtpServer: {host: mail.example.com, from: a@example.com, auth: "true", user: u, password: "${env:MAIL}"},
  clientProfiles: {p: {executors: [{executor: pkce-enforcer, configuration: {auto-configure: true}}]}}, clientPolicies: {q: {enabled: true, conditions: [], profiles: [p]}}}}`)
		w.admin.must(http.MethodPut, "/"+w.realm, map[string]any{"loginTheme": "keycloak"})
		own := w.get("")["attributes"].(map[string]any)["cibaExpiresIn"]
		w.applyText(`realms: {REALM: {attributes: {frontendUrl: "https://sso.example.com"}, smtpServer: {replyTo: b@example.com}}}`)
		got := w.get("")
		headers, _ := got["browserSecurityHeaders"].(map[string]any)
		mail, _ := got["smtpServer"].(map[string]any)
		attributes, _ := got["attributes"].(map[string]any)
		if got["displayName"] != "Before" || got["displayNameHtml"] != "<b>B</b>" || got["loginTheme"] != "keycloak" || headers["xFrameOptions"] != "DENY" {
			t.Errorf("lost: %v %v %v %v", got["displayName"], got["displayNameHtml"], got["loginTheme"], headers)
		}
		if attributes["acr.loa.map"] != "{}" || attributes["frontendUrl"] == nil || attributes["cibaExpiresIn"] != own {
			t.Errorf("attributes: %v", attributes)
		}
		if mail["host"] != "mail.example.com" || mail["replyTo"] != "b@example.com" || mail["password"] == nil {
			t.Errorf("smtpServer: %v", mail)
		}
		for what, path := range map[string]string{"profiles": "/client-policies/profiles", "policies": "/client-policies/policies"} {
			if found := list(w.get(path)[what]); len(found) != 1 {
				t.Errorf("client %s: %v", what, found)
			}
		}
		w.applyText(`realms: {REALM: {displayName: ""}}`)
		if name := w.get("")["displayName"]; name != nil && name != "" {
			t.Errorf(`"" doesn't empty a text: %v`, name)
		}
	})
}

func TestClientKeepsWhatAPutReplaces(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["S"] = "given-secret"
		w.applyText(`realms: {REALM: {clients: {gw: {secret: "${env:S}", redirectUris: ["https://a.example.com/*"], webOrigins: [], attributes: {access.token.lifespan: "60"},
  protocolMappers: {mail: {userProperty: email, claim: mail}}}}}}`)
		id := w.client("gw")["id"].(string)
		byHand := map[string]any{"name": "by hand", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": map[string]any{"included.custom.audience": "x"}}
		w.admin.must(http.MethodPost, "/"+w.realm+"/clients/"+id+"/protocol-mappers/models", byHand)
		w.applyText(`realms: {REALM: {clients: {gw: {name: Gateway, redirectUris: ["https://b.example.com/*"], attributes: {pkce.code.challenge.method: S256}}}}}`)
		got := w.client("gw")
		attributes, _ := got["attributes"].(map[string]any)
		if len(list(got["protocolMappers"])) != 2 {
			t.Errorf("mappers: %v", got["protocolMappers"])
		}
		if attributes["access.token.lifespan"] != "60" || attributes["pkce.code.challenge.method"] != "S256" || attributes["maasctl.owner"] != w.mark() {
			t.Errorf("attributes: %v", attributes)
		}
		if len(list(got["webOrigins"])) != 0 {
			t.Errorf("origins of redirect URIs came in: %v", got["webOrigins"])
		}
		if v := w.get("/clients/" + id + "/client-secret")["value"]; v != "given-secret" {
			t.Errorf("the secret has become %v", v)
		}
		w.applyText(`realms: {REALM: {clients: {gw: {redirectUris: [], attributes: {access.token.lifespan: ""}}}}}`)
		got = w.client("gw")
		if _, there := got["attributes"].(map[string]any)["access.token.lifespan"]; there || len(list(got["redirectUris"])) != 0 {
			t.Errorf("what is said to be empty isn't: %v %v", got["attributes"], got["redirectUris"])
		}
	})
}

func TestScopesAreAddedNotReplaced(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clientScopes: {tier: {}, extra: {}}, clients: {
  new: {defaultClientScopes: [tier, {name: profile, absent: true}], optionalClientScopes: [email, extra]}, plain: {}}}}`)
		want := []string{"acr", "roles", "tier", "web-origins"}
		if s.version == 26 {
			want = append(want, "basic")
		}
		sameSet(t, "defaults", list(w.client("new")["defaultClientScopes"]), want...)
		if optional := list(w.client("new")["optionalClientScopes"]); !has(optional, "email") || !has(optional, "extra") || !has(optional, "phone") {
			t.Errorf("a scope that was default already didn't become optional: %v", optional)
		}
		w.applyText(`realms: {REALM: {clientScopes: {tier: {}}, clients: {plain: {optionalClientScopes: [tier]}}}}`)
		w.applyText(`realms: {REALM: {clientScopes: {tier: {}}, clients: {plain: {defaultClientScopes: [tier]}}}}`)
		if c := w.client("plain"); !has(list(c["defaultClientScopes"]), "tier") || has(list(c["optionalClientScopes"]), "tier") || !has(list(c["defaultClientScopes"]), "profile") {
			t.Errorf("%v %v", c["defaultClientScopes"], c["optionalClientScopes"])
		}
		w.applyText(`realms: {REALM: {clientScopes: {tier: {}}, optionalClientScopes: [profile], defaultClientScopes: [{name: email, absent: true}, tier]}}`)
		realmDefaults := w.names("/default-default-client-scopes")
		if has(realmDefaults, "email") || has(realmDefaults, "profile") || !has(realmDefaults, "tier") || !has(w.names("/default-optional-client-scopes"), "profile") {
			t.Errorf("the realm's defaults: %v", realmDefaults)
		}
	})
}

func TestMappersKeepTheirConfig(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clientScopes: {tier: {protocolMappers: {tier: {userAttribute: tier, claim: tier}}}},
  identityProviders: {corp: {providerId: oidc, storeToken: true, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"},
    mappers: {m: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: x}}}}}}}`)
		w.applyText(`realms: {REALM: {clientScopes: {tier: {description: changed, protocolMappers: {tier: {userAttribute: tier, claim: plan}}}},
  identityProviders: {corp: {providerId: oidc, displayName: Corp, mappers: {m: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute.value: y}}}}}}}`)
		scope := w.find("/client-scopes", "name", "tier")
		config := list(scope["protocolMappers"])[0].(map[string]any)["config"].(map[string]any)
		if config["claim.name"] != "plan" || config["user.attribute"] != "tier" || config["maasctl.owner"] != w.mark() || scope["description"] != "changed" {
			t.Errorf("scope: %v", scope)
		}
		p := w.find("/identity-provider/instances", "alias", "corp")
		if p["displayName"] != "Corp" || p["storeToken"] != true || p["config"].(map[string]any)["tokenUrl"] != "https://a.example.com/t" {
			t.Errorf("provider: %v", p)
		}
		m := w.find("/identity-provider/instances/corp/mappers", "name", "m")["config"].(map[string]any)
		if m["attribute"] != "a" || m["attribute.value"] != "y" {
			t.Errorf("mapper: %v", m)
		}
	})
}

func TestMaskedSecretStaysAndAChangedReferenceIsNoticed(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		text := `realms: {REALM: {identityProviders: {corp: {providerId: oidc, trustEmail: true, config: {clientId: a, clientSecret: "${env:UP}", authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}}}}`
		w.variables["UP"] = "upstream-one"
		w.applyText(text)
		w.applyText(`realms: {REALM: {identityProviders: {corp: {providerId: oidc, trustEmail: false}}}}`) // a PUT that says nothing of the secret
		if p := w.applyText(text); len(p.Changes) != 1 || strings.Contains(lines(p.Changes[0].Fields), "clientSecret") {
			t.Errorf("the secret is the same: %s", lines(p.Changes[0].Fields))
		}
		w.variables["UP"] = "upstream-two"
		p := w.applyText(text)
		if len(p.Changes) != 1 || lines(p.Changes[0].Fields) != "set config.clientSecret : *** -> ***" {
			t.Errorf("another secret: %+v", p.Changes)
		}
		if s.version == 18 { // which shows it in clear
			shown := list(w.get("")["identityProviders"])[0].(map[string]any)["config"].(map[string]any)["clientSecret"]
			if shown != "upstream-two" {
				t.Errorf("stored: %v", shown)
			}
		}
		w.config.Transport.Redactor = nil // one that doesn't know it yet
		w.applyText(`realms: {REALM: {}}`)
		for _, secret := range []string{"upstream-one", "upstream-two"} {
			if strings.Contains(w.trace.String(), secret) {
				t.Errorf("%s stands in the trace", secret)
			}
		}
	})
}

func TestUserKeepsNamesWhenAttributesChange(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["P"] = "a-password"
		w.applyText(`realms: {REALM: {users: {robot: {email: robot@example.com, firstName: Ro, lastName: Bot, password: "${env:P}"}}}}`)
		if s.version == 26 {
			doc := w.document(`realms: {REALM: {users: {robot: {attributes: {tier: [a]}}}}}`)
			if err := w.refused(doc); err == nil || !strings.Contains(err.Error(), `the realm's user profile doesn't have the attribute "tier"`) {
				t.Errorf("an attribute that the server drops without a word: %v", err)
			}
			w.allowAttributes()
		}
		w.admin.must(http.MethodPut, "/"+w.realm+"/users/"+w.user("robot")["id"].(string), map[string]any{
			"email": "robot@example.com", "firstName": "Ro", "lastName": "Bot", "attributes": map[string]any{"tier": []string{"a"}},
		})
		w.applyText(`realms: {REALM: {users: {robot: {attributes: {tier: [b]}}}}}`)
		got := w.user("robot")
		if got["email"] != "robot@example.com" || got["firstName"] != "Ro" || got["lastName"] != "Bot" {
			t.Errorf("lost: %v", got)
		}
		if got["enabled"] != true {
			t.Error("a user is enabled unless the document says otherwise")
		}
		w.variables["P"] = "another-password"
		if p := w.applyText(`realms: {REALM: {users: {robot: {password: "${env:P}"}}}}`); !p.Empty {
			t.Errorf("a user's password is never overwritten: %+v", p.Changes[0].Fields)
		}
	})
}

func TestGroupAndRoleKeepAttributes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {roles: {r 2/ä: {description: one, attributes: {level: ["1", "2"]}}}, groups: {g: {attributes: {a: [x], b: [y]}}}}}`)
		w.applyText(`realms: {REALM: {roles: {r 2/ä: {description: two}}, groups: {g: {attributes: {a: [z]}}}}}`)
		role := w.find("/roles?briefRepresentation=false", "name", "r 2/ä")
		group := w.find("/groups?briefRepresentation=false", "name", "g")
		if role["description"] != "two" || len(list(role["attributes"].(map[string]any)["level"])) != 2 {
			t.Errorf("role: %v", role)
		}
		attributes := group["attributes"].(map[string]any)
		if !has(list(attributes["a"]), "z") || !has(list(attributes["b"]), "y") || !has(list(attributes["maasctl.owner"]), w.mark()) {
			t.Errorf("group: %v", attributes)
		}
	})
}

func TestRequiredActionKeepsItsPlace(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {}}`)
		before := w.find("/authentication/required-actions", "alias", "CONFIGURE_TOTP")
		w.applyText(`realms: {REALM: {requiredActions: {CONFIGURE_TOTP: {defaultAction: true}}}}`)
		after := w.find("/authentication/required-actions", "alias", "CONFIGURE_TOTP")
		if after["priority"] != before["priority"] || after["name"] != before["name"] || after["enabled"] != true || after["defaultAction"] != true {
			t.Errorf("%v has become %v", before, after)
		}
		w.applyText(`realms: {REALM: {requiredActions: {CONFIGURE_TOTP: {absent: true}}}}`)
		if w.find("/authentication/required-actions", "alias", "CONFIGURE_TOTP") != nil {
			t.Error("it is still there")
		}
		w.applyText(`realms: {REALM: {requiredActions: {CONFIGURE_TOTP: {name: OTP, enabled: false}}}}`)
		if got := w.find("/authentication/required-actions", "alias", "CONFIGURE_TOTP"); got["name"] != "OTP" || got["enabled"] != false {
			t.Errorf("registered again: %v", got)
		}
	})
}
