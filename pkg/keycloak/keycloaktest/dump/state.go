package dump

import "net/url"

// own are fields of a realm that have their own place in the state.
func own() []string {
	return []string{"realm", "defaultRole", "identityProviders", "identityProviderMappers", "clientPolicies", "clientProfiles"}
}

// state is all of a realm that Keycloak gives.
func (d *dumper) state(realm string) any {
	r := path(realm)
	out := map[string]any{}
	raw := d.one(r)
	whole := d.object(raw, own()...)
	attributes := map[string]any{} // a realm that was once written whole repeats some of its fields as attributes
	given, _ := whole["attributes"].(map[string]any)
	for k, v := range given {
		if _, ok := raw[k]; !ok {
			attributes[k] = v
		}
	}
	whole["attributes"] = attributes
	out["realm"] = whole
	names := d.clients(r, section(out, "clients"))
	for _, s := range d.list(r + "/client-scopes") {
		e := d.object(s)
		delete(e, "protocolMappers")
		put(e, "protocolMappers", d.mappers(s))
		section(out, "clientScopes")[str(s, "name")] = e
	}
	out["defaultClientScopes"] = d.names(r + "/default-default-client-scopes")
	out["optionalClientScopes"] = d.names(r + "/default-optional-client-scopes")
	d.roles(r, names, section(out, "roles"))
	d.groups(r, d.list(r+"/groups?max=10000"), section(out, "groups"))
	d.providers(r, out)
	d.users(r, out)
	for _, a := range d.list(r + "/authentication/required-actions") {
		section(out, "requiredActions")[str(a, "alias")] = d.object(a)
	}
	for key, list := range map[string]string{"clientPolicies": "policies", "clientProfiles": "profiles"} {
		all := section(out, key)
		for _, p := range objects(d.one(r + "/client-policies/" + list)[list]) {
			all[str(p, "name")] = d.object(p)
		}
	}
	return named(out, realm)
}

func (d *dumper) names(path string) []any {
	names := []any{}
	for _, s := range d.list(path) {
		names = append(names, s["name"])
	}
	return sorted(names)
}

func (d *dumper) mappers(of map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range objects(of["protocolMappers"]) {
		out[str(m, "name")] = d.object(m, "name")
	}
	return out
}

// clients gives the names of clients by their ids.
func (d *dumper) clients(r string, out map[string]any) map[string]string {
	names := map[string]string{}
	for _, c := range d.list(r + "/clients") {
		at := r + "/clients/" + str(c, "id")
		names[str(c, "id")] = str(c, "clientId")
		e := d.object(c, "protocolMappers")
		put(e, "protocolMappers", d.mappers(c))
		if !flag(c, "publicClient") && !flag(c, "bearerOnly") {
			if s := str(d.one(at+"/client-secret"), "value"); s != "" {
				e["secret"] = "generated"
				if name, ok := d.secrets[s]; ok {
					e["secret"] = name
				}
			}
		}
		roles := map[string]any{}
		for _, x := range d.list(at + "/roles?briefRepresentation=false") {
			roles[str(x, "name")] = d.object(x, "name")
		}
		put(e, "roles", roles)
		if flag(c, "serviceAccountsEnabled") {
			user := d.one(at + "/service-account-user")
			put(e, "serviceAccountRoles", d.accountRoles(d.one(r+"/users/"+str(user, "id")+"/role-mappings")))
		}
		out[str(c, "clientId")] = e
	}
	return names
}

func (d *dumper) accountRoles(m map[string]any) map[string]any {
	out := map[string]any{}
	list := func(roles any) []any {
		names := []any{}
		for _, x := range objects(roles) {
			names = append(names, x["name"])
		}
		return sorted(names)
	}
	put(out, "realm", list(m["realmMappings"]))
	clients, _ := m["clientMappings"].(map[string]any)
	for client, v := range clients {
		mappings, _ := v.(map[string]any)
		put(out, client, list(mappings["mappings"]))
	}
	return out
}

func (d *dumper) roles(r string, clients map[string]string, out map[string]any) {
	for _, x := range d.list(r + "/roles?briefRepresentation=false&max=10000") {
		e := d.object(x, "name")
		if flag(x, "composite") {
			names := []any{}
			for _, y := range d.list(r + "/roles-by-id/" + str(x, "id") + "/composites") {
				if str(y, "name") == "" {
					y["name"] = d.one(r + "/roles-by-id/" + str(y, "id"))["name"]
				}
				name := str(y, "name")
				if flag(y, "clientRole") {
					name = clients[str(y, "containerId")] + "/" + name
				}
				names = append(names, name)
			}
			e["composites"] = sorted(names)
		}
		out[str(x, "name")] = e
	}
}

func (d *dumper) groups(r string, all []map[string]any, out map[string]any) {
	for _, g := range all {
		at := r + "/groups/" + str(g, "id")
		below := objects(g["subGroups"])
		if len(below) == 0 {
			below = d.list(at + "/children?max=10000")
		}
		e := d.object(d.one(at), "name", "subGroups", "path")
		groups := map[string]any{}
		d.groups(r, below, groups)
		put(e, "groups", groups)
		out[str(g, "name")] = e
	}
}

func (d *dumper) providers(r string, out map[string]any) {
	for _, i := range d.list(r + "/identity-provider/instances") {
		e := d.object(i, "alias")
		mappers := map[string]any{}
		for _, m := range d.list(r + "/identity-provider/instances/" + url.PathEscape(str(i, "alias")) + "/mappers") {
			mappers[str(m, "name")] = d.object(m, "name")
		}
		put(e, "mappers", mappers)
		section(out, "identityProviders")[str(i, "alias")] = e
	}
}

func (d *dumper) users(r string, out map[string]any) {
	for _, u := range d.list(r + "/users?max=10000") {
		at := r + "/users/" + str(u, "id")
		e := d.object(d.one(at))
		credentials, groups, roles := []any{}, []any{}, []any{}
		for _, c := range d.list(at + "/credentials") {
			credentials = append(credentials, c["type"])
		}
		for _, g := range d.list(at + "/groups") {
			groups = append(groups, g["path"])
		}
		for client, names := range d.accountRoles(d.one(at + "/role-mappings")) {
			for _, name := range names.([]any) {
				if client != "realm" {
					name = client + "/" + name.(string)
				}
				roles = append(roles, name)
			}
		}
		e["credentials"], e["groups"], e["roles"] = sorted(credentials), sorted(groups), sorted(roles)
		for k, v := range e {
			if empty(v) || v == "" || v == false {
				delete(e, k)
			}
		}
		section(out, "users")[str(u, "username")] = e
	}
}
