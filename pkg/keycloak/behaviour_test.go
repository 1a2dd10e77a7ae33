package keycloak_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The suite that holds the stand-in to the real servers: what each of them answers to the bare request. One realm is made for
// all of it, and what a step names stays for those behind it. {NAME} in a path is the id of what was created under that name.
type step struct {
	what   string
	method string
	path   string
	body   any
	status [2]int // on 26, on 18; the second 0 where it is the same
	says   [2]string
	id     string                                      // what the created object is called in later paths
	check  func(t *testing.T, version int, answer any) // of a GET
}

type m = map[string]any

func field(name string, want any) func(*testing.T, int, any) {
	return func(t *testing.T, _ int, answer any) {
		t.Helper()
		if got := answer.(m)[name]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v, not %v", name, got, want)
		}
	}
}

// on checks one version only.
func on(only int, check func(*testing.T, int, any)) func(*testing.T, int, any) {
	return func(t *testing.T, version int, answer any) {
		t.Helper()
		if version == only {
			check(t, version, answer)
		}
	}
}

func both(checks ...func(*testing.T, int, any)) func(*testing.T, int, any) {
	return func(t *testing.T, version int, answer any) {
		t.Helper()
		for _, c := range checks {
			c(t, version, answer)
		}
	}
}

// key checks one key of a mapping.
func key(of, name string, want any) func(*testing.T, int, any) {
	return func(t *testing.T, version int, answer any) {
		t.Helper()
		inner, _ := answer.(m)[of].(m)
		field(name, want)(t, version, inner)
	}
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	remove = http.MethodDelete
)

var (
	success   = [2]int{http.StatusOK}
	created   = [2]int{http.StatusCreated}
	noContent = [2]int{http.StatusNoContent}
	bad       = [2]int{http.StatusBadRequest}
	missing   = [2]int{http.StatusNotFound}
	conflict  = [2]int{http.StatusConflict}
)

func providerBody(more m) m {
	body := m{"alias": "idp", "providerId": "oidc", "config": m{"clientId": "a", "clientSecret": "idp-secret", "authorizationUrl": "https://a.example.com/a", "tokenUrl": "https://a.example.com/t"}}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestBehaviour(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		groups := []struct {
			name  string
			steps []step
		}{
			{"realm", realmSteps()}, {"client", clientSteps()}, {"mapper", mapperSteps()}, {"scope", scopeSteps()}, {"role", roleSteps()},
			{"group", groupSteps()}, {"provider", providerSteps()}, {"user", userSteps()}, {"rest", otherSteps()},
		}
		w := newWorld(t, s)
		w.admin.must(post, "", m{"realm": w.realm, "enabled": true})
		for _, g := range groups {
			ids := map[string]string{}
			for _, st := range g.steps {
				t.Run(g.name+"/"+st.what, func(t *testing.T) { w.step(t, st, ids) })
			}
		}
	})
}

func (w *world) step(t *testing.T, st step, ids map[string]string) {
	for name, id := range ids {
		st.path = strings.ReplaceAll(st.path, "{"+name+"}", id)
	}
	if body, is := st.body.(m); is && body["id"] == "{n}" {
		body["id"] = ids["n"]
	}
	w.admin.t = t
	status, answer, header := w.admin.exchange(st.method, "/"+w.realm+st.path, st.body)
	want, says := st.status[0], st.says[0]
	if w.s.version == 18 {
		if st.status[1] != 0 {
			want = st.status[1]
		}
		if st.says[1] != "" {
			says = st.says[1]
		}
	}
	if status != want || !strings.Contains(fmt.Sprint(answer), says) {
		t.Fatalf("%s %s: %d %v; want %d %s", st.method, st.path, status, answer, want, says)
	}
	if st.id != "" {
		location := header.Get("Location")
		ids[st.id] = location[strings.LastIndexByte(location, '/')+1:]
	}
	if st.check != nil {
		st.check(t, w.s.version, answer)
	}
}

