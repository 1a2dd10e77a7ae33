package maas

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/representation"
	"example.com/maasctl/pkg/secret"
)

// fieldChecks hold the fields that pass through to Keycloak to what its versions know.
type fieldChecks struct {
	table *representation.Table
	own   map[string][]string // by representation: the keys that the language has there itself
	// By representation and field: where to say it instead.
	instead map[string]map[string]string
}

func newFieldChecks() fieldChecks {
	return fieldChecks{representation.All(), map[string][]string{
		representation.Realm:                  languageKeys[Realm](),
		representation.Client:                 languageKeys[Client](),
		representation.ClientScope:            languageKeys[ClientScope](),
		representation.ProtocolMapper:         languageKeys[Mapper](),
		representation.Role:                   languageKeys[Role](),
		representation.Group:                  languageKeys[Group](),
		representation.IdentityProvider:       languageKeys[IdentityProvider](),
		representation.User:                   append(languageKeys[RealmUser](), "password"),
		representation.IdentityProviderMapper: languageKeys[Object](),
		representation.RequiredAction:         languageKeys[Object](),
		representation.ClientPolicy:           languageKeys[Object](),
		representation.ClientProfile:          languageKeys[Object](),
	}, insteadOf()}
}

// languageKeys are the keys that the language has for a type.
func languageKeys[T any]() []string {
	var keys []string
	for _, f := range structFields(reflect.TypeFor[T]()) {
		if f.name != "" {
			keys = append(keys, f.name)
		}
	}
	return keys
}

// realm checks the fields of a realm and of all below it.
func (c fieldChecks) realm(at place, r *Realm) {
	c.object(at, representation.Realm, r.Fields)
	for _, e := range r.Clients {
		at := at.at("clients", e.Name)
		c.entry(at, representation.Client, e.Value.Object)
		c.mappers(at, e.Value.ProtocolMappers)
		c.roles(at, e.Value.Roles)
	}
	for _, e := range r.ClientScopes {
		at := at.at("clientScopes", e.Name)
		c.entry(at, representation.ClientScope, e.Value.Object)
		c.mappers(at, e.Value.ProtocolMappers)
	}
	for _, e := range r.IdentityProviders {
		at := at.at("identityProviders", e.Name)
		c.entry(at, representation.IdentityProvider, e.Value.Object)
		c.entries(at.at("mappers"), representation.IdentityProviderMapper, e.Value.Mappers)
	}
	for _, e := range r.Users {
		c.entry(at.at("users", e.Name), representation.User, e.Value.Object)
	}
	c.roles(at, r.Roles)
	c.groups(at, r.Groups)
	c.entries(at.at("requiredActions"), representation.RequiredAction, r.RequiredActions)
	c.entries(at.at("clientPolicies"), representation.ClientPolicy, r.ClientPolicies)
	c.entries(at.at("clientProfiles"), representation.ClientProfile, r.ClientProfiles)
}

func (c fieldChecks) mappers(at place, mappers Map[*Mapper]) {
	for _, e := range mappers {
		c.entry(at.at("protocolMappers", e.Name), representation.ProtocolMapper, e.Value.Object)
	}
}

func (c fieldChecks) roles(at place, roles Map[*Role]) {
	for _, e := range roles {
		c.entry(at.at("roles", e.Name), representation.Role, e.Value.Object)
	}
}

func (c fieldChecks) groups(at place, groups Map[*Group]) {
	for _, e := range groups {
		at := at.at("groups", e.Name)
		c.entry(at, representation.Group, e.Value.Object)
		c.groups(at, e.Value.Groups)
	}
}

func (c fieldChecks) entries(at place, as string, objects Map[*Object]) {
	for _, e := range objects {
		c.entry(at.at(e.Name), as, *e.Value)
	}
}

func (c fieldChecks) entry(at place, as string, o Object) {
	if !o.Absent {
		c.object(at, as, o.Fields)
	}
}

// object checks the fields of one representation.
func (c fieldChecks) object(at place, as string, fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(c.own[as], name) {
			continue // has rules of its own
		}
		f, known := c.table.Field(as, name)
		nothing := known && f.Type.Wants(fields[name]) == "" && saysNothing(fields[name])
		if instead := c.instead[as][name]; instead != "" && !nothing {
			at.errorKey(name, "%s: Keycloak doesn't keep %s here; %s", at, name, instead)
			continue
		}
		if !known {
			c.unknown(at, as, name)
			continue
		}
		c.value(at.at(name), f.Type, fields[name])
		at.at(name).oneOf(as, name, fields[name])
	}
}

