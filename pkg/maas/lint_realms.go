package maas

import (
	"net/url"
	"strings"
)

// lintRealms looks for settings of realms that open more than they should, or lead back to where they come from.
func (v *validator) lintRealms() {
	for _, r := range v.doc.Realms {
		if r.Value.Absent {
			continue
		}
		at := v.at("realms", r.Name)
		for _, c := range r.Value.Clients {
			if !c.Value.Absent {
				at.at("clients", c.Name).lintClient(c.Value)
			}
		}
		for _, i := range r.Value.IdentityProviders {
			if !i.Value.Absent {
				at.at("identityProviders", i.Name).lintProvider(r.Name, i.Value)
			}
		}
	}
}

func (p place) lintClient(c *Client) {
	redirects, _ := c.Fields["redirectUris"].([]any)
	for i, uri := range redirects {
		if uri == "*" || uri == "http://*" || uri == "https://*" {
			p.at("redirectUris", index(i)).warnf(CodeSecurity, `%s sends codes to any address: say its redirect URIs instead of %q`, p, uri)
		}
	}
	origins, _ := c.Fields["webOrigins"].([]any)
	for i, origin := range origins {
		if origin == "+" && len(redirects) == 0 {
			p.at("webOrigins", index(i)).warnf(CodeSecurity, `%s: "+" stands for the origins of its redirect URIs, and it has none`, p)
		}
	}
	if on, _ := c.Fields["implicitFlowEnabled"].(bool); on {
		p.at("implicitFlowEnabled").warnf(CodeSecurity, "%s: the implicit flow puts tokens into addresses; use the standard flow", p)
	}
}

// lintProvider looks for an identity provider that is its own realm: signing in would go round and round.
func (p place) lintProvider(realm string, i *IdentityProvider) {
	if p.ownRealm(i.Discovery, realm) {
		p.at("discovery").warnf(CodeSignIn, "%s points at its own realm", p)
		return
	}
	config, _ := i.Fields["config"].(map[string]any)
	for _, key := range []string{"issuer", "authorizationUrl", "tokenUrl"} {
		if text, _ := config[key].(string); p.ownRealm(text, realm) {
			p.at("config", key).warnf(CodeSignIn, "%s points at its own realm", p)
			return
		}
	}
}

// ownRealm tells whether an address is one of a realm of the document's Keycloak, with or without /auth.
func (p place) ownRealm(address, realm string) bool {
	k := p.v.doc.Keycloak
	if k == nil || address == "" {
		return false
	}
	server, err1 := url.Parse(WithPort(k.URL))
	u, err2 := url.Parse(WithPort(address))
	if err1 != nil || err2 != nil || !strings.EqualFold(server.Host, u.Host) {
		return false
	}
	path := strings.TrimPrefix(u.Path, "/auth")
	return path == "/realms/"+realm || strings.HasPrefix(path, "/realms/"+realm+"/")
}