func realmSteps() []step {
	return []step{
		{what: "merge", method: put, body: m{"displayName": "A", "attributes": m{"x": "1"}, "browserSecurityHeaders": m{"xFrameOptions": "DENY"}}, status: noContent},
		{what: "server's own attributes come back", method: get, status: success, check: both(key("attributes", "x", 1), key("attributes", "cibaExpiresIn", 120), field("displayName", "A"))},
		{what: "attributes replace all", method: put, body: m{"attributes": m{"y": "2"}}, status: noContent},
		{what: "18 loses what it keeps as attributes", method: get, status: success, check: both(key("attributes", "x", nil), key("attributes", "y", 2), key("attributes", "cibaExpiresIn", 120),
			on(26, field("displayName", "A")), on(18, field("displayName", nil)), on(26, key("browserSecurityHeaders", "xFrameOptions", "DENY")), on(18, key("browserSecurityHeaders", "xFrameOptions", nil)))},
		{what: "null changes nothing", method: put, body: m{"loginTheme": "keycloak", "accessTokenLifespan": nil}, status: noContent},
		{what: "empty text", method: put, body: m{"loginTheme": ""}, status: noContent},
		{what: "is empty", method: get, status: success, check: both(func(t *testing.T, _ int, a any) {
			if v := a.(m)["loginTheme"]; v != nil && v != "" {
				t.Errorf("%v", v)
			}
		}, field("accessTokenLifespan", 300))},
		{what: "mail", method: put, body: m{"smtpServer": m{"host": "h", "from": "a@example.com", "auth": "true", "user": "u", "password": "mail-password"}}, status: noContent},
		{what: "mail's password is masked", method: get, status: success, check: key("smtpServer", "password", "**********")},
		{what: "mail is replaced as a whole", method: put, body: m{"smtpServer": m{"from": "b@example.com"}}, status: noContent},
		{what: "without a host", method: get, status: success, check: both(key("smtpServer", "host", nil), key("smtpServer", "from", "b@example.com"))},
		{what: "mail with a user, not to sign in", method: put, body: m{"smtpServer": m{"from": "b@example.com", "user": "u"}}, status: noContent},
		{what: "26 drops the user", method: get, status: success, check: both(on(26, key("smtpServer", "user", nil)), on(18, key("smtpServer", "user", "u")))},
		{what: "signing in said as a bool", method: put, body: m{"smtpServer": m{"from": "b@example.com", "user": "u", "auth": true}}, status: noContent},
		{what: "which is text from then on", method: get, status: success, check: both(key("smtpServer", "user", "u"), key("smtpServer", "auth", "true"))},
		{what: "26 checks addresses", method: put, body: m{"smtpServer": m{"from": "nonsense"}}, status: [2]int{400, 204}, says: [2]string{"Invalid sender address", "nil"}},
		{what: "unknown field", method: put, body: m{"bogus": 1}, status: bad, says: [2]string{`Unrecognized field "bogus"`}},
	}
}

