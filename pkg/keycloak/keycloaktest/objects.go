package keycloaktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/Nerzal/gocloak/v13"

	"example.com/maasctl/internal/exact"
)

// knownFields are the fields that the server takes, by representation.
type knownFields map[string]map[string]bool

// knownBy takes them from gocloak's types and from what a new realm shows.
func knownBy(opts Options) knownFields {
	k := knownFields{}
	for name, v := range map[string]any{
		"Realm": gocloak.RealmRepresentation{}, "Client": gocloak.Client{}, "ClientScope": gocloak.ClientScope{}, "Role": gocloak.Role{},
		"Group": gocloak.Group{}, "User": gocloak.User{}, "IdentityProvider": gocloak.IdentityProviderRepresentation{},
		"IdentityProviderMapper": gocloak.IdentityProviderMapper{}, "ProtocolMapper": gocloak.ProtocolMapperRepresentation{},
		"RequiredActionProvider": gocloak.RequiredActionProviderRepresentation{},
	} {
		k[name] = map[string]bool{}
		t := reflect.TypeOf(v)
		for i := range t.NumField() {
			field, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			k[name][field] = true
		}
		for _, field := range opts.Knows {
			k[name][field] = true
		}
	}
	// What gocloak lacks.
	k.add("Client", "alwaysDisplayInConsole", "authenticationFlowBindingOverrides", "type")
	k.add("ProtocolMapper", "consentRequired", "consentText")
	k.add("User", "notBefore", "totp", "self", "origin", "userProfileMetadata", "disableableCredentialTypes", "clientRoles", "realmRoles", "credentials", "groups")
	k.add("Role", "composite", "clientRole", "containerId", "composites", "attributes")
	k.add("Group", "subGroupCount", "parentId", "description")
	k.add("IdentityProvider", "updateProfileFirstLoginMode", "authenticateByDefault", "hideOnLogin", "organizationId", "types", "postBrokerLoginFlowAlias", "displayName", "internalId")
	for field := range recorded(opts.Version).Realm {
		k.add("Realm", field)
	}
	k.add("Realm", "realm", "enabled", "defaultRole", "clientPolicies", "clientProfiles", "clients", "identityProviders", "identityProviderMappers")
	for _, c := range recorded(opts.Version).Clients {
		for field := range c {
			k.add("Client", field)
		}
	}
	return k
}

func (k knownFields) add(name string, fields ...string) {
	for _, f := range fields {
		k[name][f] = true
	}
}

// unknown finds a field that the representation doesn't have.
func (s *Server) unknown(name string, body object) (answer, bool) {
	for field := range body {
		if s.known[name][field] {
			continue
		}
		if s.old() {
			return says(http.StatusBadRequest, fmt.Sprintf("Unrecognized field %q (class org.keycloak.representations.idm.%sRepresentation), not marked as ignorable", field, name)), true
		}
		return says(http.StatusBadRequest, fmt.Sprintf("Invalid json representation for %sRepresentation. Unrecognized field %q at line 1 column 1.", name, field)), true
	}
	return answer{}, false
}

// decode reads JSON as Jackson does for a tree: numbers of any length keep their digits.
func decode(from io.Reader, out any) error {
	d := json.NewDecoder(from)
	d.UseNumber()
	return d.Decode(out)
}

// read takes a body of one representation.
func (s *Server) read(c *call, name string) (object, answer, bool) {
	var body object
	if err := decode(c.Body, &body); err != nil || body == nil {
		return nil, says(http.StatusBadRequest, "unknown_error"), false
	}
	if a, bad := s.unknown(name, body); bad {
		return nil, a, false
	}
	return body, answer{}, true
}

// readList takes a body that is a list of objects.
func readList(c *call) []object {
	var list []object
	_ = decode(c.Body, &list)
	return list
}

// copied is a deep copy: nobody changes what the server keeps.
func copied[T any](v T) T {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came as JSON
	}
	var out T
	if err := exact.Unmarshal(text, &out); err != nil {
		panic(err)
	}
	return out
}

func str(o object, key string) string { s, _ := o[key].(string); return s }

func flag(o object, key string) bool { b, _ := o[key].(bool); return b }

func mapping(o object, key string) object {
	m, is := o[key].(object)
	if !is {
		m = object{}
		o[key] = m
	}
	return m
}

func list(v any) []any { l, _ := v.([]any); return l }

func objects(v any) []object {
	var out []object
	for _, e := range list(v) {
		if o, is := e.(object); is {
			out = append(out, o)
		}
	}
	return out
}

// texts makes attributes of what JSON brought: Keycloak turns numbers and bools there into text.
func texts(m object) {
	for k, v := range m {
		switch v.(type) {
		case json.Number, float64, bool:
			m[k] = fmt.Sprint(v)
		}
	}
}

// merge writes what a body says over an object; null says nothing, and lists and mappings are replaced.
func merge(into, from object, except ...string) {
	for k, v := range from {
		skip := v == nil
		for _, e := range except {
			skip = skip || e == k
		}
		if !skip {
			into[k] = v
		}
	}
}

// without is a copy without some fields.
func without(o object, fields ...string) object {
	out := copied(o)
	for _, f := range fields {
		delete(out, f)
	}
	return out
}
