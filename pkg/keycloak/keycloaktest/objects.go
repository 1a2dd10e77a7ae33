package keycloaktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"example.com/maasctl/internal/exact"
	"example.com/maasctl/internal/representation"
)

// knownFields are the fields that the server takes, by representation.
type knownFields map[string]map[string]bool

// knownBy takes them from the table of the servers' own classes.
func knownBy(opts Options, table *representation.Table) knownFields {
	k := knownFields{}
	for _, name := range []string{
		representation.Realm, representation.Client, representation.ClientScope, representation.Role, representation.Group, representation.User,
		representation.IdentityProvider, representation.IdentityProviderMapper, representation.ProtocolMapper, representation.RequiredAction,
		"AuthenticationFlow", "Credential",
	} {
		k[name] = map[string]bool{}
		for _, field := range table.Names(name) {
			if f, _ := table.Field(name, field); f.In(opts.Version) {
				k[name][field] = true
			}
		}
		for _, field := range opts.Knows {
			k[name][field] = true
		}
	}
	return k
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

// wrongType finds a field with a value that its type can't be made of.
func (s *Server) wrongType(name string, body object) (answer, bool) {
	for field, v := range body {
		f, known := s.table.Field(name, field)
		if !known || fits(f.Type, v) || name == representation.User && field == "attributes" {
			continue // of a user, one text will do for a list of one
		}
		if s.old() {
			return s.unknownError(), true
		}
		return answer{status: http.StatusBadRequest, body: object{"error": "unknown_error", "error_description": "Cannot parse the JSON"}}, true
	}
	return answer{}, false
}

func fits(t representation.Type, v any) bool {
	if t.Wants(v) != "" {
		return false
	}
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			if t.IsList() && !fits(t.Element(), e) {
				return false
			}
		}
	case object:
		for _, e := range x {
			if t.IsMapping() && !fits(t.Element(), e) {
				return false
			}
		}
	}
	return true
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
	if a, bad := s.wrongType(name, body); bad {
		return nil, a, false
	}
	for _, field := range dropped()[name] {
		delete(body, field)
	}
	return body, answer{}, true
}

// dropped are fields that both take and don't keep, or that are shown and not taken.
func dropped() map[string][]string {
	return map[string][]string{
		"Realm": {
			"adminPermissionsClient", "applicationScopeMappings", "applications", "authenticationFlows", "authenticatorConfig", "certificate",
			"clientScopeMappings", "clientScopes", "clientTemplates", "clients", "codeSecret", "components", "defaultDefaultClientScopes",
			"defaultOptionalClientScopes", "defaultRoles", "federatedUsers", "groups", "identityProviderMappers", "identityProviders",
			"keycloakVersion", "localizationTexts", "oauthClients", "organizations", "otpSupportedApplications", "passwordCredentialGrantAllowed",
			"privateKey", "protocolMappers", "publicKey", "requiredActions", "roles", "scimApiEnabled", "scopeMappings", "social", "socialProviders",
			"updateProfileOnInitialSocialLogin", "userFederationMappers", "userFederationProviders", "users", "verifiableCredentialsEnabled",
		},
		"Client": {
			"access", "clientTemplate", "defaultRoles", "directGrantsOnly", "origin", "registrationAccessToken", "useTemplateConfig",
			"useTemplateMappers", "useTemplateScope",
		},
		"Role":  {"clientRole", "composite", "containerId", "id", "scopeParamRequired"},
		"Group": {"access", "clientRoles", "parentId", "path", "realmRoles", "subGroupCount", "subGroups"},
		"User": {
			"access", "applicationRoles", "clientConsents", "clientRoles", "disableableCredentialTypes", "federatedIdentities", "id",
			"issuedVerifiableCredentials", "notBefore", "origin", "realmRoles", "self", "serviceAccountClientId", "socialLinks", "totp",
			"userProfileMetadata", "verifiableCredentials",
		},
		"IdentityProvider":       {"organizationId", "types", "updateProfileFirstLogin", "updateProfileFirstLoginMode"},
		"ProtocolMapper":         {"consentRequired", "consentText"},
		"IdentityProviderMapper": {},
	}
}

// readList takes a body that is a list of objects; nil where there is none.
func readList(c *call) []object {
	var list []object
	_ = decode(c.Body, &list)
	return list
}

// stumbledOver is the answer to what the server didn't expect, such as a body that isn't there.
func stumbledOver() answer {
	return answer{status: http.StatusInternalServerError, body: object{"error": "unknown_error", "error_description": "For more on this error consult the server log."}}
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
