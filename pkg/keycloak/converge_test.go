package keycloak_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/plan"
)

// whole has one of each kind that can go; "KEEP" is one that stays.
const whole = `realms:
  REALM:
    clientScopes: {KEEP: {}, scope: {protocolMappers: {m: {userProperty: email, claim: e}}}}
    roles: {KEEP: {}, role: {composites: [KEEP, client/cr]}}
    clients:
      KEEP: {protocolMappers: {KEEP: {userProperty: email, claim: e}, mapper: {userProperty: email, claim: f}}, roles: {KEEP: {}, cr2: {}}}
      client: {roles: {cr: {}}, serviceAccountsEnabled: true, serviceAccountRoles: [role]}
    groups: {KEEP: {groups: {KEEP: {}, below: {}}}, group: {roles: [role]}}
    identityProviders:
      KEEP: {providerId: oidc, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"},
        mappers: {KEEP: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: x}},
          pm: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: x}}}}
      provider: {providerId: oidc, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}
    users: {KEEPER: {}, user: {groups: [/group], roles: [role]}}
    clientProfiles: {KEEP: {executors: []}, profile: {executors: [{executor: pkce-enforcer, configuration: {auto-configure: true}}]}}
    clientPolicies: {KEEP: {enabled: true, conditions: []}, policy: {enabled: true, profiles: [profile], conditions: [{condition: client-access-type, configuration: {type: [public]}}]}}
`

// kept is what of it stays.
const kept = `realms:
  REALM:
    clientScopes: {KEEP: {}}
    roles: {KEEP: {}}
    clients: {KEEP: {protocolMappers: {KEEP: {userProperty: email, claim: e}}, roles: {KEEP: {}}}}
    groups: {KEEP: {groups: {KEEP: {}}}}
    identityProviders: {KEEP: {providerId: oidc, mappers: {KEEP: {identityProviderMapper: hardcoded-attribute-idp-mapper}}}}
    users: {KEEPER: {}}
    clientProfiles: {KEEP: {executors: []}}
    clientPolicies: {KEEP: {enabled: true}}
`

// goes are the objects that kept no longer has, below the realm.
var goes = []string{
	"client scope/scope", "role/role", "client/KEEP/mapper/mapper", "client/KEEP/role/cr2", "client/client", "group/KEEP/group/below", "group/group",
	"identity provider/KEEP/identity provider mapper/pm", "identity provider/provider", "client profile/profile", "client policy/policy",
}

// lower gives the user a name that Keycloak takes.
func lower(text string) string { return strings.ReplaceAll(text, "KEEPER", "keeper") }

func deleted(p *plan.Plan) []string {
	var out []string
	for _, c := range p.Changes {
		_, below, _ := strings.Cut(string(c.Address), ":realm/")
		_, below, _ = strings.Cut(below, "/")
		if c.Action == plan.Delete {
			out = append(out, below)
		} else {
			out = append(out, string(c.Action)+" "+below)
		}
	}
	slices.Sort(out)
	return out
}

func TestPruneTakesEveryKindAndNothingElse(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(lower(whole))
		w.admin.must(http.MethodPost, "/"+w.realm+"/clients", map[string]any{"clientId": "by-hand"})
		w.admin.must(http.MethodPost, "/"+w.realm+"/roles", map[string]any{"name": "by-hand"})
		if p := w.applyText(lower(kept)); !p.Empty {
			t.Errorf("without --prune: %v", deleted(p))
		}
		w.prune = true
		p := w.applyText(lower(kept))
		sameTexts(t, deleted(p), goes)
		if w.client("by-hand") == nil || w.client("account") == nil || w.find("/roles", "name", "by-hand") == nil || w.find("/client-scopes", "name", "profile") == nil || w.user("user") == nil {
			t.Error("something went that isn't owned")
		}
	})
}

func sameTexts(t *testing.T, got, want []string) {
	t.Helper()
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

const absent = `realms:
  REALM:
    clientScopes: {scope: {absent: true}}
    roles: {role: {absent: true}}
    clients: {KEEP: {protocolMappers: {mapper: {absent: true}}, roles: {cr2: {absent: true}}}, client: {absent: true}, never-there: {absent: true}}
    groups: {KEEP: {groups: {below: {absent: true}}}, group: {absent: true}}
    identityProviders: {KEEP: {providerId: oidc, mappers: {pm: {absent: true}}}, provider: {absent: true}}
    users: {user: {absent: true}}
    clientProfiles: {profile: {absent: true}}
    clientPolicies: {policy: {absent: true}}
`

func TestAbsentTakesEveryKindWhoeverOwnsIt(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(lower(whole))
		mine := w.owner
		w.owner = "other"
		p := w.applyText(absent)
		sameTexts(t, deleted(p), append([]string{"user/user"}, goes...))
		if len(p.Warnings) != len(p.Changes) {
			t.Errorf("each one is somebody else's: %d warnings", len(p.Warnings))
		}
		w.owner = mine
		w.applyText(lower(kept))
		p = w.applyText(`realms: {REALM: {absent: true}}`)
		if len(p.Changes) != 1 {
			t.Errorf("%v", deleted(p))
		}
		if status, _ := w.admin.call(http.MethodGet, "/"+w.realm, nil); status != http.StatusNotFound {
			t.Errorf("the realm is still there: %d", status)
		}
	})
}

