package keycloaktest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// realm is a realm with all that is in it.
type realm struct {
	name            string
	rep             object // its own fields
	clients         []*client
	scopes          []*scope
	defaults        []string // names of the scopes that new clients get
	optionals       []string
	roles           []*role
	groups          []*group
	given           []*group // that new users join
	users           []*user
	providers       []*provider
	actions         []object
	flows           []object
	policies        []any
	profiles        []any
	profile         object // of users, on 26
	defaultRoleName string // "": default-roles-REALM
	creator         *user  // on 18, tokens from before have no rights on it
	born            int
	old             bool
}

// recording is what a new realm has by itself.
type recording struct {
	Realm           object                  `json:"realm"`
	Clients         []object                `json:"clients"`
	ClientScopes    []object                `json:"clientScopes"`
	Roles           map[string]recordedRole `json:"roles"`
	Defaults        []string                `json:"defaults"`
	Optionals       []string                `json:"optionals"`
	RequiredActions []object                `json:"requiredActions"`
}

type recordedRole struct {
	Description string   `json:"description"`
	Composites  []string `json:"composites"`
}

// recorded reads it anew each time: the caller may keep and change it.
func recorded(version int) recording {
	text, err := fresh.ReadFile(fmt.Sprintf("new-%d.json", version))
	if err != nil {
		panic(err) // it is part of the program
	}
	var r recording
	if err := json.Unmarshal(text, &r); err != nil {
		panic(err)
	}
	return r
}

func (s *Server) newRealm(name string, body object) *realm {
	s.serial++
	rec := recorded(s.opts.Version)
	r := &realm{name: name, born: s.serial, old: s.old(), defaults: rec.Defaults, optionals: rec.Optionals, actions: rec.RequiredActions, flows: newFlows(s.old())}
	r.rep = rec.Realm
	r.rep["id"], r.rep["enabled"] = newID(), false
	r.profile = object{"attributes": []any{object{"name": "username"}, object{"name": "email"}, object{"name": "firstName"}, object{"name": "lastName"}}}
	for _, e := range rec.ClientScopes {
		r.scopes = append(r.scopes, newScope(e))
	}
	r.recordedRoles(nil, rec.Roles)
	for _, e := range rec.Clients {
		var roles map[string]recordedRole
		text, _ := json.Marshal(e["roles"])
		_ = json.Unmarshal(text, &roles)
		delete(e, "roles")
		c := &client{rep: e}
		c.rep["id"] = newID()
		c.defaults, c.optionals = names(c.rep["defaultClientScopes"]), names(c.rep["optionalClientScopes"])
		if !flag(e, "publicClient") && !flag(e, "bearerOnly") {
			c.secret = random(16)
		}
		r.clients = append(r.clients, c)
		r.recordedRoles(c, roles)
	}
	r.compose(rec)
	r.update(body)
	s.realms[name] = r
	return r
}

