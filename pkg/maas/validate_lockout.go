package maas

import (
	"cmp"
	"strings"

	"example.com/maasctl/pkg/secret"
)

// lockout refuses what would end the way that maasctl, or administrators, sign in by, as far as the document itself tells.
func (v *validator) lockout() {
	if v.doc.Keycloak == nil || v.doc.Keycloak.Credentials == nil {
		return
	}
	c := v.doc.Keycloak.Credentials
	own := cmp.Or(c.Realm, masterRealm)
	if !v.at("keycloak", "credentials", "realm").known() || !c.Token.IsZero() {
		own = "" // nobody knows yet
	}
	for _, r := range v.doc.Realms {
		at := v.at("realms", r.Name)
		if r.Name == own || r.Name == masterRealm {
			at.keepsSignIn(r.Value.Object, "administrators sign in at this realm")
		}
		if r.Name != own || r.Value.Absent {
			continue
		}
		at.keepsUser(r.Value, c)
		if client, known := v.credential("clientId", c.ClientID); known {
			if !c.Username.IsZero() {
				client = cmp.Or(client, "admin-cli")
			}
			if e, ok := r.Value.Clients.Get(client); ok {
				at.at("clients", client).keepsClient(e, !c.Username.IsZero())
			}
		}
	}
}

// keepsUser refuses to take the user away that maasctl signs in as.
func (p place) keepsUser(r *Realm, c *Credentials) {
	user, known := p.v.credential("username", c.Username)
	for _, u := range r.Users {
		if known && strings.EqualFold(u.Name, user) {
			p.at("users", u.Name).keepsSignIn(u.Value.Object, "maasctl signs in as this user")
		}
	}
}

const masterRealm = "master"

// credential is one of the credentials, where it is known.
func (v *validator) credential(key string, value secret.Value) (string, bool) {
	return value.Reveal(), value.IsZero() || v.at("keycloak", "credentials", key).known()
}

// keepsSignIn refuses that an object goes or is switched off.
func (p place) keepsSignIn(o Object, why string) {
	switch {
	case o.Absent:
		p.at("absent").errorf(CodeSignIn, "%s can't be absent: %s; sign in with another account to delete it", p, why)
	case isFlag(o.Fields["enabled"], false):
		p.at("enabled").errorf(CodeSignIn, "%s can't be switched off: %s; sign in with another account to do that", p, why)
	}
}

// keepsClient refuses to take from a client what maasctl signs in with it by.
func (p place) keepsClient(c *Client, byPassword bool) {
	const why = "maasctl signs in with this client"
	p.keepsSignIn(c.Object, why)
	needed := "serviceAccountsEnabled"
	if byPassword {
		needed = "directAccessGrantsEnabled"
	}
	if !c.Absent && isFlag(c.Fields[needed], false) {
		p.at(needed).errorf(CodeSignIn, "%s needs %s: %s; sign in with another account to change that", p, needed, why)
	}
}

// isFlag tells whether a field says true or false, in either of the forms that Keycloak takes.
func isFlag(v any, want bool) bool {
	return v == want || v == map[bool]string{true: "true", false: "false"}[want]
}