// A new realm has objects that the document wants away.
func TestAbsentInANewRealm(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		p := w.applyText(`realms: {REALM: {clientScopes: {phone: {absent: true}, organization: {absent: true}, never: {absent: true}}, roles: {uma_authorization: {absent: true}},
  requiredActions: {VERIFY_EMAIL: {absent: true}, terms_and_conditions: {absent: true}}}}`)
		if len(p.Warnings) != 0 {
			t.Errorf("%+v", p.Warnings)
		}
		if w.find("/client-scopes", "name", "phone") != nil || w.find("/roles", "name", "uma_authorization") != nil || w.find("/authentication/required-actions", "alias", "VERIFY_EMAIL") != nil {
			t.Error("it is still there")
		}
	})
}

func TestPruneTakesRealms(t *testing.T) {
	s := stub(t, keycloaktest.Options{}) // of its own: all owned realms of the server go
	w := newWorld(t, s)
	w.applyText(`realms: {REALM: {}, second: {}}`)
	w.admin.must(http.MethodPost, "", map[string]any{"realm": "by-hand", "enabled": true})
	w.prune = true
	p := w.applyText(`realms: {REALM: {}}`)
	if len(p.Changes) != 1 || p.Changes[0].Address != "keycloak:realm/second" {
		t.Errorf("%v", deleted(p))
	}
}

// clear takes away what a pair of documents has made, so that the next one begins with a new realm's state.
func (w *world) clear() {
	w.t.Helper()
	w.prune = true
	w.applyText("realms: {REALM: {clients: {}, clientScopes: {}, roles: {}, groups: {}, identityProviders: {}, clientPolicies: {}, clientProfiles: {}, users: {bob: {absent: true}}}}")
}