// oneOf checks texts of which Keycloak takes a few only, and fails at others.
func (p place) oneOf(as, field string, v any) {
	protocols := []string{"openid-connect", "saml", "docker-v2"}
	options := map[string][]string{
		representation.Realm + ".sslRequired":    {"all", "external", "none"},
		representation.Realm + ".otpPolicyType":  {"totp", "hotp"},
		representation.Client + ".protocol":      protocols,
		representation.ClientScope + ".protocol": protocols,
	}[as+"."+field]
	if said, isText := v.(string); isText && options != nil && !slices.Contains(options, said) {
		p.errorf(CodeValue, "%s has to be one of %s, not %q", p, strings.Join(options, ", "), said)
	}
	bindings, _ := v.(map[string]any)
	for _, binding := range slices.Sorted(maps.Keys(bindings)) {
		known := []string{"browser", "direct_grant"}
		if field == "authenticationFlowBindingOverrides" && !slices.Contains(known, binding) {
			p.errorKey(binding, "%s: a client can have a flow of its own for %s, not for %q", p, strings.Join(known, " and "), binding)
		}
	}
}

// saysNothing tells the values that a field has where Keycloak doesn't keep it: there is no difference then.
func saysNothing(v any) bool {
	switch x := v.(type) {
	case bool:
		return !x
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return v == nil
}

// unknown is about a field that no version has. A name that is nearly one's is a mistake; another may be a newer version's.
func (c fieldChecks) unknown(at place, as, name string) {
	if meant := near.Name(name, append(slices.Clone(c.own[as]), c.table.Names(as)...)); meant != "" {
		at.errorKey(name, "%s has no field %q; did you mean %q?", at, name, meant)
		return
	}
	oldest, newest := c.table.Versions()
	at.warnKey(name, "%s: Keycloak %d to %d have no field %q and would refuse it; it is passed on as it is", at, oldest, newest, name)
}

// value checks what a field is, and what is in it.
func (c fieldChecks) value(at place, t representation.Type, v any) {
	hidden, isSecret := v.(secret.Value)
	if isSecret {
		if !at.known() {
			return
		}
		v = hidden.Reveal()
	}
	if want := t.Wants(v); want != "" {
		if oneOfAttributes(at, t, v) || at.v.hasError(at.pos()) {
			return
		}
		at.errorf(CodeValue, "%s has to be %s, not %s", at, want, what(v, isSecret || !t.IsScalar()))
		return
	}
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			c.value(at.at(index(i)), t.Element(), e)
		}
	case map[string]any:
		if c.table.Has(string(t)) {
			c.object(at, string(t), x)
			return
		}
		if !t.IsMapping() {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			c.value(at.at(key), t.Element(), x[key])
		}
	}
}

// oneOfAttributes tells the single text that stands for a list of one among attributes.
func oneOfAttributes(at place, t representation.Type, v any) bool {
	return len(at.path) > 1 && at.path[len(at.path)-2] == "attributes" && t.IsList() && t.Element().Wants(v) == ""
}

// what says what a value is: a mapping or list in a word, a scalar as it stands, unless it may be a secret.
func what(v any, hidden bool) string {
	switch x := v.(type) {
	case map[string]any:
		return "a mapping"
	case []any:
		return "a list"
	case string:
		if !hidden {
			return strconv.Quote(x)
		}
	case bool, int64, uint64, float64:
		return fmt.Sprint(x)
	}
	return "text"
}

// errorKey and warnKey are about a key of the place; they point to the key, not to its value.
func (p place) errorKey(key, format string, args ...any) {
	p.v.errorf(p.keyPos(key), CodeField, format, args...)
}

func (p place) warnKey(key, format string, args ...any) {
	p.v.warnf(p.keyPos(key), CodeField, format, args...)
}

func (p place) keyPos(key string) Position {
	if n := p.v.doc.source.tree.find(p.path); n != nil {
		for _, f := range n.fields {
			if f.key == key {
				return f.pos
			}
		}
	}
	return p.at(key).pos()
}
