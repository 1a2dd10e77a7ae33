package keycloaktest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// client is a client of a realm.
type client struct {
	rep                 object
	secret              string
	roles               []*role
	defaults, optionals []string
	account             *user // of its service
}

func (c *client) id() string { return str(c.rep, "id") }

func (c *client) confidential() bool {
	return !flag(c.rep, "publicClient") && !flag(c.rep, "bearerOnly") && str(c.rep, "protocol") == openIDConnect
}

func (c *client) role(name string) *role {
	for _, r := range c.roles {
		if r.name() == name {
			return r
		}
	}
	return nil
}

func (r *realm) client(id string) *client {
	for _, c := range r.clients {
		if str(c.rep, "clientId") == id {
			return c
		}
	}
	return nil
}

// builtin clients can't be deleted.
func (r *realm) builtin(c *client) bool {
	id := str(c.rep, "clientId")
	return slices.Contains([]string{"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}, id)
}

func (s *Server) clientRoutes() []route {
	return []route{
		{"GET clients", s.listClients},
		{"POST clients", s.createClient},
		{"GET clients/*", s.withClient(func(c *call, x *client) answer { return ok(s.showClient(x)) })},
		{"PUT clients/*", s.withClient(s.putClient)},
		{"DELETE clients/*", s.withClient(s.deleteClient)},
		{"GET clients/*/client-secret", s.withClient(func(_ *call, x *client) answer { return ok(x.credential()) })},
		{"POST clients/*/client-secret", s.withClient(func(_ *call, x *client) answer {
			x.newSecret(s.old())
			return ok(x.credential())
		})},
		{"GET clients/*/service-account-user", s.withClient(s.serviceAccount)},
		{"PUT clients/*/default-client-scopes/*", s.withClient(s.assignScope)},
		{"PUT clients/*/optional-client-scopes/*", s.withClient(s.assignScope)},
		{"DELETE clients/*/default-client-scopes/*", s.withClient(s.unassignScope)},
		{"DELETE clients/*/optional-client-scopes/*", s.withClient(s.unassignScope)},
		{"GET clients/*/protocol-mappers/models", s.withClient(func(c *call, x *client) answer { return s.listMappers(x.rep) })},
		{"POST clients/*/protocol-mappers/models", s.withClient(func(c *call, x *client) answer { return s.createMapper(c, x.rep) })},
		{"GET clients/*/protocol-mappers/models/*", s.withClient(func(c *call, x *client) answer { return s.getMapper(c, x.rep) })},
		{"PUT clients/*/protocol-mappers/models/*", s.withClient(func(c *call, x *client) answer { return s.putMapper(c, x.rep) })},
		{"DELETE clients/*/protocol-mappers/models/*", s.withClient(func(c *call, x *client) answer { return s.deleteMapper(c, x.rep) })},
	}
}

func (s *Server) withClient(handle func(*call, *client) answer) func(*call) answer {
	return func(c *call) answer {
		for _, x := range c.realm.clients {
			if x.id() == c.segments[1] {
				return handle(c, x)
			}
		}
		return says(http.StatusNotFound, "Could not find client")
	}
}

// showClient is a client as lists and GET give it: 26 with its secret, 18 without.
func (s *Server) showClient(x *client) object {
	out := copied(x.rep)
	out["defaultClientScopes"], out["optionalClientScopes"] = x.defaults, x.optionals
	out["access"] = object{"view": true, "configure": true, "manage": true}
	if !s.old() && x.secret != "" {
		out["secret"] = x.secret
	}
	return out
}

func (s *Server) listClients(c *call) answer {
	out := []object{}
	for _, x := range c.realm.clients {
		if id := c.URL.Query().Get("clientId"); id == "" || id == str(x.rep, "clientId") {
			out = append(out, s.showClient(x))
		}
	}
	return ok(out)
}

func (c *client) credential() object {
	out := object{"type": "secret"}
	if c.secret != "" {
		out["value"] = c.secret
	}
	return out
}

func (c *client) newSecret(old bool) {
	c.secret = random(16)
	if !old {
		mapping(c.rep, "attributes")["client.secret.creation.time"] = strconv.FormatInt(time.Now().Unix(), 10)
	}
}

const openIDConnect = "openid-connect"

// newClient is what a client is before a body says anything.
func newClient() object {
	return object{
		"id": newID(), "surrogateAuthRequired": false, "enabled": true, "alwaysDisplayInConsole": false, "clientAuthenticatorType": "client-secret",
		"redirectUris": []any{}, "webOrigins": []any{}, "notBefore": 0.0, "bearerOnly": false, "consentRequired": false, "standardFlowEnabled": true,
		"implicitFlowEnabled": false, "directAccessGrantsEnabled": false, "serviceAccountsEnabled": false, "publicClient": false,
		"frontchannelLogout": false, "protocol": openIDConnect, "attributes": object{}, "authenticationFlowBindingOverrides": object{},
		"fullScopeAllowed": true, "nodeReRegistrationTimeout": -1.0,
	}
}

// ownFields are those of a client's body that have their own ways.
func ownFields() []string {
	return []string{"id", "attributes", "secret", "protocolMappers", "defaultClientScopes", "optionalClientScopes", "access", bindings}
}

func (s *Server) createClient(c *call) answer {
	body, a, good := s.read(c, "Client")
	if !good {
		return a
	}
	x := &client{rep: newClient()}
	if flag(body, "serviceAccountsEnabled") && c.realm.takenAccount(str(body, "clientId")) {
		return tells(http.StatusConflict, "Client %s already exists", str(body, "clientId"))
	}
	if str(body, "clientId") == "" {
		body["clientId"] = x.id()
	}
	id := str(body, "clientId")
	switch {
	case c.realm.client(id) != nil:
		return tells(http.StatusConflict, "Client %s already exists", id)
	case len(id) > 255:
		return says(http.StatusInternalServerError, "unknown_error")
	}
	if a, bad := s.badProtocol(body, true); bad {
		return a
	}
	if !c.realm.bind(x, body) {
		return s.unknownError()
	}
	merge(x.rep, body, ownFields()...)
	x.rep["id"] = cmp.Or(str(body, "id"), x.id())
	if !s.old() {
		mapping(x.rep, "attributes")["realm_client"] = "false"
	}
	x.attributes(body)
	if body["webOrigins"] == nil {
		x.rep["webOrigins"] = origins(x.rep)
	}
	if x.secret = str(body, "secret"); x.confidential() && x.secret == "" && !s.old() {
		x.newSecret(s.old())
	}
	s.scopesOfNew(c.realm, x, body)
	for _, m := range objects(body["protocolMappers"]) {
		addMapper(x.rep, m)
	}
	s.account(c.realm, x)
	c.realm.clients = append(c.realm.clients, x)
	return made(c.base + "/admin/realms/" + escape(c.realm.name) + "/clients/" + x.id())
}

// badProtocol is refused by 26; 18 fails on a create and takes anything later.
func (s *Server) badProtocol(body object, isNew bool) (answer, bool) {
	p := str(body, "protocol")
	switch {
	case p == "" || p == openIDConnect || p == "saml" || p == "docker-v2":
		return answer{}, false
	case !s.old():
		return refused(http.StatusBadRequest, "invalid_input", "Invalid protocol: "+p), true
	}
	return says(http.StatusInternalServerError, "unknown_error"), isNew
}

// attributes merges key by key; "" and null take a key away.
func (c *client) attributes(body object) {
	said, _ := body["attributes"].(object)
	texts(said)
	kept := mapping(c.rep, "attributes")
	for k, v := range said {
		if v == nil || v == "" {
			delete(kept, k)
		} else {
			kept[k] = v
		}
	}
}

// origins are those of the redirect URIs.
func origins(rep object) []any {
	out := []any{}
	for _, uri := range names(rep["redirectUris"]) {
		u, err := url.Parse(strings.TrimSuffix(uri, "*"))
		if err != nil || u.Host == "" {
			continue
		}
		if o := any(u.Scheme + "://" + u.Host); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// scopesOfNew gives the realm's defaults, or exactly those that the body names; unknown ones are dropped without a word.
func (s *Server) scopesOfNew(r *realm, x *client, body object) {
	pick := func(field string, given []string) []string {
		if body[field] != nil {
			given = names(body[field])
		}
		out := []string{}
		for _, name := range given {
			if sc := r.scope(name); sc != nil && str(sc.rep, "protocol") == str(x.rep, "protocol") {
				out = append(out, name)
			}
		}
		return out
	}
	x.defaults, x.optionals = pick("defaultClientScopes", r.defaults), pick("optionalClientScopes", r.optionals)
}

// accountName is the name of the user that stands for a client.
func accountName(clientID string) string { return "service-account-" + strings.ToLower(clientID) }

// takenAccount tells whether somebody has made a user of the name that the account of a client's service has.
func (r *realm) takenAccount(clientID string) bool { return r.userNamed(accountName(clientID)) != nil }

// account makes the account of a service; 26 adds a scope to the client, 18 mappers.
func (s *Server) account(r *realm, x *client) {
	if !flag(x.rep, "serviceAccountsEnabled") || x.account != nil {
		return
	}
	x.account = r.newUser(object{"username": accountName(str(x.rep, "clientId")), "enabled": true})
	x.account.service = true
	if !s.old() {
		if !slices.Contains(x.defaults, "service_account") {
			x.defaults = append(x.defaults, "service_account")
		}
		return
	}
	for name, note := range map[string]string{"Client ID": "clientId", "Client Host": "clientHost", "Client IP Address": "clientAddress"} {
		if mapperNamed(x.rep, name) >= 0 {
			continue
		}
		addMapper(x.rep, object{"name": name, "protocol": openIDConnect, "protocolMapper": "oidc-usersessionmodel-note-mapper", "config": object{
			"user.session.note": note, "claim.name": note, "jsonType.label": "String", "id.token.claim": "true", "access.token.claim": "true",
		}})
	}
}

func (s *Server) serviceAccount(_ *call, x *client) answer {
	if x.account == nil {
		if s.old() {
			return says(http.StatusBadRequest, "unknown_error")
		}
		return says(http.StatusBadRequest, "Service account not enabled for the client '"+str(x.rep, "clientId")+"'")
	}
	return ok(x.account.rep)
}

// putClient merges; mappers, where sent, replace all; scopes are ignored; a secret is stored as it comes, masked or not.
func (s *Server) putClient(c *call, x *client) answer {
	body, a, good := s.read(c, "Client")
	if !good {
		return a
	}
	if a, bad := s.badProtocol(body, false); bad {
		return a
	}
	if flag(body, "serviceAccountsEnabled") && x.account == nil && c.realm.takenAccount(str(x.rep, "clientId")) {
		return tells(http.StatusConflict, "Client already exists")
	}
	if !c.realm.bind(x, body) {
		return s.unknownError()
	}
	empty := len(list(x.rep["webOrigins"])) == 0
	merge(x.rep, body, ownFields()...)
	x.attributes(body)
	if !s.old() && empty && body["redirectUris"] != nil && body["webOrigins"] == nil {
		x.rep["webOrigins"] = origins(x.rep)
	}
	if body["protocolMappers"] != nil {
		delete(x.rep, "protocolMappers")
		for _, m := range objects(body["protocolMappers"]) {
			addMapper(x.rep, m)
		}
	}
	if said := str(body, "secret"); said != "" {
		x.secret = said
	}
	switch {
	case flag(x.rep, "publicClient"):
		x.secret = ""
	case x.confidential() && x.secret == "":
		x.newSecret(s.old())
	}
	s.account(c.realm, x)
	return noContent()
}

func (s *Server) deleteClient(c *call, x *client) answer {
	if c.realm.builtin(x) {
		return answer{status: http.StatusBadRequest, body: object{"error": "invalid_request", "error_description": "Could not delete client"}}
	}
	c.realm.clients = slices.DeleteFunc(c.realm.clients, func(y *client) bool { return y == x })
	for _, role := range slices.Clone(x.roles) { // which loses them one by one
		c.realm.unlink(role)
	}
	if x.account != nil {
		c.realm.users = slices.DeleteFunc(c.realm.users, func(u *user) bool { return u == x.account })
	}
	return noContent()
}
