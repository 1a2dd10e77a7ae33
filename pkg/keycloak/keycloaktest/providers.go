package keycloaktest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// provider is an identity provider with its mappers.
type provider struct {
	rep     object
	mappers []object
}

const instances = "identity-provider/instances"

func (s *Server) providerRoutes() []route {
	return []route{
		{"GET " + instances, s.listProviders},
		{"POST " + instances, s.createProvider},
		{"GET " + instances + "/*", s.withProvider(func(_ *call, p *provider) answer { return ok(s.showProvider(p)) })},
		{"PUT " + instances + "/*", s.withProvider(s.putProvider)},
		{"DELETE " + instances + "/*", s.withProvider(func(c *call, p *provider) answer {
			c.realm.providers = slices.DeleteFunc(c.realm.providers, func(x *provider) bool { return x == p })
			return noContent()
		})},
		{"GET " + instances + "/*/mappers", s.withProvider(func(_ *call, p *provider) answer {
			if p.mappers == nil {
				return ok([]object{})
			}
			return ok(p.mappers)
		})},
		{"POST " + instances + "/*/mappers", s.withProvider(s.createProviderMapper)},
		{"GET " + instances + "/*/mappers/*", s.withProvider(s.providerMapper)},
		{"PUT " + instances + "/*/mappers/*", s.withProvider(s.providerMapper)},
		{"DELETE " + instances + "/*/mappers/*", s.withProvider(s.providerMapper)},
	}
}

func (s *Server) withProvider(handle func(*call, *provider) answer) func(*call) answer {
	return func(c *call) answer {
		for _, p := range c.realm.providers {
			if str(p.rep, "alias") == c.segments[2] {
				return handle(c, p)
			}
		}
		return says(http.StatusNotFound, "HTTP 404 Not Found")
	}
}

// showProvider masks the secret.
func (s *Server) showProvider(p *provider) object {
	out := copied(p.rep)
	if c := mapping(out, "config"); c["clientSecret"] != nil {
		c["clientSecret"] = masked
	}
	if !s.old() {
		out["types"] = []string{"USER_AUTHENTICATION"}
	}
	return out
}

// listProviders gives all on 18, and on 26 a hundred where nobody says how many.
func (s *Server) listProviders(c *call) answer {
	limit, err := strconv.Atoi(c.URL.Query().Get("max"))
	if err != nil {
		limit = 100
	}
	if s.old() {
		limit = len(c.realm.providers)
	}
	out := []object{}
	for _, p := range c.realm.providers[:min(limit, len(c.realm.providers))] {
		out = append(out, s.showProvider(p))
	}
	return ok(out)
}

// newProvider is what a provider is before a body says anything: 18 lists its defaults, 26 leaves them out.
func (s *Server) newProvider(body object) object {
	rep := object{"enabled": true, "config": object{}, "internalId": newID()}
	if s.old() {
		merge(rep, object{
			"updateProfileFirstLoginMode": "on", "trustEmail": false, "storeToken": false, "addReadTokenRoleOnCreate": false,
			"authenticateByDefault": false, "linkOnly": false, "firstBrokerLoginFlowAlias": "first broker login",
		})
		merge(rep, body, "types")
		return rep
	}
	merge(rep, body, "types", "updateProfileFirstLoginMode")
	if config := mapping(rep, "config"); config["hideOnLoginPage"] != nil { // its place until 25
		rep["hideOnLogin"] = fmt.Sprint(config["hideOnLoginPage"]) == "true"
		delete(config, "hideOnLoginPage")
	}
	return rep
}

