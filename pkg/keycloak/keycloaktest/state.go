package keycloaktest

import (
	"encoding/json"
	"fmt"
	"io"
)

// Save writes all that the server holds, as JSON: realms with their passwords and secrets, so the file is one too. Sessions
// end with the server, as they do where Keycloak keeps them in memory.
func (s *Server) Save(out io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := savedServer{Format: stateFormat, Version: s.opts.Version, Serial: s.serial}
	for _, r := range s.realms {
		saved.Realms = append(saved.Realms, r.saved())
	}
	if err := json.NewEncoder(out).Encode(saved); err != nil {
		return fmt.Errorf("save the state: %w", err)
	}
	return nil
}

// Load makes a server from what Save wrote. Its version is that of the state, whatever the options say.
func Load(opts Options, in io.Reader) (*Server, error) {
	var saved savedServer
	if err := decode(in, &saved); err != nil {
		return nil, fmt.Errorf("load a state: %w", err)
	}
	if saved.Format != stateFormat || len(saved.Realms) == 0 {
		return nil, fmt.Errorf("load a state: format %d with %d realms; want format %d and a realm", saved.Format, len(saved.Realms), stateFormat)
	}
	opts.Version = saved.Version
	s := New(opts)
	s.serial, s.realms = saved.Serial, map[string]*realm{}
	l := &loader{roles: map[string]*role{}, users: map[string]*user{}, groups: map[string]*group{}}
	for _, r := range saved.Realms {
		s.realms[r.Name] = l.realm(r, s.old())
	}
	for _, r := range saved.Realms {
		s.realms[r.Name].creator = l.users[r.Creator]
	}
	return s, nil
}

// stateFormat is the version of the form of a saved state.
const stateFormat = 1

// What is saved names other objects by their ids.
type (
	savedServer struct {
		Format  int          `json:"format"`
		Version int          `json:"version"` // of Keycloak
		Serial  int          `json:"serial"`
		Realms  []savedRealm `json:"realms"`
	}
	savedRealm struct {
		Name      string          `json:"name"`
		Rep       object          `json:"rep"`
		Clients   []savedClient   `json:"clients"`
		Scopes    []object        `json:"scopes"`
		Defaults  []string        `json:"defaults"`
		Optionals []string        `json:"optionals"`
		Roles     []savedRole     `json:"roles"`
		Groups    []savedGroup    `json:"groups"`
		Given     []string        `json:"defaultGroups"`
		Default   string          `json:"defaultRole"`
		Users     []savedUser     `json:"users"`
		Providers []savedProvider `json:"providers"`
		Actions   []object        `json:"actions"`
		Flows     []object        `json:"flows"`
		Policies  []any           `json:"policies"`
		Profiles  []any           `json:"profiles"`
		Profile   object          `json:"profile"`
		Creator   string          `json:"creator"`
		Born      int             `json:"born"`
	}
	savedClient struct {
		Rep       object      `json:"rep"`
		Secret    string      `json:"secret"`
		Roles     []savedRole `json:"roles"`
		Defaults  []string    `json:"defaults"`
		Optionals []string    `json:"optionals"`
		Account   string      `json:"account"`
	}
	savedRole struct {
		Rep        object   `json:"rep"`
		Composites []string `json:"composites"`
	}
	savedGroup struct {
		Rep   object       `json:"rep"`
		Path  string       `json:"path"`
		Roles []string     `json:"roles"`
		Below []savedGroup `json:"below"`
	}
	savedUser struct {
		Rep      object   `json:"rep"`
		Password string   `json:"password"`
		Service  bool     `json:"service"`
		Roles    []string `json:"roles"`
		Groups   []string `json:"groups"`
	}
	savedProvider struct {
		Rep     object   `json:"rep"`
		Mappers []object `json:"mappers"`
	}
)

func (r *realm) saved() savedRealm {
	out := savedRealm{
		Name: r.name, Rep: r.rep, Defaults: r.defaults, Optionals: r.optionals, Roles: savedRoles(r.roles), Groups: savedGroups(r.groups),
		Actions: r.actions, Flows: r.flows, Default: r.defaultRoleName, Policies: r.policies, Profiles: r.profiles, Profile: r.profile, Born: r.born,
	}
	for _, c := range r.clients {
		saved := savedClient{Rep: c.rep, Secret: c.secret, Roles: savedRoles(c.roles), Defaults: c.defaults, Optionals: c.optionals}
		if c.account != nil {
			saved.Account = str(c.account.rep, "id")
		}
		out.Clients = append(out.Clients, saved)
	}
	for _, x := range r.scopes {
		out.Scopes = append(out.Scopes, x.rep)
	}
	for _, u := range r.users {
		saved := savedUser{Rep: u.rep, Password: u.password, Service: u.service, Roles: roleIDs(u.roles)}
		for _, g := range u.groups {
			saved.Groups = append(saved.Groups, str(g.rep, "id"))
		}
		out.Users = append(out.Users, saved)
	}
	for _, g := range r.given {
		out.Given = append(out.Given, g.id())
	}
	for _, p := range r.providers {
		out.Providers = append(out.Providers, savedProvider{p.rep, p.mappers})
	}
	if r.creator != nil {
		out.Creator = str(r.creator.rep, "id")
	}
	return out
}

func savedRoles(roles []*role) []savedRole {
	var out []savedRole
	for _, x := range roles {
		out = append(out, savedRole{x.rep, roleIDs(x.composites)})
	}
	return out
}

func savedGroups(groups []*group) []savedGroup {
	var out []savedGroup
	for _, g := range groups {
		out = append(out, savedGroup{g.rep, g.path, roleIDs(g.roles), savedGroups(g.below)})
	}
	return out
}

func roleIDs(roles []*role) []string {
	var out []string
	for _, x := range roles {
		out = append(out, x.id())
	}
	return out
}
