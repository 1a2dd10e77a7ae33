package keycloaktest

import (
	"net/http"
	"slices"
)

// role is a role of a realm or, with client, of a client.
type role struct {
	rep        object
	client     *client
	composites []*role
}

func newRole(name string, c *client) *role {
	return &role{rep: object{"id": newID(), "name": name, "attributes": object{}}, client: c}
}

func (r *role) id() string   { return str(r.rep, "id") }
func (r *role) name() string { return str(r.rep, "name") }

func (r *realm) role(name string) *role {
	for _, x := range r.roles {
		if x.name() == name {
			return x
		}
	}
	return nil
}

// every is all roles of the realm and its clients.
func (r *realm) every() []*role {
	all := slices.Clone(r.roles)
	for _, c := range r.clients {
		all = append(all, c.roles...)
	}
	return all
}

func (r *realm) roleByID(id string) *role {
	for _, x := range r.every() {
		if x.id() == id {
			return x
		}
	}
	return nil
}

// effective are the roles of a user, with all that they bring along.
func (r *realm) effective(u *user) []*role {
	var out []*role
	var add func(x *role)
	add = func(x *role) {
		if slices.Contains(out, x) {
			return
		}
		out = append(out, x)
		for _, y := range x.composites {
			add(y)
		}
	}
	for _, x := range u.roles {
		add(x)
	}
	for _, g := range u.groups {
		for ; g != nil; g = g.above {
			for _, x := range g.roles {
				add(x)
			}
		}
	}
	return out
}

// holders are the users or groups that have a role themselves.
func (s *Server) holders(c *call) answer {
	x := c.realm.role(c.segments[1])
	if x == nil {
		return says(http.StatusNotFound, "Could not find role")
	}
	out := []object{}
	if c.segments[2] == "users" {
		for _, u := range c.realm.users {
			if slices.Contains(u.roles, x) {
				out = append(out, u.rep)
			}
		}
		return ok(out)
	}
	c.realm.eachGroup(func(g *group) {
		if slices.Contains(g.roles, x) {
			out = append(out, object{"id": g.id(), "name": g.rep["name"], "path": g.path})
		}
	})
	return ok(out)
}

// unlink takes a role away from all that has it.
func (r *realm) unlink(x *role) {
	drop := func(list []*role) []*role { return slices.DeleteFunc(list, func(y *role) bool { return y == x }) }
	for _, y := range r.every() {
		y.composites = drop(y.composites)
	}
	for _, u := range r.users {
		u.roles = drop(u.roles)
	}
	r.eachGroup(func(g *group) { g.roles = drop(g.roles) })
	r.roles = drop(r.roles)
	if x.client != nil {
		x.client.roles = drop(x.client.roles)
	}
}

// show is a role as it is given; brief ones have no attributes.
func (r *role) show(realm *realm, brief bool) object {
	out := copied(r.rep)
	out["composite"], out["clientRole"], out["containerId"] = len(r.composites) > 0, r.client != nil, realm.rep["id"]
	if r.client != nil {
		out["containerId"] = r.client.id()
	}
	if brief {
		delete(out, "attributes")
	}
	return out
}

func (s *Server) roleRoutes() []route {
	byName := func(c *call) *role { return c.realm.role(c.segments[1]) }
	byID := func(c *call) *role { return c.realm.roleByID(c.segments[1]) }
	ofClient := func(handle func(*call, *client) answer) func(*call) answer { return s.withClient(handle) }
	return []route{
		{"GET roles", func(c *call) answer { return s.listRoles(c, c.realm.roles) }},
		{"POST roles", func(c *call) answer { return s.createRole(c, nil) }},
		{"GET roles/*/users", s.holders},
		{"GET roles/*/groups", s.holders},
		{"GET roles/*", s.withRole(byName, s.getRole)},
		{"PUT roles/*", s.withRole(byName, s.putRole)},
		{"GET clients/*/roles", ofClient(func(c *call, x *client) answer { return s.listRoles(c, x.roles) })},
		{"POST clients/*/roles", ofClient(s.createRole)},
		{"GET clients/*/roles/*", ofClient(func(c *call, x *client) answer {
			return s.withRole(func(c *call) *role { return x.role(c.segments[3]) }, s.getRole)(c)
		})},
		{"GET roles-by-id/*", s.withRole(byID, s.getRole)},
		{"PUT roles-by-id/*", s.withRole(byID, s.putRole)},
		{"DELETE roles-by-id/*", s.withRole(byID, s.deleteRole)},
		{"GET roles-by-id/*/composites", s.withRole(byID, s.listComposites)},
		{"POST roles-by-id/*/composites", s.withRole(byID, s.addComposites)},
		{"DELETE roles-by-id/*/composites", s.withRole(byID, s.dropComposites)},
	}
}

