package representation_test

import (
	"encoding/json"
	"testing"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/representation"
)

func TestFieldsOfEveryVersion(t *testing.T) {
	all := representation.All()
	if oldest, newest := all.Versions(); oldest != 18 || newest != 26 {
		t.Errorf("versions %d to %d", oldest, newest)
	}
	for _, want := range []struct {
		as, field string
		kind      representation.Type
		in18      bool
	}{
		{representation.Realm, "accessTokenLifespan", "int32", true},
		{representation.Realm, "localizationTexts", "{{string}}", false},
		{representation.Realm, "clientScopes", "[ClientScope]", true},
		{representation.Client, "redirectUris", "[string]", true},
		{representation.ClientPolicy, "conditions", "[ClientPolicyCondition]", true},
		{representation.User, "attributes", "{[string]}", true},
	} {
		f, ok := all.Field(want.as, want.field)
		if !ok || f.Type != want.kind || f.In(18) != want.in18 || !f.In(26) || f.In(17) {
			t.Errorf("%s.%s: %+v", want.as, want.field, f)
		}
	}
	for _, as := range []string{
		representation.ClientScope, representation.ProtocolMapper, representation.Role, representation.Group, representation.IdentityProvider,
		representation.IdentityProviderMapper, representation.RequiredAction, representation.ClientProfile,
	} {
		if !all.Has(as) {
			t.Errorf("no %s", as)
		}
	}
	if _, ok := all.Field(representation.Realm, "acessTokenLifespan"); ok || all.Has("Nothing") {
		t.Error("it knows what isn't there")
	}
}

// Every type that a field has leads somewhere.
func TestTypesAreKnown(t *testing.T) {
	all := representation.All()
	for _, as := range []string{representation.Realm, representation.Client, representation.User} {
		for _, name := range all.Names(as) {
			f, _ := all.Field(as, name)
			kind := f.Type
			for kind.Element() != "" {
				kind = kind.Element()
			}
			if !kind.IsScalar() && kind != "any" && !all.Has(string(kind)) {
				t.Errorf("%s.%s is a %s", as, name, kind)
			}
		}
	}
}

// A field that is nearly named like another one is taken for a misspelt one. No version up to now has brought such a field.
func TestNoVersionBringsAFieldThatLooksMisspelt(t *testing.T) {
	all := representation.All()
	oldest, newest := all.Versions()
	fields := 0
	for version := oldest + 1; version <= newest; version++ {
		for _, as := range []string{representation.Realm, representation.Client, representation.User, representation.Group, representation.IdentityProvider, representation.ClientPolicy} {
			var before, brought []string
			for _, name := range all.Names(as) {
				switch f, _ := all.Field(as, name); {
				case f.Since < version:
					before = append(before, name)
				case f.Since == version:
					brought = append(brought, name)
				}
			}
			for _, name := range brought {
				fields++
				if meant := near.Name(name, before); meant != "" {
					t.Errorf("%s of %d would have been taken for %s", name, version, meant)
				}
			}
		}
	}
	if fields < 20 {
		t.Errorf("only %d fields came", fields)
	}
}

func TestWants(t *testing.T) {
	for _, c := range []struct {
		kind representation.Type
		good []any
		bad  []any
		want string
	}{
		{"string", []any{"a", int64(5), true, 1.5}, []any{[]any{}, map[string]any{}}, "text"},
		{"boolean", []any{true, false, "true"}, []any{"yes", int64(1), []any{true}}, "true or false"},
		{"int32", []any{int64(5), int64(-1 << 31), "300", 5.0, json.Number("7"), uint64(8)}, []any{1.5, "x", "", true, int64(1 << 31), json.Number("1e400"), []any{}}, "a whole number that fits 32 bits"},
		{"int64", []any{int64(1 << 40)}, []any{uint64(1 << 63), "9223372036854775808", 1e300}, "a whole number"},
		{"A|B", []any{"A", "B"}, []any{"a", "", int64(1)}, "one of A, B"},
		{"[string]", []any{[]any{int64(1)}}, []any{"a", map[string]any{}}, "a list"},
		{"{string}", []any{map[string]any{"a": []any{}}}, []any{"a", []any{}}, "a mapping"},
		{"Role", []any{map[string]any{}}, []any{"a", []any{}}, "a mapping"},
		{"any", []any{"a", []any{}, map[string]any{}}, nil, ""},
	} {
		for _, v := range append(c.good, nil) {
			if got := c.kind.Wants(v); got != "" {
				t.Errorf("%s takes %v, but wants %s", c.kind, v, got)
			}
		}
		for _, v := range c.bad {
			if got := c.kind.Wants(v); got != c.want {
				t.Errorf("%s and %v: %q, not %q", c.kind, v, got, c.want)
			}
		}
	}
	if inner := representation.Type("{{string}}").Element().Element(); inner != "string" || inner.Element() != "" {
		t.Errorf("inside: %s", inner)
	}
}
