package keycloaktest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// group is a group of a realm, or below another.
type group struct {
	rep   object
	path  string
	above *group
	below []*group
	roles []*role
}

func (g *group) id() string { return str(g.rep, "id") }

// within tells whether the group is another, or below it.
func (g *group) within(other *group) bool {
	return g != nil && (g == other || g.above.within(other))
}

func (r *realm) eachGroup(visit func(*group)) {
	var walk func([]*group)
	walk = func(groups []*group) {
		for _, g := range groups {
			visit(g)
			walk(g.below)
		}
	}
	walk(r.groups)
}

func (r *realm) group(is func(*group) bool) *group {
	var found *group
	r.eachGroup(func(g *group) {
		if is(g) {
			found = g
		}
	})
	return found
}

func (s *Server) groupRoutes() []route {
	return []route{
		{"GET groups", func(c *call) answer { return ok(s.showGroups(c, c.realm.groups)) }},
		{"POST groups", func(c *call) answer { return s.createGroup(c, nil) }},
		{"GET groups/*", s.withGroup(func(c *call, g *group) answer { return ok(s.showGroup(c, g, false)) })},
		{"PUT groups/*", s.withGroup(s.putGroup)},
		{"DELETE groups/*", s.withGroup(s.deleteGroup)},
		{"GET groups/*/children", s.withGroup(s.listChildren)},
		{"POST groups/*/children", s.withGroup(s.createGroup)},
		{"POST groups/*/role-mappings/**", s.withGroup(func(c *call, g *group) answer { return s.mapRoles(c, &g.roles) })},
		{"DELETE groups/*/role-mappings/**", s.withGroup(func(c *call, g *group) answer { return s.mapRoles(c, &g.roles) })},
		{"GET default-groups", func(c *call) answer {
			out := []object{}
			for _, g := range c.realm.given {
				out = append(out, object{"id": g.id(), "name": g.rep["name"], "path": g.path})
			}
			return ok(out)
		}},
		{"PUT default-groups/*", s.giveGroup},
		{"DELETE default-groups/*", s.giveGroup},
		{"GET group-by-path/**", func(c *call) answer {
			at := "/" + strings.Join(c.segments[1:], "/")
			if g := c.realm.group(func(g *group) bool { return g.path == at }); g != nil {
				return ok(s.showGroup(c, g, false))
			}
			return says(http.StatusNotFound, "Group path does not exist")
		}},
	}
}

func (s *Server) withGroup(handle func(*call, *group) answer) func(*call) answer {
	return func(c *call) answer {
		if g := c.realm.group(func(g *group) bool { return g.id() == c.segments[1] }); g != nil {
			return handle(c, g)
		}
		return says(http.StatusNotFound, "Could not find group by id")
	}
}

func (s *Server) showGroups(c *call, groups []*group) []object {
	out := []object{}
	for _, g := range groups {
		out = append(out, s.showGroup(c, g, c.URL.Query().Get("briefRepresentation") != "false"))
	}
	return out
}

// showGroup has all below it on 18, and a count of it on 26.
func (s *Server) showGroup(c *call, g *group, brief bool) object {
	out := copied(g.rep)
	out["path"], out["subGroups"] = g.path, []object{}
	if s.old() {
		out["subGroups"] = s.showGroups(c, g.below)
	} else {
		out["subGroupCount"] = len(g.below)
	}
	realmRoles, clientRoles := []string{}, map[string][]string{}
	for _, r := range g.roles {
		if r.client == nil {
			realmRoles = append(realmRoles, r.name())
		} else {
			id := str(r.client.rep, "clientId")
			clientRoles[id] = append(clientRoles[id], r.name())
		}
	}
	out["realmRoles"], out["clientRoles"] = realmRoles, clientRoles
	if brief {
		out = without(out, "attributes", "realmRoles", "clientRoles")
	}
	return out
}

