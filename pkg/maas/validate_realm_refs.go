package maas

import (
	"maps"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

// group checks that a group's path leads somewhere.
func (p place) group(groups Map[*Group], path string) {
	if !p.known() {
		return
	}
	if !strings.HasPrefix(path, "/") {
		p.errorf(CodeValue, "%s: a group's path starts with /, as in /platform/on-call", p)
		return
	}
	for _, name := range strings.Split(path[1:], "/") {
		g, ok := groups.Get(name)
		if !ok || g.Absent {
			p.errorf(CodeReference, "%s: there is no group %q%s", p, path, near.Meant(name, groups.Names()))
			return
		}
		groups = g.Groups
	}
}

// defaultGroups checks the paths of the groups that new users join. One that the document lacks may be there already.
func (r realmPlace) defaultGroups() {
	for i, path := range r.realm.DefaultGroups {
		at := r.at("defaultGroups", index(i))
		if !at.known() || !strings.HasPrefix(path, "/") || r.declares(path) {
			at.group(r.realm.Groups, path)
		}
	}
}

// defaultRole checks the role that every user of a new realm has: it is named, and said among the roles.
func (r realmPlace) defaultRole() {
	said, _ := r.realm.Fields["defaultRole"].(map[string]any)
	for _, field := range slices.Sorted(maps.Keys(said)) {
		if field != "name" {
			r.at("defaultRole").errorKey(field, "%s: only the name of the role stands here; say the rest in roles", r.at("defaultRole"))
		}
	}
	if name, isText := said["name"].(string); isText {
		if role, ok := r.realm.Roles.Get(name); (!ok || role.Absent) && !r.builtinRole(name) {
			at := r.at("defaultRole", "name")
			at.errorf(CodeReference, "%s: no role %q; %s", at, name, strings.Replace(lacks(r.realm.Roles, name), "document", "realm", 1))
		}
	}
}

// declares tells whether the document has the first group of a path.
func (r realmPlace) declares(path string) bool {
	first, _, _ := strings.Cut(path[1:], "/")
	_, ok := r.realm.Groups.Get(first)
	return ok
}

// serviceAccount refuses a user that is the account of a client's service: Keycloak makes it with the client, and can't where
// a user has its name.
func (r realmPlace) serviceAccount(at place, user string) {
	const prefix = "service-account-"
	client, is := strings.CutPrefix(strings.ToLower(user), prefix)
	if !is {
		return
	}
	for _, c := range r.realm.Clients {
		if strings.EqualFold(c.Name, client) {
			client = c.Name
		}
	}
	at.errorf(CodeName, "%s: Keycloak itself makes this user for the client %s, and couldn't where it is there already; say serviceAccountRoles of the client instead",
		at, client)
}

// clientPolicies checks that the profiles which policies name are the realm's own or Keycloak's.
func (r realmPlace) clientPolicies() {
	for _, p := range r.realm.ClientPolicies {
		profiles, _ := p.Value.Fields["profiles"].([]any)
		for i, e := range profiles {
			name, _ := e.(string)
			declared, ok := r.realm.ClientProfiles.Get(name)
			if p.Value.Absent || name == "" || ok && !declared.Absent || !ok && slices.Contains(builtinProfiles(), name) {
				continue
			}
			at := r.at("clientPolicies", p.Name)
			at.at("profiles", index(i)).errorf(CodeReference, "%s: no client profile %q; %s", at, name,
				strings.Replace(lacks(r.realm.ClientProfiles, name), "document", "realm", 1))
		}
	}
}

// scopes checks that client scopes are the realm's own or Keycloak's.
func (r realmPlace) scopes(at place, key string, scopes []NameOrAbsent) {
	for i, s := range scopes {
		declared, ok := r.realm.ClientScopes.Get(s.Name)
		if s.Name == "" || s.Absent || ok && !declared.Absent || !ok && slices.Contains(builtinScopes(), s.Name) {
			continue
		}
		at.at(key, index(i)).errorf(CodeReference, "%s: no client scope %q; %s", at, s.Name,
			strings.Replace(lacks(r.realm.ClientScopes, s.Name), "document", "realm", 1))
	}
}

// eitherScope checks that no scope is both default and optional: Keycloak would leave it default without a word.
func (p place) eitherScope(defaults, optionals []NameOrAbsent) {
	for i, o := range optionals {
		twice := slices.ContainsFunc(defaults, func(d NameOrAbsent) bool { return d.Name == o.Name && !d.Absent })
		if twice && !o.Absent && o.Name != "" {
			p.at("optionalClientScopes", index(i)).errorf(CodeConflict, "%s: the client scope %q is default already, so it can't be optional", p, o.Name)
		}
	}
}

// roleRefs checks that roles are the realm's own, one of its clients', or Keycloak's.
func (r realmPlace) roleRefs(at place, key string, refs []RoleRef) {
	for i, ref := range refs {
		at := at.at(key, index(i))
		switch {
		case ref.Role == "":
		case ref.Client == "":
			role, ok := r.realm.Roles.Get(ref.Role)
			if ok && !role.Absent || !ok && r.builtinRole(ref.Role) {
				continue
			}
			at.errorf(CodeReference, "%s: no role %q; %s", at, ref.Role, strings.Replace(lacks(r.realm.Roles, ref.Role), "document", "realm", 1))
		default:
			r.clientRole(at, ref)
		}
	}
}

func (r realmPlace) clientRole(at place, ref RoleRef) {
	client, ok := r.realm.Clients.Get(ref.Client)
	if !ok && builtinClient(ref.Client) {
		return
	}
	if !ok || client.Absent {
		at.errorf(CodeReference, "%s: no client %q; %s", at, ref.Client, strings.Replace(lacks(r.realm.Clients, ref.Client), "document", "realm", 1))
		return
	}
	if role, ok := client.Roles.Get(ref.Role); (!ok || role.Absent) && !builtinClient(ref.Client) && ref.Role != "uma_protection" {
		at.errorf(CodeReference, "%s: client %s has no role %q%s", at, ref.Client, ref.Role, near.Meant(ref.Role, client.Roles.Names()))
	}
}

// builtinScopes are the client scopes that Keycloak gives a new realm.
func builtinScopes() []string {
	return []string{
		"profile", "email", "address", "phone", "offline_access", "roles", "web-origins", "microprofile-jwt", "acr",
		"basic", "organization", "service_account", "role_list", "saml_organization",
	}
}

// builtinProfiles are the client profiles that every realm has, those of 18 to 26 together.
func builtinProfiles() []string {
	return []string{
		"fapi-1-baseline", "fapi-1-advanced", "fapi-ciba", "fapi-2-security-profile", "fapi-2-message-signing", "fapi-2-dpop-security-profile",
		"fapi-2-dpop-message-signing", "oauth-2-1-for-confidential-client", "oauth-2-1-for-public-client", "saml-security-profile",
	}
}

// builtinRole tells whether Keycloak gives a new realm this role.
func (r realmPlace) builtinRole(name string) bool {
	if r.name == "master" && (name == "admin" || name == "create-realm") {
		return true
	}
	return name == "offline_access" || name == "uma_authorization" || name == "default-roles-"+strings.ToLower(r.name)
}

// builtinClient tells whether Keycloak gives a new realm this client; in master there is one for each realm.
func builtinClient(name string) bool {
	return strings.HasSuffix(name, "-realm") || slices.Contains([]string{
		"realm-management", "account", "account-console", "broker", "security-admin-console", "admin-cli",
	}, name)
}