func names(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

func (r *realm) recordedRoles(c *client, roles map[string]recordedRole) {
	for name, rec := range roles {
		role := newRole(strings.ReplaceAll(name, "default-roles-REALM", "default-roles-"+strings.ToLower(r.name)), c)
		role.rep["description"] = rec.Description
		if c == nil {
			r.roles = append(r.roles, role)
		} else {
			c.roles = append(c.roles, role)
		}
	}
}

// compose puts recorded roles together, once all are there.
func (r *realm) compose(rec recording) {
	link := func(of *role, composites []string) {
		for _, label := range composites {
			name, owner := label, (*client)(nil)
			if id, rest, is := strings.Cut(label, "/"); is && r.client(id) != nil {
				owner, name = r.client(id), rest
			}
			if owner != nil {
				of.composites = append(of.composites, owner.role(name))
			} else {
				of.composites = append(of.composites, r.role(name))
			}
		}
	}
	for name, x := range rec.Roles {
		link(r.role(strings.ReplaceAll(name, "REALM", strings.ToLower(r.name))), x.Composites)
	}
	again := recorded(map[bool]int{true: 18, false: 26}[r.old])
	for _, e := range again.Clients {
		for name, x := range mapping(e, "roles") {
			rec, _ := x.(object)
			link(r.client(str(e, "clientId")).role(name), names(rec["composites"]))
		}
	}
}

func (r *realm) defaultRole() *role {
	return r.role(cmp.Or(r.defaultRoleName, "default-roles-"+strings.ToLower(r.name)))
}

// groupsAt finds groups by their paths; false where one isn't there.
func (r *realm) groupsAt(paths []string) ([]*group, bool) {
	var out []*group
	for _, path := range paths {
		g := r.group(func(g *group) bool { return g.path == path })
		if g == nil {
			return nil, false
		}
		out = append(out, g)
	}
	return out, true
}

// halfOTP is what a new realm makes of a policy for one-time passwords that isn't said in full: without its type nothing, and
// with it zeros.
func halfOTP(body object) {
	if body["otpPolicyType"] == nil {
		for field := range body {
			if strings.HasPrefix(field, "otpPolicy") {
				delete(body, field)
			}
		}
		return
	}
	for _, field := range []string{"otpPolicyDigits", "otpPolicyInitialCounter", "otpPolicyLookAheadWindow", "otpPolicyPeriod"} {
		if body[field] == nil {
			body[field] = 0.0
		}
	}
}

// lostOn18 are kept as attributes there: a body with attributes and without them takes them away.
func lostOn18() []string {
	return []string{"displayName", "displayNameHtml", "browserSecurityHeaders"}
}

// lose takes away what 18 loses by a PUT.
func (r *realm) lose(body object) {
	if !r.old || body["attributes"] == nil {
		return
	}
	for _, field := range lostOn18() {
		if body[field] == nil {
			delete(r.rep, field)
		}
	}
	if body["clientProfiles"] == nil {
		r.profiles = nil
	}
	if body["clientPolicies"] == nil {
		r.policies = nil
	}
}

// update writes a body over the realm. Attributes, where sent, replace all of them; the server's own come back.
func (r *realm) update(body object) {
	body = copied(body)
	if a, is := body["attributes"].(object); is {
		texts(a)
		own := recorded(map[bool]int{true: 18, false: 26}[r.old]).Realm["attributes"].(object)
		for k, v := range own {
			if _, said := a[k]; !said {
				a[k] = v
			}
		}
	}
	if mail, is := body["smtpServer"].(object); is && mail["password"] == masked {
		mail["password"] = mapping(r.rep, "smtpServer")["password"]
	}
	if mail, is := body["smtpServer"].(object); is && !r.old && fmt.Sprint(mail["auth"]) != "true" {
		delete(mail, "user") // who doesn't sign in needs neither
		delete(mail, "password")
	}
	if h, is := body["browserSecurityHeaders"].(object); is {
		headers := mapping(r.rep, "browserSecurityHeaders")
		merge(headers, h)
		delete(body, "browserSecurityHeaders")
	}
	if p, is := body["clientProfiles"].(object); is {
		r.profiles = list(p["profiles"])
	}
	if p, is := body["clientPolicies"].(object); is {
		r.policies = list(p["policies"])
	}
	merge(r.rep, body, "id", "realm", "clients", "identityProviders", "identityProviderMappers", "defaultRole", "defaultGroups", "clientPolicies", "clientProfiles")
}

const masked = "**********"

// show is the realm as GET gives it; 18 shows identity providers along with it, secrets in clear.
func (r *realm) show() object {
	out := copied(r.rep)
	out["realm"] = r.name
	out["clientProfiles"] = object{"profiles": orNone(r.profiles)}
	out["clientPolicies"] = object{"policies": orNone(r.policies)}
	if mail := mapping(out, "smtpServer"); mail["password"] != nil {
		mail["password"] = masked
	}
	if d := r.defaultRole(); d != nil {
		out["defaultRole"] = object{"id": d.id(), "name": d.name(), "composite": true, "clientRole": false, "containerId": out["id"]}
	}
	if len(r.given) > 0 && !r.old {
		var paths []string
		for _, g := range r.given {
			paths = append(paths, g.path)
		}
		out["defaultGroups"] = paths
	}
	if r.old {
		list := []object{}
		for _, p := range r.providers {
			list = append(list, p.rep)
		}
		out["identityProviders"] = list
	}
	return out
}

func (s *Server) listRealms(c *call) answer {
	out := []object{}
	for _, r := range s.realms {
		if s.may(c.who, r, "realm", false) {
			out = append(out, r.show())
		}
	}
	if len(out) == 0 {
		return forbidden(s)
	}
	return ok(out)
}

func (s *Server) createRealm(c *call) answer {
	if !c.who.isAdmin() && !c.who.has(roleCreateRealm) {
		return forbidden(s)
	}
	body, a, good := s.read(c, "Realm")
	if !good {
		if !s.old() && a.status == http.StatusBadRequest {
			return tells(http.StatusBadRequest, "unable to read contents from stream")
		}
		return a
	}
	name := str(body, "realm")
	switch {
	case strings.Contains(name, "/"):
		return tells(http.StatusBadRequest, "Realm name cannot contain special characters")
	case len(name) > 255:
		return tells(http.StatusBadRequest, "Database operation failed")
	case s.realms[name] != nil && s.old():
		return tells(http.StatusConflict, "Conflict detected. See logs for details")
	case s.realms[name] != nil:
		return tells(http.StatusConflict, "Realm %s already exists", name)
	}
	if a, bad := s.badMail(body); bad {
		return a
	}
	if (&realm{flows: newFlows(s.old())}).badFlows(body) {
		return s.unknownError()
	}
	halfOTP(body)
	r := s.newRealm(name, body)
	if role := str(mapping(body, "defaultRole"), "name"); role != "" {
		r.defaultRole().rep["name"] = role
		r.defaultRoleName = role
	}
	r.creator = c.who.user
	return made(c.base + "/admin/realms/" + escape(name))
}

// badMail checks the sender's address, which 18 doesn't.
func (s *Server) badMail(body object) (answer, bool) {
	mail, _ := body["smtpServer"].(object)
	if from := str(mail, "from"); !s.old() && len(mail) > 0 && !strings.Contains(from, "@") {
		return tells(http.StatusBadRequest, "Invalid sender address '%s'.", cmp.Or(from, "null")), true
	}
	return answer{}, false
}

func (s *Server) putRealm(c *call) answer {
	body, a, good := s.read(c, "Realm")
	if !good {
		return a
	}
	if a, bad := s.badMail(body); bad {
		return a
	}
	if c.realm.badFlows(body) {
		return tells(http.StatusInternalServerError, "Failed to update realm")
	}
	if said, is := body["defaultGroups"].([]any); is && !s.old() {
		given, all := c.realm.groupsAt(names(said))
		if !all {
			return tells(http.StatusInternalServerError, "Failed to update realm")
		}
		c.realm.given = given
	}
	if body["otpPolicyType"] == nil {
		halfOTP(body)
	}
	c.realm.lose(body)
	c.realm.update(body)
	return noContent()
}

func (s *Server) deleteRealm(c *call) answer {
	delete(s.realms, c.realm.name)
	return noContent()
}

func (s *Server) putPolicies(c *call) answer {
	var body object
	_ = decode(c.Body, &body)
	key := c.segments[1]
	if key == "profiles" {
		if a, bad := s.badProfiles(body); bad {
			return a
		}
		c.realm.profiles = list(body[key])
		return noContent()
	}
	if a, bad := s.badPolicies(c.realm, body); bad {
		return a
	}
	c.realm.policies = list(body[key])
	return noContent()
}

// badProfiles are profiles with executors that nobody knows.
func (s *Server) badProfiles(body object) (answer, bool) {
	for _, p := range objects(body["profiles"]) {
		for _, e := range objects(p["executors"]) {
			if !slices.Contains(s.builtins().executors, str(e, "executor")) {
				return tells(http.StatusBadRequest, "proposed client profile contains the executor, which does not have valid provider, or has invalid configuration."), true
			}
		}
	}
	return answer{}, false
}

// badPolicies are policies of profiles that aren't there, or with conditions that nobody knows.
func (s *Server) badPolicies(r *realm, body object) (answer, bool) {
	for _, p := range objects(body["policies"]) {
		for _, name := range names(p["profiles"]) {
			switch {
			case slices.ContainsFunc(objects(r.profiles), func(o object) bool { return str(o, "name") == name }):
			case s.old():
				return tells(http.StatusBadRequest, "referring not existing client profile not allowed."), true
			default:
				return tells(http.StatusBadRequest, "Policy %s contains invalid profile %s", str(p, "name"), name), true
			}
		}
		for _, e := range objects(p["conditions"]) {
			switch name := str(e, "condition"); {
			case slices.Contains(s.builtins().conditions, name):
			case s.old():
				return tells(http.StatusBadRequest, "the proposed client policy contains the condition with its invalid configuration."), true
			default:
				return tells(http.StatusBadRequest, "Policy %s contains invalid condition %s", str(p, "name"), name), true
			}
		}
	}
	return answer{}, false
}

func (s *Server) getPolicies(c *call) answer {
	v := c.realm.policies
	if c.segments[1] == "profiles" {
		v = c.realm.profiles
	}
	return ok(object{c.segments[1]: orNone(v)})
}

// orNone is a list that is empty where there is none, as JSON tells the two apart.
func orNone(v []any) []any {
	if v == nil {
		return []any{}
	}
	return v
}