func clientSteps() []step {
	return []step{
		{what: "create", method: post, path: "/clients", body: m{"clientId": "c", "redirectUris": []string{"https://a.example.com/*", "http://localhost:3000/x"}, "attributes": m{"a": "1", "n": 5}}, status: created, id: "c"},
		{what: "defaults", method: get, path: "/clients/{c}", status: success, check: both(field("standardFlowEnabled", true), field("directAccessGrantsEnabled", false), field("publicClient", false), key("attributes", "n", 5), func(t *testing.T, _ int, a any) {
			sameSet(t, "origins", list(a.(m)["webOrigins"]), "https://a.example.com", "http://localhost:3000")
		})},
		{what: "26 makes a secret, 18 none", method: get, path: "/clients/{c}/client-secret", status: success, check: func(t *testing.T, version int, a any) {
			if made := a.(m)["value"] != nil; made != (version == 26) {
				t.Errorf("%v", made)
			}
		}},
		{what: "rotate", method: post, path: "/clients/{c}/client-secret", body: m{}, status: success, says: [2]string{"value"}},
		{what: "again", method: post, path: "/clients", body: m{"clientId": "c"}, status: conflict, says: [2]string{"Client c already exists"}},
		{what: "no origins wanted", method: post, path: "/clients", body: m{"clientId": "d", "redirectUris": []string{"https://a.example.com/*"}, "webOrigins": []string{}}, status: created, id: "d"},
		{what: "PUT of redirect URIs", method: put, path: "/clients/{d}", body: m{"redirectUris": []string{"https://b.example.com/*"}}, status: noContent},
		{what: "brings in origins on 26", method: get, path: "/clients/{d}", status: success, check: func(t *testing.T, version int, a any) {
			want := []string{}
			if version == 26 {
				want = append(want, "https://b.example.com")
			}
			sameSet(t, "origins", list(a.(m)["webOrigins"]), want...)
		}},
		{what: "attributes merge", method: put, path: "/clients/{c}", body: m{"attributes": m{"a": "", "b": "2"}}, status: noContent},
		{what: "key by key", method: get, path: "/clients/{c}", status: success, check: both(key("attributes", "a", nil), key("attributes", "b", 2), key("attributes", "n", 5))},
		{what: "scopes are ignored", method: put, path: "/clients/{c}", body: m{"defaultClientScopes": []string{"phone"}}, status: noContent},
		{what: "as they were", method: get, path: "/clients/{c}", status: success, check: func(t *testing.T, _ int, a any) {
			if d := list(a.(m)["defaultClientScopes"]); has(d, "phone") || !has(d, "profile") {
				t.Errorf("%v", d)
			}
		}},
		{what: "scopes of a create replace the defaults", method: post, path: "/clients", body: m{"clientId": "e", "defaultClientScopes": []string{"email", "nobody-knows"}}, status: created, id: "e"},
		{what: "just these", method: get, path: "/clients/{e}", status: success, check: func(t *testing.T, _ int, a any) {
			sameSet(t, "scopes", list(a.(m)["defaultClientScopes"]), "email")
		}},
		{what: "a masked secret is stored", method: put, path: "/clients/{c}", body: m{"secret": "**********"}, status: noContent},
		{what: "as it came", method: get, path: "/clients/{c}/client-secret", status: success, check: field("value", "**********")},
		{what: "public", method: put, path: "/clients/{c}", body: m{"publicClient": true}, status: noContent},
		{what: "service account", method: post, path: "/clients", body: m{"clientId": "s", "serviceAccountsEnabled": true}, status: created, id: "s"},
		{what: "brings along", method: get, path: "/clients/{s}", status: success, check: func(t *testing.T, version int, a any) {
			mappers, scope := len(list(a.(m)["protocolMappers"])), has(list(a.(m)["defaultClientScopes"]), "service_account")
			if version == 26 && (mappers != 0 || !scope) || version == 18 && (mappers != 3 || scope) {
				t.Errorf("%d mappers, scope %v", mappers, scope)
			}
		}},
		{what: "account", method: get, path: "/clients/{s}/service-account-user", status: success, says: [2]string{"service-account-s"}},
		{what: "no account", method: get, path: "/clients/{d}/service-account-user", status: bad},
		{what: "a bogus protocol", method: post, path: "/clients", body: m{"clientId": "p", "protocol": "bogus"}, status: [2]int{400, 500}},
		{what: "a bogus protocol later", method: put, path: "/clients/{e}", body: m{"protocol": "bogus"}, status: [2]int{400, 204}},
		{what: "unknown field", method: post, path: "/clients", body: m{"clientId": "u", "bogus": 1}, status: bad, says: [2]string{`Unrecognized field "bogus"`}},
		{what: "too long", method: post, path: "/clients", body: m{"clientId": strings.Repeat("x", 256)}, status: [2]int{500}},
		{what: "none", method: get, path: "/clients/nobody", status: missing, says: [2]string{"Could not find client"}},
		{what: "delete", method: remove, path: "/clients/{d}", status: noContent},
		{what: "delete again", method: remove, path: "/clients/{d}", status: missing},
	}
}

