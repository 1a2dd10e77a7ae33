package keycloaktest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// user is a user of a realm, or the account of a client's service.
type user struct {
	rep      object
	password string
	service  bool
	roles    []*role
	groups   []*group
}

func (u *user) id() string { return str(u.rep, "id") }

func (r *realm) newUser(body object) *user {
	u := &user{rep: object{
		"id": newID(), "enabled": false, "emailVerified": false, "totp": false, "createdTimestamp": float64(time.Now().UnixMilli()),
		"disableableCredentialTypes": []any{}, "requiredActions": []any{}, "notBefore": 0.0,
	}}
	merge(u.rep, body)
	if d := r.defaultRole(); d != nil {
		u.roles = append(u.roles, d)
	}
	u.groups = slices.Clone(r.given)
	r.users = append(r.users, u)
	return u
}

func (r *realm) userNamed(name string) *user {
	for _, u := range r.users {
		if str(u.rep, "username") == name {
			return u
		}
	}
	return nil
}

func (s *Server) userRoutes() []route {
	return []route{
		{"GET users", s.listUsers},
		{"GET users/count", s.countUsers},
		{"POST users", s.createUser},
		{"GET users/profile", s.userProfile},
		{"PUT users/profile", s.userProfile},
		{"GET users/*", s.withUser(func(_ *call, u *user) answer { return ok(u.rep) })},
		{"PUT users/*", s.withUser(s.putUser)},
		{"DELETE users/*", s.withUser(func(c *call, u *user) answer {
			c.realm.users = slices.DeleteFunc(c.realm.users, func(x *user) bool { return x == u })
			return noContent()
		})},
		{"GET users/*/credentials", s.withUser(func(_ *call, u *user) answer {
			if u.password == "" {
				return ok([]object{})
			}
			return ok([]object{{"id": u.id(), "type": "password"}})
		})},
		{"PUT users/*/reset-password", s.withUser(s.resetPassword)},
		{"GET users/*/groups", s.withUser(func(_ *call, u *user) answer {
			out := []object{}
			for _, g := range u.groups {
				out = append(out, object{"id": g.id(), "name": g.rep["name"], "path": g.path})
			}
			return ok(out)
		})},
		{"PUT users/*/groups/*", s.withUser(s.join)},
		{"DELETE users/*/groups/*", s.withUser(s.join)},
		{"GET users/*/role-mappings", s.withUser(s.userRoles)},
		{"POST users/*/role-mappings/**", s.withUser(func(c *call, u *user) answer { return s.mapRoles(c, &u.roles) })},
		{"DELETE users/*/role-mappings/**", s.withUser(func(c *call, u *user) answer { return s.mapRoles(c, &u.roles) })},
	}
}

func (s *Server) withUser(handle func(*call, *user) answer) func(*call) answer {
	return func(c *call) answer {
		for _, u := range c.realm.users {
			if u.id() == c.segments[1] {
				return handle(c, u)
			}
		}
		return says(http.StatusNotFound, "User not found")
	}
}

func (s *Server) listUsers(c *call) answer {
	q := c.URL.Query()
	name, exact := strings.ToLower(q.Get("username")), q.Get("exact") == "true"
	out := []object{}
	for _, u := range c.realm.users {
		have := str(u.rep, "username")
		if u.service && !exact || exact && have != name || !strings.Contains(have, name) {
			continue
		}
		out = append(out, u.rep)
	}
	return ok(out)
}

// countUsers leaves out the accounts of services, as lists do.
func (s *Server) countUsers(c *call) answer {
	n := 0
	for _, u := range c.realm.users {
		if !u.service {
			n++
		}
	}
	return ok(n)
}

// lowered are names and addresses as the server keeps them.
func lowered(body object) {
	for _, field := range []string{"username", "email"} {
		if v := str(body, field); v != "" {
			body[field] = strings.ToLower(v)
		}
	}
}

func (s *Server) createUser(c *call) answer {
	body, a, good := s.read(c, "User")
	if !good {
		return a
	}
	lowered(body)
	if a, bad := s.badUser(c, body, nil); bad {
		return a
	}
	if s.old() {
		delete(body, "createdTimestamp")
	}
	u := c.realm.newUser(without(body, "id", "credentials", "groups", "realmRoles", "clientRoles", "requiredActions", "attributes"))
	s.keep(c.realm, u, body)
	for _, action := range c.realm.actions {
		if flag(action, "defaultAction") {
			u.require(str(action, "alias"))
		}
	}
	for _, alias := range c.realm.knownActions(body) {
		u.require(alias)
	}
	for _, cred := range objects(body["credentials"]) {
		u.setPassword(cred)
	}
	for _, path := range names(body["groups"]) {
		if g := c.realm.group(func(g *group) bool { return g.path == path }); g != nil && !slices.Contains(u.groups, g) {
			u.groups = append(u.groups, g)
		}
	}
	return made(c.base + "/admin/realms/" + escape(c.realm.name) + "/users/" + u.id())
}

// require gives a user one more thing to do at the next sign-in.
func (u *user) require(alias string) {
	if done := list(u.rep["requiredActions"]); !slices.Contains(done, any(alias)) {
		u.rep["requiredActions"] = append(done, alias)
	}
}

// knownActions are those of a user's body that the realm has; others are dropped.
func (r *realm) knownActions(body object) []string {
	var out []string
	for _, alias := range names(body["requiredActions"]) {
		if slices.ContainsFunc(r.actions, func(a object) bool { return str(a, "alias") == alias }) {
			out = append(out, alias)
		}
	}
	return out
}

