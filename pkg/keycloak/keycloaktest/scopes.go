package keycloaktest

import (
	"net/http"
	"slices"
	"strings"
)

// scope is a client scope.
type scope struct{ rep object }

func newScope(rep object) *scope {
	s := &scope{rep: rep}
	s.rep["id"] = newID()
	for _, m := range objects(rep["protocolMappers"]) {
		m["id"] = newID()
	}
	return s
}

func (r *realm) scope(name string) *scope {
	for _, s := range r.scopes {
		if str(s.rep, "name") == name {
			return s
		}
	}
	return nil
}

func (r *realm) scopeByID(id string) *scope {
	for _, s := range r.scopes {
		if str(s.rep, "id") == id {
			return s
		}
	}
	return nil
}

const (
	defaultList  = "default-default-client-scopes"
	optionalList = "default-optional-client-scopes"
)

func (s *Server) scopeRoutes() []route {
	return []route{
		{"GET client-scopes", s.listScopes},
		{"POST client-scopes", s.createScope},
		{"GET client-scopes/*", s.withScope(func(_ *call, x *scope) answer { return ok(x.rep) })},
		{"PUT client-scopes/*", s.withScope(s.putScope)},
		{"DELETE client-scopes/*", s.withScope(s.deleteScope)},
		{"GET client-scopes/*/protocol-mappers/models", s.withScope(func(c *call, x *scope) answer { return s.listMappers(x.rep) })},
		{"POST client-scopes/*/protocol-mappers/models", s.withScope(func(c *call, x *scope) answer { return s.createMapper(c, x.rep) })},
		{"GET client-scopes/*/protocol-mappers/models/*", s.withScope(func(c *call, x *scope) answer { return s.getMapper(c, x.rep) })},
		{"PUT client-scopes/*/protocol-mappers/models/*", s.withScope(func(c *call, x *scope) answer { return s.putMapper(c, x.rep) })},
		{"DELETE client-scopes/*/protocol-mappers/models/*", s.withScope(func(c *call, x *scope) answer { return s.deleteMapper(c, x.rep) })},
		{"GET " + defaultList, s.realmScopes},
		{"GET " + optionalList, s.realmScopes},
		{"PUT " + defaultList + "/*", s.withScope(s.assignRealmScope)},
		{"PUT " + optionalList + "/*", s.withScope(s.assignRealmScope)},
		{"DELETE " + defaultList + "/*", s.withScope(s.unassignRealmScope)},
		{"DELETE " + optionalList + "/*", s.withScope(s.unassignRealmScope)},
	}
}

func (s *Server) withScope(handle func(*call, *scope) answer) func(*call) answer {
	return func(c *call) answer {
		if x := c.realm.scopeByID(c.segments[1]); x != nil {
			return handle(c, x)
		}
		return says(http.StatusNotFound, "Could not find client scope")
	}
}

func (s *Server) listScopes(c *call) answer {
	out := []object{}
	for _, x := range c.realm.scopes {
		out = append(out, x.rep)
	}
	return ok(out)
}

func (s *Server) createScope(c *call) answer {
	body, a, good := s.read(c, "ClientScope")
	if !good {
		return a
	}
	if s.old() {
		body["name"] = strings.ReplaceAll(str(body, "name"), " ", "_")
	}
	name := str(body, "name")
	switch {
	case c.realm.scope(name) != nil:
		return tells(http.StatusConflict, "Client Scope %s already exists", name)
	case !s.old() && !isScopeToken(name):
		return tells(http.StatusBadRequest, "Unexpected name \"%s\" for ClientScope", name)
	case !s.old() && body["protocol"] == nil:
		return tells(http.StatusBadRequest, "Unexpected protocol")
	}
	x := newScope(object{"name": name, "attributes": object{}})
	merge(x.rep, body, "protocolMappers")
	texts(mapping(x.rep, "attributes"))
	for _, m := range objects(body["protocolMappers"]) {
		addMapper(x.rep, m)
	}
	c.realm.scopes = append(c.realm.scopes, x)
	return made(c.base + "/admin/realms/" + escape(c.realm.name) + "/client-scopes/" + str(x.rep, "id"))
}

// isScopeToken tells whether a name can stand in the scope of a token, as 19 and later want it.
func isScopeToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' })
}

// putScope merges, attributes key by key; 26 needs the name.
func (s *Server) putScope(c *call, x *scope) answer {
	body, a, good := s.read(c, "ClientScope")
	if !good {
		return a
	}
	if !s.old() && str(body, "name") == "" {
		return says(http.StatusInternalServerError, "unknown_error")
	}
	attributes := mapping(x.rep, "attributes")
	said, _ := body["attributes"].(object)
	texts(said)
	merge(attributes, said)
	merge(x.rep, body, "id", "attributes", "protocolMappers")
	return noContent()
}

func (s *Server) deleteScope(c *call, x *scope) answer {
	r, name := c.realm, str(x.rep, "name")
	r.scopes = slices.DeleteFunc(r.scopes, func(y *scope) bool { return y == x })
	drop := func(list []string) []string { return slices.DeleteFunc(list, func(n string) bool { return n == name }) }
	r.defaults, r.optionals = drop(r.defaults), drop(r.optionals)
	for _, cl := range r.clients {
		cl.defaults, cl.optionals = drop(cl.defaults), drop(cl.optionals)
	}
	return noContent()
}

func (s *Server) realmScopes(c *call) answer {
	list := c.realm.defaults
	if c.segments[0] == optionalList {
		list = c.realm.optionals
	}
	out := []object{}
	for _, name := range list {
		if x := c.realm.scope(name); x != nil {
			out = append(out, object{"id": x.rep["id"], "name": name, "protocol": x.rep["protocol"]})
		}
	}
	return ok(out)
}

// assign puts a scope into a list. Where it is in the other one already nothing changes, and 204 is said all the same.
func assign(into, other *[]string, name string) {
	if !slices.Contains(*into, name) && !slices.Contains(*other, name) {
		*into = append(*into, name)
	}
}

func unassign(from *[]string, name string) {
	*from = slices.DeleteFunc(*from, func(n string) bool { return n == name })
}

func (s *Server) assignRealmScope(c *call, x *scope) answer {
	into, other := &c.realm.defaults, &c.realm.optionals
	if c.segments[0] == optionalList {
		into, other = other, into
	}
	assign(into, other, str(x.rep, "name"))
	return noContent()
}

func (s *Server) unassignRealmScope(c *call, x *scope) answer {
	from := &c.realm.defaults
	if c.segments[0] == optionalList {
		from = &c.realm.optionals
	}
	unassign(from, str(x.rep, "name"))
	return noContent()
}

func (s *Server) assignScope(c *call, cl *client) answer {
	x := c.realm.scopeByID(c.segments[3])
	if x == nil {
		return says(http.StatusNotFound, "Client scope not found")
	}
	into, other := &cl.defaults, &cl.optionals
	if c.segments[2] == "optional-client-scopes" {
		into, other = other, into
	}
	assign(into, other, str(x.rep, "name"))
	return noContent()
}

func (s *Server) unassignScope(c *call, cl *client) answer {
	x := c.realm.scopeByID(c.segments[3])
	if x == nil {
		return says(http.StatusNotFound, "Client scope not found")
	}
	from := &cl.defaults
	if c.segments[2] == "optional-client-scopes" {
		from = &cl.optionals
	}
	unassign(from, str(x.rep, "name"))
	return noContent()
}