func mapperSteps() []step {
	models := "/clients/{c}/protocol-mappers/models"
	body := func(config m) m {
		return m{"name": "m", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-property-mapper", "config": config}
	}
	return []step{
		{what: "client", method: post, path: "/clients", body: m{"clientId": "with-mapper", "protocolMappers": []m{body(m{"claim.name": "a", "user.attribute": "email", "maasctl.owner": "x"})}}, status: created, id: "c"},
		{what: "is there", method: get, path: "/clients/{c}", status: success, check: func(t *testing.T, _ int, a any) {
			all := list(a.(m)["protocolMappers"])
			if len(all) != 1 || all[0].(m)["config"].(m)["maasctl.owner"] != "x" {
				t.Errorf("%v", all)
			}
		}},
		{what: "again", method: post, path: models, body: body(m{}), status: conflict},
		{what: "another", method: post, path: models, body: m{"name": "n", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": m{"a": "1", "b": "2"}}, status: created, id: "n"},
		{what: "PUT without its id", method: put, path: models + "/{n}", body: m{"name": "n", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": m{}}, status: [2]int{500}},
		{what: "config is replaced", method: put, path: models + "/{n}", body: m{"id": "{n}", "name": "other", "protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": m{"c": "3"}}, status: noContent},
		{what: "as a whole, the name not", method: get, path: models + "/{n}", status: success, check: both(field("name", "n"), key("config", "a", nil), key("config", "c", 3))},
		{what: "the client's PUT", method: put, path: "/clients/{c}", body: m{"protocolMappers": []m{}}, status: noContent},
		{what: "takes all away", method: get, path: models, status: success, check: func(t *testing.T, _ int, a any) {
			if len(list(a)) != 0 {
				t.Errorf("%v", a)
			}
		}},
	}
}

func scopeSteps() []step {
	return []step{
		{what: "create", method: post, path: "/client-scopes", body: m{"name": "s", "protocol": "openid-connect", "attributes": m{"a": "1"}}, status: created, id: "s"},
		{what: "again", method: post, path: "/client-scopes", body: m{"name": "s", "protocol": "openid-connect"}, status: conflict, says: [2]string{"Client Scope s already exists"}},
		{what: "with a space", method: post, path: "/client-scopes", body: m{"name": "s t", "protocol": "openid-connect"}, status: [2]int{400, 201}},
		{what: "without protocol", method: post, path: "/client-scopes", body: m{"name": "np"}, status: [2]int{400, 201}},
		{what: "merge", method: put, path: "/client-scopes/{s}", body: m{"name": "s", "attributes": m{"b": "2"}}, status: noContent},
		{what: "attributes too", method: get, path: "/client-scopes/{s}", status: success, check: both(key("attributes", "a", 1), key("attributes", "b", 2))},
		{what: "client", method: post, path: "/clients", body: m{"clientId": "scoped"}, status: created, id: "c"},
		{what: "make default", method: put, path: "/clients/{c}/default-client-scopes/{s}", body: m{}, status: noContent},
		{what: "then optional", method: put, path: "/clients/{c}/optional-client-scopes/{s}", body: m{}, status: noContent},
		{what: "changes nothing", method: get, path: "/clients/{c}", status: success, check: func(t *testing.T, _ int, a any) {
			if has(list(a.(m)["optionalClientScopes"]), "s") || !has(list(a.(m)["defaultClientScopes"]), "s") {
				t.Errorf("%v", a)
			}
		}},
		{what: "the realm's default", method: put, path: "/default-default-client-scopes/{s}", body: m{}, status: noContent},
		{what: "is listed", method: get, path: "/default-default-client-scopes", status: success, says: [2]string{"name:s "}},
		{what: "delete in use", method: remove, path: "/client-scopes/{s}", status: noContent},
		{what: "is gone from the client", method: get, path: "/clients/{c}", status: success, check: func(t *testing.T, _ int, a any) {
			if has(list(a.(m)["defaultClientScopes"]), "s") {
				t.Errorf("%v", a)
			}
		}},
		{what: "none", method: get, path: "/client-scopes/nobody", status: missing, says: [2]string{"Could not find client scope"}},
	}
}

func roleSteps() []step {
	return []step{
		{what: "create", method: post, path: "/roles", body: m{"name": "r 2/ä", "attributes": m{"a": []string{"1", "2"}}}, status: created, id: "name"},
		{what: "is escaped", method: get, path: "/roles/r%202%2F%C3%A4", status: success, check: both(field("composite", false), field("name", "r 2/ä"), key("attributes", "a", "[1 2]"))},
		{what: "again", method: post, path: "/roles", body: m{"name": "r 2/ä"}, status: conflict, says: [2]string{"already exists"}},
		{what: "none", method: get, path: "/roles/nobody", status: missing, says: [2]string{"Could not find role"}},
		{what: "none by id", method: get, path: "/roles-by-id/nobody", status: missing, says: [2]string{"Could not find role with id"}},
		{what: "too long", method: post, path: "/roles", body: m{"name": strings.Repeat("x", 256)}, status: [2]int{500}},
		{what: "brief by default", method: get, path: "/roles", status: success, check: func(t *testing.T, _ int, a any) {
			if list(a)[0].(m)["attributes"] != nil {
				t.Errorf("%v", list(a)[0])
			}
		}},
	}
}

func groupSteps() []step {
	return []step{
		{what: "create", method: post, path: "/groups", body: m{"name": "g", "attributes": m{"a": []string{"1"}, "b": []string{"2"}}, "realmRoles": []string{"offline_access"}}, status: created, id: "g"},
		{what: "below", method: post, path: "/groups/{g}/children", body: m{"name": "h", "attributes": m{"c": []string{"3"}}}, status: created, id: "h"},
		{what: "roles of a create are ignored", method: get, path: "/groups/{g}", status: success, check: field("realmRoles", "[]")},
		{what: "18 shows the tree, 26 a number", method: get, path: "/groups?briefRepresentation=false", status: success, check: func(t *testing.T, version int, a any) {
			i := slices.IndexFunc(list(a), func(e any) bool { return e.(m)["name"] == "g" })
			g := list(a)[i].(m)
			if tree := len(list(g["subGroups"])) == 1; tree != (version == 18) || version == 26 && g["subGroupCount"] != 1.0 || g["attributes"].(m)["a"] == nil {
				t.Errorf("%v", g)
			}
		}},
		{what: "children", method: get, path: "/groups/{g}/children?briefRepresentation=false", status: [2]int{200, 405}, check: on(26, func(t *testing.T, _ int, a any) {
			if list(a)[0].(m)["attributes"].(m)["c"] == nil {
				t.Errorf("%v", a)
			}
		})},
		{what: "again", method: post, path: "/groups", body: m{"name": "g"}, status: conflict},
		{what: "attributes are replaced", method: put, path: "/groups/{g}", body: m{"name": "g", "attributes": m{"a": []string{"9"}}}, status: noContent},
		{what: "all of them", method: get, path: "/groups/{g}", status: success, check: both(key("attributes", "a", "[9]"), key("attributes", "b", nil))},
		{what: "by path", method: get, path: "/group-by-path/g/h", status: success, check: field("path", "/g/h")},
		{what: "no such path", method: get, path: "/group-by-path/g/nobody", status: missing, says: [2]string{"Group path does not exist"}},
		{what: "none", method: get, path: "/groups/nobody", status: missing, says: [2]string{"Could not find group by id"}},
	}
}

func providerSteps() []step {
	at := "/identity-provider/instances"
	mapper := m{"name": "m", "identityProviderAlias": "idp", "identityProviderMapper": "hardcoded-attribute-idp-mapper", "config": m{"attribute": "a", "attribute.value": "b"}}
	return []step{
		{what: "create", method: post, path: at, body: providerBody(m{"storeToken": true, "trustEmail": true}), status: created},
		{what: "again", method: post, path: at, body: providerBody(nil), status: conflict, says: [2]string{"Identity Provider idp already exists"}},
		{what: "secret is masked", method: get, path: at + "/idp", status: success, check: both(key("config", "clientSecret", "**********"), field("storeToken", true), field("enabled", true))},
		{what: "PUT with the mask", method: put, path: at + "/idp", body: m{"alias": "idp", "providerId": "oidc", "enabled": true, "config": m{"clientId": "b", "clientSecret": "**********", "authorizationUrl": "https://b.example.com/a", "tokenUrl": "https://b.example.com/t"}}, status: noContent},
		{what: "replaces all else", method: get, path: at + "/idp", status: success, check: both(key("config", "clientId", "b"), on(18, field("storeToken", false)), on(26, func(t *testing.T, _ int, a any) {
			if v := a.(m)["storeToken"]; v != nil && v != false {
				t.Errorf("%v", v)
			}
		}))},
		{what: "18 shows the kept secret with the realm", method: get, status: success, check: on(18, func(t *testing.T, _ int, a any) {
			if p := list(a.(m)["identityProviders"]); len(p) != 1 || p[0].(m)["config"].(m)["clientSecret"] != "idp-secret" {
				t.Error("it isn't there")
			}
		})},
		{what: "another alias", method: put, path: at + "/idp", body: providerBody(m{"alias": "other"}), status: [2]int{400, 404}},
		{what: "without TLS", method: post, path: at, body: m{"alias": "plain", "providerId": "oidc", "config": m{"clientId": "a", "authorizationUrl": "http://a.example.com/a", "tokenUrl": "https://a.example.com/t"}}, status: bad, says: [2]string{"requires secure connections"}},
		{what: "mapper", method: post, path: at + "/idp/mappers", body: mapper, status: created},
		{what: "mapper again", method: post, path: at + "/idp/mappers", body: mapper, status: bad, says: [2]string{"Failed to add mapper 'm' to identity provider [oidc]"}},
		{what: "none", method: get, path: at + "/nobody", status: missing},
		{what: "delete", method: remove, path: at + "/idp", status: noContent},
	}
}

func userSteps() []step {
	return []step{
		{what: "group", method: post, path: "/groups", body: m{"name": "of-user"}, status: created, id: "g"},
		{what: "create", method: post, path: "/users", body: m{"username": "Bob", "email": "Bob@Example.com", "firstName": "B", "lastName": "C", "groups": []string{"/of-user"},
			"realmRoles": []string{"offline_access"}, "credentials": []m{{"type": "password", "value": "some-password", "temporary": true}}}, status: created, id: "u"},
		{what: "is lowered, and off", method: get, path: "/users/{u}", status: success, check: both(field("username", "bob"), field("email", "bob@example.com"), field("enabled", false), field("requiredActions", "[UPDATE_PASSWORD]"))},
		{what: "groups of a create count", method: get, path: "/users/{u}/groups", status: success, says: [2]string{"/of-user"}},
		{what: "roles of a create don't", method: get, path: "/users/{u}/role-mappings", status: success, check: func(t *testing.T, _ int, a any) {
			if n := len(list(a.(m)["realmMappings"])); n != 1 {
				t.Errorf("%d roles", n)
			}
		}},
		{what: "again", method: post, path: "/users", body: m{"username": "bob"}, status: conflict, says: [2]string{"User exists with same username"}},
		{what: "same both", method: post, path: "/users", body: m{"username": "bob", "email": "bob@example.com"}, status: conflict, says: [2]string{"User exists with same email", "User exists with same username"}},
		{what: "same e-mail", method: post, path: "/users", body: m{"username": "bobby", "email": "bob@example.com"}, status: conflict, says: [2]string{"User exists with same email"}},
		{what: "short name", method: post, path: "/users", body: m{"username": "x"}, status: [2]int{400, 201}, says: [2]string{"error-invalid-length", "nil"}},
		{what: "found by its whole name", method: get, path: "/users?exact=true&username=bob", status: success, check: func(t *testing.T, _ int, a any) {
			if len(list(a)) != 1 {
				t.Errorf("%v", a)
			}
		}},
		{what: "merge", method: put, path: "/users/{u}", body: m{"firstName": "X"}, status: noContent},
		{what: "single fields", method: get, path: "/users/{u}", status: success, check: both(field("firstName", "X"), field("lastName", "C"), field("email", "bob@example.com"))},
		{what: "attributes", method: put, path: "/users/{u}", body: m{"attributes": m{"tier": []string{"1"}}}, status: noContent},
		{what: "cost names on 26", method: get, path: "/users/{u}", status: success, check: both(on(18, field("firstName", "X")), on(18, key("attributes", "tier", "[1]")), on(26, field("firstName", nil)), on(26, field("email", nil)), on(26, field("attributes", nil)))},
		{what: "none", method: get, path: "/users/nobody", status: missing, says: [2]string{"User not found"}},
		{what: "leave a group", method: remove, path: "/users/{u}/groups/{g}", status: noContent},
		{what: "delete", method: remove, path: "/users/{u}", status: noContent},
	}
}

func otherSteps() []step {
	return []step{
		{what: "required action is replaced", method: put, path: "/authentication/required-actions/VERIFY_EMAIL", body: m{"alias": "VERIFY_EMAIL", "name": "V", "providerId": "VERIFY_EMAIL", "defaultAction": true}, status: noContent},
		{what: "with flags that weren't said", method: get, path: "/authentication/required-actions/VERIFY_EMAIL", status: success, check: both(field("enabled", false), field("defaultAction", true), field("name", "V"), field("priority", 0))},
		{what: "no such action", method: get, path: "/authentication/required-actions/nobody", status: missing, says: [2]string{"Failed to find required action"}},
		{what: "policy without its profile", method: put, path: "/client-policies/policies", body: m{"policies": []m{{"name": "p", "enabled": true, "profiles": []string{"nobody"}}}}, status: bad},
		{what: "profile", method: put, path: "/client-policies/profiles", body: m{"profiles": []m{{"name": "f", "executors": []any{}}}}, status: noContent},
		{what: "policy", method: put, path: "/client-policies/policies", body: m{"policies": []m{{"name": "p", "enabled": true, "profiles": []string{"f"}}}}, status: noContent},
		{what: "policies", method: get, path: "/client-policies/policies", status: success, says: [2]string{"profiles:[f]"}},
	}
}