// badUser checks what 26 checks by its user profile; both keep names and addresses apart.
func (s *Server) badUser(c *call, body object, self *user) (answer, bool) {
	name, mail := str(body, "username"), str(body, "email")
	sameName, sameMail := false, false
	for _, u := range c.realm.users {
		sameName = sameName || u != self && name != "" && str(u.rep, "username") == name
		sameMail = sameMail || u != self && mail != "" && str(u.rep, "email") == mail
	}
	switch { // 26 looks at the address first
	case sameMail && (!sameName || !s.old()):
		return tells(http.StatusConflict, "User exists with same email"), true
	case sameName:
		return tells(http.StatusConflict, "User exists with same username"), true
	}
	if s.old() {
		return answer{}, false
	}
	if len(name) < 3 || len(name) > 255 {
		return answer{status: http.StatusBadRequest, body: object{"errors": []object{{"field": "username", "errorMessage": "error-invalid-length", "params": []any{"username", 3, 255}}}}}, true
	}
	if mail != "" && !strings.Contains(mail, "@") {
		return answer{status: http.StatusBadRequest, body: object{"errors": []object{{"field": "email", "errorMessage": "error-invalid-email", "params": []any{"email", mail}}}}}, true
	}
	return answer{}, false
}

// listed makes lists of texts of all values, as the servers do with a user's attributes.
func listed(attributes object) {
	for key, v := range attributes {
		values, is := v.([]any)
		if !is {
			values = []any{v}
		}
		out := []any{}
		for _, e := range values {
			out = append(out, fmt.Sprint(e))
		}
		attributes[key] = out
	}
}

// keep stores attributes: all on 18; on 26 only where the realm's user profile allows what it doesn't have itself.
func (s *Server) keep(r *realm, u *user, body object) {
	if a, is := body["attributes"].(object); is {
		listed(a)
		for name := range a {
			if !s.old() && !r.allows(name) {
				delete(a, name)
			}
		}
		if len(a) == 0 {
			delete(u.rep, "attributes")
			return
		}
		u.rep["attributes"] = a
	}
}

// allows tells whether the user profile has an attribute, or lets administrators write any.
func (r *realm) allows(attribute string) bool {
	policy := str(r.profile, "unmanagedAttributePolicy")
	return policy == "ENABLED" || policy == "ADMIN_EDIT" ||
		slices.ContainsFunc(objects(r.profile["attributes"]), func(a object) bool { return str(a, "name") == attribute })
}

// userProfile is what users of 26 may have; 18 has none.
func (s *Server) userProfile(c *call) answer {
	switch {
	case s.old() && c.Method == http.MethodGet:
		return noContent()
	case s.old():
		return says(http.StatusNotFound, "User not found")
	case c.Method == http.MethodGet:
		return ok(c.realm.profile)
	}
	var body object
	if err := decode(c.Body, &body); err != nil {
		return says(http.StatusBadRequest, "unknown_error")
	}
	c.realm.profile = body
	return ok(body)
}

func (u *user) setPassword(cred object) {
	u.password = str(cred, "value")
	if flag(cred, "temporary") {
		u.require("UPDATE_PASSWORD")
	} else {
		u.rep["requiredActions"] = slices.DeleteFunc(list(u.rep["requiredActions"]), func(a any) bool { return a == "UPDATE_PASSWORD" })
	}
}

// putUser merges single fields. On 26, a body with attributes takes away what it doesn't say of address and names.
func (s *Server) putUser(c *call, u *user) answer {
	body, a, good := s.read(c, "User")
	if !good {
		return a
	}
	lowered(body)
	if body["username"] == nil {
		body["username"] = u.rep["username"]
	}
	if a, bad := s.badUser(c, body, u); bad {
		return a
	}
	if body["attributes"] != nil && !s.old() {
		for _, field := range []string{"email", "firstName", "lastName"} {
			if body[field] == nil {
				delete(u.rep, field)
			}
		}
	}
	s.keep(c.realm, u, body)
	merge(u.rep, body, "id", "credentials", "groups", "realmRoles", "clientRoles", "attributes", "access", "requiredActions", "createdTimestamp")
	if body["requiredActions"] != nil {
		u.rep["requiredActions"] = []any{}
		for _, alias := range c.realm.knownActions(body) {
			u.require(alias)
		}
	}
	return noContent()
}

func (s *Server) resetPassword(c *call, u *user) answer {
	body, a, good := s.read(c, "Credential")
	if !good {
		return a
	}
	u.setPassword(body)
	return noContent()
}

func (s *Server) join(c *call, u *user) answer {
	g := c.realm.group(func(g *group) bool { return g.id() == c.segments[3] })
	if g == nil {
		return says(http.StatusNotFound, "Group not found")
	}
	if c.Method == http.MethodPut && s.old() && slices.ContainsFunc(u.groups, func(x *group) bool { return x.within(g) }) {
		return noContent() // for 18 it is in it already
	}
	u.groups = slices.DeleteFunc(u.groups, func(x *group) bool { return x == g })
	if c.Method == http.MethodPut {
		u.groups = append(u.groups, g)
	}
	return noContent()
}

func (s *Server) userRoles(c *call, u *user) answer {
	realmRoles, clients := []object{}, map[string]object{}
	for _, r := range u.roles {
		if r.client == nil {
			realmRoles = append(realmRoles, r.show(c.realm, true))
			continue
		}
		id := str(r.client.rep, "clientId")
		if clients[id] == nil {
			clients[id] = object{"id": r.client.id(), "client": id, "mappings": []object{}}
		}
		clients[id]["mappings"] = append(clients[id]["mappings"].([]object), r.show(c.realm, true))
	}
	out := object{}
	if len(realmRoles) > 0 {
		out["realmMappings"] = realmRoles
	}
	if len(clients) > 0 {
		out["clientMappings"] = clients
	}
	return ok(out)
}
