package maas

import (
	"errors"
	"net/mail"
	"net/url"
	"strings"
)

func (v *validator) realms() {
	if len(v.doc.Realms) == 0 {
		return
	}
	checks := newFieldChecks()
	for _, r := range v.doc.Realms {
		if r.Value.Absent {
			continue
		}
		at := v.at("realms", r.Name)
		realm := realmPlace{at, r.Name, r.Value}
		at.identity(r.Value.Fields, "realm", r.Name)
		checks.realm(at, r.Value)
		realm.clients()
		realm.clientScopes()
		realm.scopes(at, "defaultClientScopes", r.Value.DefaultClientScopes)
		realm.scopes(at, "optionalClientScopes", r.Value.OptionalClientScopes)
		at.eitherScope(r.Value.DefaultClientScopes, r.Value.OptionalClientScopes)
		realm.roles(at, r.Value.Roles)
		realm.groups(at, r.Value.Groups)
		realm.identityProviders()
		realm.users()
		realm.defaultGroups()
		realm.defaultRole()
		realm.clientPolicies()
		at.literal(r.Value.Fields, "smtpServer", "password")
		at.literal(r.Value.Fields, "smtpServer", "authTokenClientSecret")
	}
}

// realmPlace is a realm with what its objects may name.
type realmPlace struct {
	place
	name  string
	realm *Realm
}

// identity checks that a field which Keycloak takes as the object's name is the object's key.
func (p place) identity(fields map[string]any, field, name string) {
	if said, ok := fields[field].(string); ok && said != name {
		p.at(field).errorf(CodeName, "%s: its key is its %s, so it can't be %q; leave it out", p, field, said)
	}
}

// shows checks a field that Keycloak shows and doesn't take: it can only say what is so anyway.
func (p place) shows(fields map[string]any, field string, so any, why string) {
	if said := fields[field]; said != nil && said != so {
		p.errorKey(field, "%s: %s can't be %v: %s", p, field, what(said, false), why)
	}
}

// groupPath is the path of the group at groups.NAME.groups.NAME of a realm.
func groupPath(below []string) string {
	var b strings.Builder
	for i := 1; i < len(below); i += 2 {
		b.WriteString("/" + below[i])
	}
	return b.String()
}

func (r realmPlace) clients() {
	for _, c := range r.realm.Clients {
		if c.Value.Absent {
			continue
		}
		at := r.at("clients", c.Name)
		at.identity(c.Value.Fields, "clientId", c.Name)
		at.literal(c.Value.Fields, "secret")
		at.mappers(c.Value.ProtocolMappers)
		r.roles(at, c.Value.Roles)
		r.roleRefs(at, "serviceAccountRoles", c.Value.ServiceAccountRoles)
		r.scopes(at, "defaultClientScopes", c.Value.DefaultClientScopes)
		r.scopes(at, "optionalClientScopes", c.Value.OptionalClientScopes)
		at.eitherScope(c.Value.DefaultClientScopes, c.Value.OptionalClientScopes)
		if public, _ := c.Value.Fields["publicClient"].(bool); public && c.Value.Fields["secret"] != nil {
			at.at("secret").errorf(CodeConflict, "%s is public: Keycloak drops its secret", at)
		}
		if on, said := c.Value.Fields["serviceAccountsEnabled"].(bool); said && !on && len(c.Value.ServiceAccountRoles) > 0 {
			at.at("serviceAccountRoles").errorf(CodeValue, "%s has no service account to give roles to; say serviceAccountsEnabled: true", at)
		}
	}
}

func (r realmPlace) clientScopes() {
	for _, s := range r.realm.ClientScopes {
		if s.Value.Absent {
			continue
		}
		at := r.at("clientScopes", s.Name)
		at.identity(s.Value.Fields, "name", s.Name)
		at.mappers(s.Value.ProtocolMappers)
		at.scopeName(s.Name)
	}
}

// scopeName checks what becomes of a client scope's name.
func (p place) scopeName(name string) {
	switch {
	case strings.Contains(name, " "):
		p.errorf(CodeName, "%s: Keycloak makes underscores of blanks in a client scope's name, or refuses them; say %q", p, strings.ReplaceAll(name, " ", "_"))
	case strings.ContainsFunc(name, func(c rune) bool { return c < '!' || c > '~' || c == '"' || c == '\\' }):
		p.warnf(CodeName, "%s: Keycloak since 19 refuses such a name of a client scope: only ASCII without quotes and backslashes", p)
	}
}

// mappers checks protocol mappers in both of their forms.
func (p place) mappers(mappers Map[*Mapper]) {
	for _, m := range mappers {
		if m.Value.Absent {
			continue
		}
		at := p.at("protocolMappers", m.Name)
		at.identity(m.Value.Fields, "name", m.Name)
		short := m.Value.UserProperty != "" || m.Value.UserAttribute != ""
		_, full := m.Value.Fields["protocolMapper"]
		switch {
		case m.Value.UserProperty != "" && m.Value.UserAttribute != "":
			at.errorf(CodeConflict, "%s is of a userProperty or of a userAttribute, not of both", at)
		case short && full:
			at.errorf(CodeConflict, "%s has both the short form and a protocolMapper; say the one or the other", at)
		case short && m.Value.Claim == "":
			at.errorf(CodeRequired, "%s needs a claim", at)
		case !short && (m.Value.Claim != "" || m.Value.Type != ""):
			at.errorf(CodeConflict, "%s: claim and type belong to the short form, with userProperty or userAttribute", at)
		case !short && !full:
			at.errorf(CodeRequired, "%s needs a userProperty, a userAttribute or a protocolMapper", at)
		}
	}
}