// listChildren is not there on 18; ten are given where nobody says how many.
func (s *Server) listChildren(c *call, g *group) answer {
	if s.old() {
		return answer{status: http.StatusMethodNotAllowed, body: object{"error": "RESTEASY003650: No resource method found for GET"}}
	}
	limit, err := strconv.Atoi(c.URL.Query().Get("max"))
	if err != nil {
		limit = 10
	}
	return ok(s.showGroups(c, g.below[:min(limit, len(g.below))]))
}

func (s *Server) createGroup(c *call, above *group) answer {
	body, a, good := s.read(c, "Group")
	if !good {
		return a
	}
	name := str(body, "name")
	if name == "" {
		return tells(http.StatusBadRequest, "Group name is missing")
	}
	into, prefix := &c.realm.groups, ""
	if above != nil {
		into, prefix = &above.below, above.path
	}
	if slices.ContainsFunc(*into, func(g *group) bool { return str(g.rep, "name") == name }) {
		return tells(http.StatusConflict, "Top level group named '%s' already exists.", name)
	}
	g := &group{rep: object{"id": newID(), "attributes": object{}}, path: prefix + "/" + name, above: above}
	merge(g.rep, body, "id", "path", "subGroups", "realmRoles", "clientRoles", "access", "subGroupCount", "parentId")
	*into = append(*into, g)
	answer := made(c.base + "/admin/realms/" + escape(c.realm.name) + "/groups/" + g.id())
	if above != nil {
		answer.body = s.showGroup(c, g, false)
	}
	return answer
}

// putGroup needs the name; attributes are replaced where they are sent.
func (s *Server) putGroup(c *call, g *group) answer {
	body, a, good := s.read(c, "Group")
	if !good {
		return a
	}
	if str(body, "name") == "" {
		return tells(http.StatusBadRequest, "Group name is missing")
	}
	merge(g.rep, body, "id", "path", "subGroups", "realmRoles", "clientRoles", "access", "subGroupCount", "parentId")
	return noContent()
}

func (s *Server) deleteGroup(c *call, g *group) answer {
	from := &c.realm.groups
	if g.above != nil {
		from = &g.above.below
	}
	*from = slices.DeleteFunc(*from, func(x *group) bool { return x == g })
	c.realm.given = slices.DeleteFunc(c.realm.given, func(x *group) bool { return x.within(g) })
	for _, u := range c.realm.users {
		u.groups = slices.DeleteFunc(u.groups, func(x *group) bool { return x == g || strings.HasPrefix(x.path, g.path+"/") })
	}
	return noContent()
}

// giveGroup makes a group one that new users join, or no longer.
func (s *Server) giveGroup(c *call) answer {
	g := c.realm.group(func(g *group) bool { return g.id() == c.segments[1] })
	if g == nil {
		return says(http.StatusNotFound, "Group not found")
	}
	c.realm.given = slices.DeleteFunc(c.realm.given, func(x *group) bool { return x == g })
	if c.Method == http.MethodPut {
		c.realm.given = append(c.realm.given, g)
	}
	return noContent()
}

// mapRoles adds roles to a group or user, or takes them away: all of the realm's or the client's where the body is missing.
func (s *Server) mapRoles(c *call, have *[]*role) answer {
	list := readList(c)
	if list == nil && c.Method == http.MethodDelete {
		*have = slices.DeleteFunc(*have, func(x *role) bool {
			return strings.HasSuffix(c.URL.Path, "/role-mappings/realm") && x.client == nil || x.client != nil && strings.HasSuffix(c.URL.Path, "/"+x.client.id())
		})
		return noContent()
	}
	if list == nil {
		return stumbledOver()
	}
	roles, there := s.named(c, list, true)
	if !there {
		return says(http.StatusNotFound, "Role not found")
	}
	if c.Method == http.MethodDelete {
		*have = less(*have, roles)
	} else {
		*have = with(*have, roles)
	}
	return noContent()
}
