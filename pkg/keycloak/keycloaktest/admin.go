package keycloaktest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
)

func escape(s string) string { return url.PathEscape(s) }

// admin is the Admin REST API, below /admin/realms.
func (s *Server) admin(c *call) answer {
	if !s.signedIn(c) {
		return says(http.StatusUnauthorized, "HTTP 401 Unauthorized")
	}
	if len(c.segments) == 0 {
		return dispatch(c, []route{{"GET ", s.listRealms}, {"POST ", s.createRealm}})
	}
	name := c.segments[0]
	c.realm, c.segments = s.realms[name], c.segments[1:]
	if c.realm == nil {
		return says(http.StatusNotFound, "Realm not found.")
	}
	if !s.may(c.who, c.realm, right(c.segments), c.Method != http.MethodGet) {
		return forbidden(s)
	}
	if c.Method == http.MethodPut && s.collides() {
		if s.old() {
			return answer{status: http.StatusInternalServerError}
		}
		return tells(http.StatusConflict, "Duplicate resource error")
	}
	return dispatch(c, s.routes())
}

// right is what an account needs a role for.
func right(segments []string) string {
	if len(segments) > 0 {
		switch segments[0] {
		case "clients", "client-scopes":
			return "clients"
		case "users", "groups", "group-by-path":
			return "users"
		case "identity-provider":
			return "identity-providers"
		}
	}
	return "realm"
}

// collides tells whether this PUT is one that meets another.
func (s *Server) collides() bool {
	s.puts++
	return s.opts.Collide > 0 && s.puts%s.opts.Collide == 0
}

// stumbles tells whether this request comes for the first time.
func (s *Server) stumbles(c *call) bool {
	body, _ := io.ReadAll(c.Body)
	c.Body = io.NopCloser(bytes.NewReader(body))
	this := c.Method + " " + c.URL.String() + " " + string(body)
	again := s.seen[this]
	s.seen[this] = true
	return !again
}

func (s *Server) routes() []route {
	all := []route{
		{"GET ", func(c *call) answer { return ok(c.realm.show()) }},
		{"PUT ", s.putRealm},
		{"DELETE ", s.deleteRealm},
		{"GET client-policies/*", s.getPolicies},
		{"PUT client-policies/*", s.putPolicies},
		{"GET authentication/required-actions", func(c *call) answer { return ok(c.realm.actions) }},
		{"GET authentication/unregistered-required-actions", s.unregistered},
		{"POST authentication/register-required-action", s.registerAction},
		{"GET authentication/required-actions/*", s.getAction},
		{"PUT authentication/required-actions/*", s.putAction},
		{"DELETE authentication/required-actions/*", s.deleteAction},
	}
	all = append(all, s.clientRoutes()...)
	all = append(all, s.flowRoutes()...)
	all = append(all, s.scopeRoutes()...)
	all = append(all, s.roleRoutes()...)
	all = append(all, s.groupRoutes()...)
	all = append(all, s.providerRoutes()...)
	return append(all, s.userRoutes()...)
}

func (s *Server) actionAt(c *call) (int, answer) {
	for i, a := range c.realm.actions {
		if str(a, "alias") == c.segments[2] {
			return i, answer{}
		}
	}
	return -1, says(http.StatusNotFound, "Failed to find required action")
}

func (s *Server) getAction(c *call) answer {
	i, missing := s.actionAt(c)
	if i < 0 {
		return missing
	}
	return ok(c.realm.actions[i])
}

// putAction replaces name, priority and flags.
func (s *Server) putAction(c *call) answer {
	i, missing := s.actionAt(c)
	if i < 0 {
		return missing
	}
	body, a, good := s.read(c, "RequiredActionProvider")
	if !good {
		return a
	}
	was := c.realm.actions[i]
	next := object{"alias": was["alias"], "providerId": was["providerId"], "enabled": false, "defaultAction": false, "priority": 0.0, "config": object{}}
	merge(next, body, "alias", "providerId")
	c.realm.actions[i] = next
	return noContent()
}

func (s *Server) deleteAction(c *call) answer {
	i, missing := s.actionAt(c)
	if i < 0 {
		return missing
	}
	c.realm.actions = append(c.realm.actions[:i:i], c.realm.actions[i+1:]...)
	return noContent()
}

// unregistered are the actions that the server knows and the realm lacks.
func (s *Server) unregistered(c *call) answer {
	out := []object{}
	for _, known := range s.actionProviders() {
		if !slices.ContainsFunc(c.realm.actions, func(a object) bool { return a["providerId"] == known["providerId"] }) {
			out = append(out, object{"providerId": known["providerId"], "name": known["name"]})
		}
	}
	return ok(out)
}

// actionProviders are the required actions that the server has: those of a new realm, and others.
func (s *Server) actionProviders() []object {
	all := recorded(s.opts.Version).RequiredActions
	for _, id := range s.builtins().unregistered {
		all = append(all, object{"alias": id, "providerId": id, "name": id, "enabled": true, "defaultAction": false, "priority": 0.0, "config": object{}})
	}
	return all
}

// info is what the server says about itself; 26 tells its version those only who manage all realms.
func (s *Server) info(c *call) answer {
	if !s.signedIn(c) {
		return says(http.StatusUnauthorized, "HTTP 401 Unauthorized")
	}
	system := object{}
	if s.old() || c.who.isAdmin() {
		system["version"] = map[bool]string{true: "18.0.2", false: "26.7.3"}[s.old()]
	}
	b, providers := s.builtins(), object{}
	for spi, ids := range map[string][]string{"client-policy-executor": b.executors, "client-policy-condition": b.conditions, "identity_provider": b.upstreams} {
		there := object{}
		for _, id := range ids {
			there[id] = object{}
		}
		providers[spi] = object{"providers": there}
	}
	return ok(object{"systemInfo": system, "providers": providers})
}

// registerAction takes one in again that was taken out: the server knows which there are.
func (s *Server) registerAction(c *call) answer {
	body, a, good := s.read(c, "RequiredActionProvider")
	if !good {
		return a
	}
	all, id := s.actionProviders(), str(body, "providerId")
	if s.old() { // which takes any
		all = append(all, object{"alias": id, "providerId": id, "config": object{}})
	}
	for _, known := range all {
		if str(known, "providerId") == id {
			known["name"], known["enabled"], known["defaultAction"] = body["name"], true, false
			known["priority"] = float64(1000 + len(c.realm.actions))
			c.realm.actions = append(c.realm.actions, known)
			return noContent()
		}
	}
	return says(http.StatusBadRequest, "Required Action Provider with given providerId not found")
}