func (s *Server) createProvider(c *call) answer {
	body, a, good := s.read(c, "IdentityProvider")
	if !good {
		return a
	}
	alias := str(body, "alias")
	switch {
	case slices.ContainsFunc(c.realm.providers, func(p *provider) bool { return str(p.rep, "alias") == alias }):
		return tells(http.StatusConflict, "Identity Provider %s already exists", alias)
	case !s.old() && strings.Contains(alias, " "):
		return tells(http.StatusBadRequest, "Invalid alias")
	}
	if kind := str(body, "providerId"); !slices.Contains(s.builtins().upstreams, kind) {
		return tells(http.StatusBadRequest, "Invalid identity provider id [%s]", kind)
	}
	if a, bad := insecure(body); bad {
		return a
	}
	if a, bad := s.badProviderFlows(c.realm, body); bad {
		return a
	}
	texts(mapping(body, "config"))
	c.realm.providers = append(c.realm.providers, &provider{rep: s.newProvider(body)})
	return made(c.base + "/admin/realms/" + escape(c.realm.name) + "/" + instances + "/" + escape(alias))
}

// insecure refuses endpoints without TLS, but local ones.
func insecure(body object) (answer, bool) {
	for _, key := range []string{"authorizationUrl", "tokenUrl", "userInfoUrl", "jwksUrl", "logoutUrl"} {
		u := str(mapping(body, "config"), key)
		if strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "http://127.0.0.1") && !strings.HasPrefix(u, "http://localhost") {
			return tells(http.StatusBadRequest, "The url [%s] requires secure connections", key), true
		}
	}
	return answer{}, false
}

// putProvider replaces everything; the alias stays, and a masked secret keeps the one that is there.
func (s *Server) putProvider(c *call, p *provider) answer {
	body, a, good := s.read(c, "IdentityProvider")
	if !good {
		return a
	}
	if str(body, "alias") != str(p.rep, "alias") {
		if s.old() {
			return says(http.StatusNotFound, "HTTP 404 Not Found")
		}
		return tells(http.StatusBadRequest, "The alias can't be changed")
	}
	if a, bad := insecure(body); bad {
		return a
	}
	if a, bad := s.badProviderFlows(c.realm, body); bad {
		return a
	}
	config := mapping(body, "config")
	texts(config)
	if config["clientSecret"] == masked {
		config["clientSecret"] = mapping(p.rep, "config")["clientSecret"]
	}
	id := p.rep["internalId"]
	p.rep = s.newProvider(body)
	p.rep["internalId"] = id
	return noContent()
}

func (s *Server) createProviderMapper(c *call, p *provider) answer {
	body, a, good := s.read(c, "IdentityProviderMapper")
	if !good {
		return a
	}
	if slices.ContainsFunc(p.mappers, func(m object) bool { return str(m, "name") == str(body, "name") }) {
		return tells(http.StatusBadRequest, "Failed to add mapper '%s' to identity provider [%s].", str(body, "name"), str(p.rep, "providerId"))
	}
	if id := str(body, "id"); id == "" || s.old() {
		body["id"] = newID()
	}
	texts(mapping(body, "config"))
	p.mappers = append(p.mappers, body)
	return made(c.base + c.URL.EscapedPath()[len(s.opts.BasePath):] + "/" + str(body, "id"))
}

// providerMapper gives, replaces or deletes one.
func (s *Server) providerMapper(c *call, p *provider) answer {
	i := slices.IndexFunc(p.mappers, func(m object) bool { return str(m, "id") == c.segments[4] })
	if i < 0 {
		return says(http.StatusNotFound, "Model not found")
	}
	switch c.Method {
	case http.MethodPut:
		body, a, good := s.read(c, "IdentityProviderMapper")
		if !good {
			return a
		}
		if id := str(body, "id"); id != "" && id != str(p.mappers[i], "id") {
			return s.unknownError()
		}
		body["id"], body["name"] = p.mappers[i]["id"], p.mappers[i]["name"]
		texts(mapping(body, "config"))
		p.mappers[i] = body
		return noContent()
	case http.MethodDelete:
		p.mappers = slices.Delete(p.mappers, i, i+1)
		return noContent()
	}
	return ok(p.mappers[i])
}