// changes are pairs of documents: the second is applied upon the first, has to change something, and then nothing more.
var changes = map[string][2]string{
	"realm":               {`displayName: a, accessTokenLifespan: 60, registrationAllowed: false, supportedLocales: [de], internationalizationEnabled: true`, `displayName: b, accessTokenLifespan: 120, registrationAllowed: true, supportedLocales: [de, en], internationalizationEnabled: false`},
	"realm's texts":       {`displayNameHtml: <b>a</b>, loginTheme: keycloak, smtpServer: {host: a.example.com, from: a@example.com}`, `displayNameHtml: "", loginTheme: "", smtpServer: {host: b.example.com, port: 25}`},
	"realm's mail login":  {`smtpServer: {host: a.example.com, from: a@example.com, user: u, password: "${env:S1}"}`, `smtpServer: {host: a.example.com, from: a@example.com, user: v, password: "${env:S2}", auth: true}`},
	"realm's device flow": {`oauth2DeviceCodeLifespan: 700, attributes: {a: x}`, `oauth2DeviceCodeLifespan: 800, attributes: {a: "y", b: z}`},
	"password policy":     {`passwordPolicy: length(8)`, `passwordPolicy: length(9) and digits(1)`},
	"client":              {`clients: {c: {name: a, description: x, redirectUris: ["https://a.example.com/*"], baseUrl: "https://a.example.com", attributes: {access.token.lifespan: "60", x: "1"}}}`, `clients: {c: {name: b, description: "", redirectUris: ["https://b.example.com/*", "https://c.example.com/*"], webOrigins: ["+"], publicClient: true, attributes: {access.token.lifespan: "90", x: ""}}}`},
	"client's flows":      {`clients: {c: {standardFlowEnabled: true, directAccessGrantsEnabled: true}}`, `clients: {c: {standardFlowEnabled: false, directAccessGrantsEnabled: false, serviceAccountsEnabled: true, fullScopeAllowed: false, consentRequired: true}}`},
	"public to secret":    {`clients: {c: {publicClient: true}}`, `clients: {c: {publicClient: false, secret: "${env:S1}"}}`},
	"secret":              {`clients: {c: {secret: "${env:S1}"}}`, `clients: {c: {secret: "${env:S2}"}}`},
	"service account":     {`roles: {a: {}, b: {}}, clients: {c: {serviceAccountsEnabled: true, serviceAccountRoles: [a, realm-management/view-users]}}`, `roles: {a: {}, b: {}}, clients: {c: {serviceAccountsEnabled: true, serviceAccountRoles: [b, realm-management/view-clients]}}`},
	"resource server":     {`clients: {c: {serviceAccountsEnabled: true, authorizationServicesEnabled: true, serviceAccountRoles: [offline_access]}}`, `clients: {c: {serviceAccountsEnabled: true, authorizationServicesEnabled: true, serviceAccountRoles: []}}`},
	"client role":         {`clients: {c: {roles: {r: {description: a, attributes: {x: ["1"]}}}}}`, `clients: {c: {roles: {r: {description: b, attributes: {x: ["2", "3"]}, composites: [c/s]}, s: {}}}}`},
	"mapper":              {`clients: {c: {protocolMappers: {m: {userProperty: email, claim: a}}}}`, `clients: {c: {protocolMappers: {m: {userAttribute: mail, claim: b, type: int}}}}`},
	"client scope":        {`clientScopes: {s: {description: a, attributes: {include.in.token.scope: "true"}, protocolMappers: {m: {protocolMapper: oidc-audience-mapper, config: {included.custom.audience: x}}}}}`, `clientScopes: {s: {description: b, attributes: {include.in.token.scope: "false", display.on.consent.screen: "true"}, protocolMappers: {m: {protocolMapper: oidc-audience-mapper, config: {included.custom.audience: "y"}}}}}`},
	"composites":          {`roles: {a: {composites: [b, c]}, b: {}, c: {}}`, `roles: {a: {composites: [c, d]}, b: {}, c: {}, d: {}}`},
	"group":               {`roles: {a: {}, b: {}}, groups: {g: {attributes: {x: ["1"]}, roles: [a], groups: {h: {roles: [account/view-profile]}}}}`, `roles: {a: {}, b: {}}, groups: {g: {attributes: {x: ["2"]}, roles: [b], groups: {h: {roles: [account/manage-account], groups: {i: {}}}}}}`},
	"group with a slash":  {`groups: {a: {groups: {b: {}}}, a/b: {groups: {c: {attributes: {x: ["1"]}}}}}`, `groups: {a: {groups: {b: {}}}, a/b: {groups: {c: {attributes: {x: ["2"]}}, d/e: {groups: {f: {}}}}}}`},
	"identity provider":   {`identityProviders: {p: {providerId: oidc, displayName: a, storeToken: true, config: {clientId: a, clientSecret: "${env:S1}", authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}}`, `identityProviders: {p: {providerId: oidc, displayName: b, enabled: false, linkOnly: true, storeToken: false, firstBrokerLoginFlowAlias: first broker login, updateProfileFirstLoginMode: "on", config: {clientId: b, clientSecret: "${env:S2}", syncMode: FORCE, authorizationUrl: "https://b.example.com/a"}}}`},
	"provider's mapper":   {`identityProviders: {p: {providerId: oidc, config: {clientId: a, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}, mappers: {m: {identityProviderMapper: hardcoded-attribute-idp-mapper, config: {attribute: a, attribute.value: x}}}}}`, `identityProviders: {p: {providerId: oidc, mappers: {m: {identityProviderMapper: oidc-user-attribute-idp-mapper, config: {syncMode: FORCE, claim: c, user.attribute: u}}}}}`},
	"user":                {`roles: {a: {}, b: {}}, groups: {g: {}, h: {}}, users: {bob: {email: a@example.com, firstName: A, enabled: true, groups: [/g], roles: [a]}}`, `roles: {a: {}, b: {}}, groups: {g: {}, h: {}}, users: {bob: {email: b@example.com, firstName: B, lastName: C, emailVerified: true, enabled: false, requiredActions: [UPDATE_PROFILE], groups: [/h], roles: [b, account/view-profile]}}`},
	"user joins above":    {`groups: {g: {groups: {h: {groups: {i: {}}}}}}, users: {bob: {groups: [/g/h/i]}}`, `groups: {g: {groups: {h: {groups: {i: {}}}}}}, users: {bob: {groups: [/g, /g/h, /g/h/i]}}`},
	"user moves up":       {`groups: {g: {groups: {h: {}, i: {}}}}, users: {bob: {groups: [/g/h]}}`, `groups: {g: {groups: {h: {}, i: {}}}}, users: {bob: {groups: [/g, /g/i]}}`},
	"required action":     {`requiredActions: {VERIFY_EMAIL: {enabled: true, defaultAction: false}}`, `requiredActions: {VERIFY_EMAIL: {enabled: false, defaultAction: true, priority: 7}}`},
	"policies":            {`clientProfiles: {f: {description: a, executors: [{executor: pkce-enforcer, configuration: {auto-configure: true}}]}}, clientPolicies: {p: {enabled: true, profiles: [f], conditions: [{condition: client-access-type, configuration: {type: [public]}}]}}`, `clientProfiles: {f: {description: b, executors: [{executor: pkce-enforcer, configuration: {auto-configure: false}}]}, g: {executors: []}}, clientPolicies: {p: {enabled: false, profiles: [g], conditions: [{condition: client-access-type, configuration: {type: [confidential, public]}}]}}`},
}

func TestChangesOfEveryFieldConverge(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.variables["S1"], w.variables["S2"] = "first-secret", "second-secret"
		for _, name := range slices.Sorted(maps.Keys(changes)) {
			t.Run(name, func(t *testing.T) {
				w := *w
				w.t = t
				w.applyText(fmt.Sprintf("realms: {REALM: {%s}}", changes[name][0]))
				defer w.clear()
				if p := w.applyText(fmt.Sprintf("realms: {REALM: {%s}}", changes[name][1])); p.Empty {
					t.Error("nothing was to be changed")
				}
			})
		}
	})
}