// roles checks the roles of a realm or client.
func (r realmPlace) roles(at place, roles Map[*Role]) {
	for _, role := range roles {
		if role.Value.Absent {
			continue
		}
		at := at.at("roles", role.Name)
		at.identity(role.Value.Fields, "name", role.Name)
		at.shows(role.Value.Fields, "composite", len(role.Value.Composites) > 0, "it has composites or not; say those")
		at.shows(role.Value.Fields, "clientRole", len(at.path) > len(r.path)+2, "that is where it stands")
		r.roleRefs(at, "composites", role.Value.Composites)
	}
}

func (r realmPlace) groups(at place, groups Map[*Group]) {
	for _, g := range groups {
		if g.Value.Absent {
			continue
		}
		at := at.at("groups", g.Name)
		at.identity(g.Value.Fields, "name", g.Name)
		at.shows(g.Value.Fields, "path", groupPath(at.path[len(r.path):]), "that is where it stands")
		if strings.Contains(g.Name, "/") {
			at.warnf(CodeName, "%s: a group's name with a slash can't be told from the path of a group below another", at)
		}
		r.roleRefs(at, "roles", g.Value.Roles)
		r.groups(at, g.Value.Groups)
	}
}

func (r realmPlace) identityProviders() {
	for _, i := range r.realm.IdentityProviders {
		if i.Value.Absent {
			continue
		}
		at := r.at("identityProviders", i.Name)
		at.identity(i.Value.Fields, "alias", i.Name)
		at.literal(i.Value.Fields, "config", "clientSecret")
		at.shows(i.Value.Fields, "updateProfileFirstLoginMode", "on", "it is of versions before 2; say firstBrokerLoginFlowAlias")
		at.needs(i.Value.Fields["providerId"] != nil, "a providerId", ", such as oidc")
		if i.Value.Discovery != "" {
			at.at("discovery").check(&i.Value.Discovery, webURL)
			at.at("discovery").secure(i.Value.Discovery)
		}
		if strings.ContainsAny(i.Name, " /") {
			at.warnf(CodeName, "%s: Keycloak 26 refuses blanks and slashes in an alias", at)
		}
		for _, m := range i.Value.Mappers {
			at := at.at("mappers", m.Name)
			at.identity(m.Value.Fields, "name", m.Name)
			if !m.Value.Absent {
				at.needs(m.Value.Fields["identityProviderMapper"] != nil, "an identityProviderMapper", "")
			}
		}
	}
}

// secure warns of an upstream without TLS: Keycloak takes its endpoints from private networks only, unless the realm says
// sslRequired: none.
func (p place) secure(address string) {
	u, err := url.Parse(address)
	if err == nil && p.known() && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		p.warnf(CodeSecurity, "%s is not https; Keycloak refuses such endpoints outside private networks", p)
	}
}

// literal reports a secret of Keycloak's that is written out in the document.
func (p place) literal(fields map[string]any, path ...string) {
	for _, key := range path[:len(path)-1] {
		fields, _ = fields[key].(map[string]any)
	}
	switch value := fields[path[len(path)-1]]; value.(type) {
	case string, int64, uint64, float64, bool:
		if value != "" {
			at := p.at(path...)
			at.errorf(CodeSecret, "%s", literalSecret(at.path))
		}
	}
}

func (r realmPlace) users() {
	for _, u := range r.realm.Users {
		if u.Value.Absent {
			continue
		}
		at := r.at("users", u.Name)
		at.identity(u.Value.Fields, "username", u.Name)
		at.literal(u.Value.Fields, "password")
		r.serviceAccount(at, u.Name)
		if list, ok := u.Value.Fields["credentials"].([]any); ok {
			for i, c := range list {
				fields, _ := c.(map[string]any)
				at.at("credentials", index(i)).literal(fields, "value")
			}
		}
		if u.Name != strings.ToLower(u.Name) {
			at.warnf(CodeName, "%s: Keycloak keeps usernames in lower case: %q", at, strings.ToLower(u.Name))
		}
		if mail, _ := u.Value.Fields["email"].(string); r.realm.Fields["registrationEmailAsUsername"] == true && !strings.EqualFold(mail, u.Name) {
			at.errorf(CodeName, "%s: the realm has registrationEmailAsUsername, so a user's name is the e-mail address: the key has to be the same as email", at)
		}
		if n := len([]rune(u.Name)); n < minUsername {
			at.warnf(CodeName, "%s: Keycloak 26 takes usernames of %d characters and more", at, minUsername)
		}
		if email, ok := u.Value.Fields["email"].(string); ok {
			at.at("email").check(&email, userEmail)
			if email != strings.ToLower(email) {
				at.at("email").warnf(CodeValue, "%s: Keycloak keeps e-mails in lower case: %q", at, strings.ToLower(email))
			}
		}
		r.roleRefs(at, "roles", u.Value.Roles)
		for i, path := range u.Value.Groups {
			at.at("groups", index(i)).group(r.realm.Groups, path)
		}
	}
}

const minUsername = 3

// userEmail is what Keycloak takes as a user's e-mail address.
func userEmail(s string) error {
	if _, err := mail.ParseAddress(s); err != nil {
		return errors.New("this is no e-mail address")
	}
	return nil
}
