package keycloaktest

// loader finds saved objects by their ids.
type loader struct {
	roles  map[string]*role
	users  map[string]*user
	groups map[string]*group
}

// realm makes a realm of what was saved: first all that others name, then what names it.
func (l *loader) realm(saved savedRealm, old bool) *realm {
	r := &realm{
		name: saved.Name, rep: saved.Rep, defaults: saved.Defaults, optionals: saved.Optionals, actions: saved.Actions, flows: saved.Flows, defaultRoleName: saved.Default,
		policies: saved.Policies, profiles: saved.Profiles, profile: saved.Profile, born: saved.Born, old: old,
	}
	if r.flows == nil { // of a state from before
		r.flows = newFlows(old)
	}
	r.roles = l.declareRoles(saved.Roles, nil)
	for _, c := range saved.Clients {
		x := &client{rep: c.Rep, secret: c.Secret, defaults: c.Defaults, optionals: c.Optionals}
		x.roles = l.declareRoles(c.Roles, x)
		r.clients = append(r.clients, x)
	}
	l.compose(saved.Roles)
	for _, c := range saved.Clients {
		l.compose(c.Roles)
	}
	r.groups = l.groupTree(saved.Groups, nil)
	for _, id := range saved.Given {
		r.given = append(r.given, l.groups[id])
	}
	for _, u := range saved.Users {
		r.users = append(r.users, l.user(u))
	}
	for i, c := range saved.Clients {
		r.clients[i].account = l.users[c.Account]
	}
	for _, rep := range saved.Scopes {
		r.scopes = append(r.scopes, &scope{rep: rep})
	}
	for _, p := range saved.Providers {
		r.providers = append(r.providers, &provider{rep: p.Rep, mappers: p.Mappers})
	}
	return r
}

func (l *loader) declareRoles(saved []savedRole, of *client) []*role {
	var out []*role
	for _, s := range saved {
		x := &role{rep: s.Rep, client: of}
		l.roles[x.id()] = x
		out = append(out, x)
	}
	return out
}

func (l *loader) compose(saved []savedRole) {
	for _, s := range saved {
		x := l.roles[str(s.Rep, "id")]
		x.composites = l.rolesOf(s.Composites)
	}
}

func (l *loader) rolesOf(ids []string) []*role {
	var out []*role
	for _, id := range ids {
		out = append(out, l.roles[id])
	}
	return out
}

func (l *loader) groupTree(saved []savedGroup, above *group) []*group {
	var out []*group
	for _, s := range saved {
		g := &group{rep: s.Rep, path: s.Path, above: above, roles: l.rolesOf(s.Roles)}
		g.below = l.groupTree(s.Below, g)
		l.groups[str(g.rep, "id")] = g
		out = append(out, g)
	}
	return out
}

func (l *loader) user(saved savedUser) *user {
	u := &user{rep: saved.Rep, password: saved.Password, service: saved.Service, roles: l.rolesOf(saved.Roles)}
	for _, id := range saved.Groups {
		u.groups = append(u.groups, l.groups[id])
	}
	l.users[str(u.rep, "id")] = u
	return u
}