func (s *Server) withRole(find func(*call) *role, handle func(*call, *role) answer) func(*call) answer {
	return func(c *call) answer {
		if x := find(c); x != nil {
			return handle(c, x)
		}
		if c.segments[0] == "roles-by-id" {
			return says(http.StatusNotFound, "Could not find role with id")
		}
		return says(http.StatusNotFound, "Could not find role")
	}
}

func (s *Server) listRoles(c *call, roles []*role) answer {
	out := []object{}
	for _, x := range roles {
		out = append(out, x.show(c.realm, c.URL.Query().Get("briefRepresentation") != "false"))
	}
	return ok(out)
}

func (s *Server) createRole(c *call, of *client) answer {
	body, a, good := s.read(c, "Role")
	if !good {
		return a
	}
	name := str(body, "name")
	if len(name) > 255 {
		return says(http.StatusInternalServerError, "unknown_error")
	}
	if of == nil && c.realm.role(name) != nil || of != nil && of.role(name) != nil {
		return tells(http.StatusConflict, "Role with name %s already exists", name)
	}
	x := newRole(name, of)
	merge(x.rep, body, "id", "composites", "composite", "clientRole", "containerId")
	if of == nil {
		c.realm.roles = append(c.realm.roles, x)
	} else {
		of.roles = append(of.roles, x)
	}
	return made(c.base + c.URL.EscapedPath()[len(s.opts.BasePath):] + "/" + escape(name))
}

func (s *Server) getRole(c *call, x *role) answer { return ok(x.show(c.realm, false)) }

// putRole merges; 26 needs the name. Attributes that aren't sent stay.
func (s *Server) putRole(c *call, x *role) answer {
	body, a, good := s.read(c, "Role")
	if !good {
		return a
	}
	if !s.old() && str(body, "name") == "" {
		return says(http.StatusBadRequest, "role has no name")
	}
	merge(x.rep, body, "id", "composites", "composite", "clientRole", "containerId")
	return noContent()
}

func (s *Server) deleteRole(c *call, x *role) answer {
	if x == c.realm.defaultRole() {
		return says(http.StatusBadRequest, "Role is a default role and cannot be removed")
	}
	c.realm.unlink(x)
	return noContent()
}

// listComposites leaves out the names, as 18 may.
func (s *Server) listComposites(c *call, x *role) answer {
	out := []object{}
	for _, y := range x.composites {
		e := y.show(c.realm, true)
		if s.old() {
			delete(e, "name")
		}
		out = append(out, e)
	}
	return ok(out)
}

// named finds the roles of a body by their ids, and by their names too where the call checks both.
func (s *Server) named(c *call, list []object, both bool) ([]*role, bool) {
	var out []*role
	for _, e := range list {
		x := c.realm.roleByID(str(e, "id"))
		if x == nil || both && x.name() != str(e, "name") {
			return nil, false
		}
		out = append(out, x)
	}
	return out, true
}

func (s *Server) addComposites(c *call, x *role) answer {
	list := readList(c)
	if list == nil {
		return stumbledOver()
	}
	roles, there := s.named(c, list, false)
	if !there {
		return says(http.StatusNotFound, "Could not find composite role")
	}
	x.composites = with(x.composites, roles)
	return noContent()
}

func (s *Server) dropComposites(c *call, x *role) answer {
	list := readList(c)
	if list == nil {
		return stumbledOver()
	}
	roles, there := s.named(c, list, false)
	if !there {
		return says(http.StatusNotFound, "Could not find composite role")
	}
	x.composites = less(x.composites, roles)
	return noContent()
}

func with(have, more []*role) []*role {
	for _, x := range more {
		if !slices.Contains(have, x) {
			have = append(have, x)
		}
	}
	return have
}

func less(have, gone []*role) []*role {
	return slices.DeleteFunc(have, func(x *role) bool { return slices.Contains(gone, x) })
}
