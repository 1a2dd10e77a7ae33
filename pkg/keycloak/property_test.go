package keycloak_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// Whatever two documents say, after applying the one upon what the other has left, nothing is left to do.
func TestAnyDocumentUponAnyOther(t *testing.T) {
	versions := map[int]server{}
	for _, version := range []int{26, 18} {
		versions[version] = stub(t, keycloaktest.Options{Version: version, Collide: 7})
	}
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t, versions[rapid.SampledFrom([]int{26, 18}).Draw(r, "version")])
		w.config.Transport.Trace = nil
		for i := range 2 {
			realm := anyRealm(r)
			w.prune = rapid.Bool().Draw(r, "prune")
			out, err := json.Marshal(map[string]any{"REALM": realm})
			if err != nil {
				r.Fatal(err)
			}
			body := "realms: " + string(out)
			w.run(w.document(body))
			_, again, _ := w.plan(w.document(body))
			for _, c := range again.Changes {
				r.Fatalf("document %d: %s\nleaves %s %s: %s", i, body, c.Action, c.Address, lines(c.Fields))
			}
		}
	})
}

// word has texts at their borders.
func word() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"", "a", "b", "ä ö/ü", "true", "0", "1.50", strings.Repeat("x", 255), "a.b", "${not.ours}", "{}", "a: b", " "})
}

func words() *rapid.Generator[[]string] {
	return rapid.Custom(func(r *rapid.T) []string {
		out := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c d", "ä/ö"}), 0, 3, rapid.ID).Draw(r, "list")
		return append([]string{}, out...)
	})
}

// some picks fields of an object, each said or not.
func some(r *rapid.T, fields map[string]func() any) map[string]any {
	out := map[string]any{}
	for _, name := range sortedKeys(fields) {
		if rapid.Bool().Draw(r, name) {
			out[name] = fields[name]()
		}
	}
	return out
}

func draw[T any](r *rapid.T, label string, g *rapid.Generator[T]) func() any {
	return func() any { return g.Draw(r, label) }
}

// few makes objects under some of a few names.
func few(r *rapid.T, names []string, one func(name string) any) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		if rapid.Bool().Draw(r, name) {
			out[name] = one(name)
		}
	}
	return out
}

func anyRealm(r *rapid.T) map[string]any {
	flag, number := rapid.Bool(), rapid.SampledFrom([]int{0, 1, 300, 1 << 30})
	attributes := func() any { return few(r, []string{"x", "y.z", "0"}, func(n string) any { return word().Draw(r, n) }) }
	lists := func() any { return few(r, []string{"x", "y.z"}, func(n string) any { return words().Draw(r, n) }) }
	mappers := func() any {
		return few(r, []string{"m", "m 2/ä"}, func(string) any {
			return map[string]any{"userProperty": rapid.SampledFrom([]string{"email", "username"}).Draw(r, "of"), "claim": rapid.SampledFrom([]string{"a", "b.c"}).Draw(r, "claim")}
		})
	}
	realm := some(r, map[string]func() any{
		"displayName": draw(r, "name", word()), "accessTokenLifespan": draw(r, "life", number), "registrationAllowed": draw(r, "register", flag),
		"attributes": attributes, "supportedLocales": draw(r, "locales", words()),
	})
	roles := []string{"r1", "r 2/ä", "r3"}
	realm["roles"] = few(r, roles, func(string) any {
		return some(r, map[string]func() any{"description": draw(r, "description", word()), "attributes": lists})
	})
	there := []string{"offline_access"}
	for name, role := range realm["roles"].(map[string]any) {
		if !strings.Contains(name, "/") {
			there = append(there, name)
		}
		if rapid.Bool().Draw(r, "composite") {
			role.(map[string]any)["composites"] = []string{"offline_access", "account/view-profile"}
		}
	}
	refs := func() any {
		return append([]string{}, rapid.SliceOfNDistinct(rapid.SampledFrom(sorted(there)), 0, 2, rapid.ID).Draw(r, "roles")...)
	}
	realm["clientScopes"] = few(r, []string{"s1", "s2"}, func(string) any {
		return some(r, map[string]func() any{"description": draw(r, "description", word()), "attributes": attributes, "protocolMappers": mappers})
	})
	scopes := sortedKeys(realm["clientScopes"].(map[string]any))
	realm["clients"] = few(r, []string{"c1", "c/2", "c 3"}, func(name string) any {
		c := some(r, map[string]func() any{
			"name": draw(r, "name", word()), "redirectUris": draw(r, "uris", words()), "webOrigins": draw(r, "origins", words()), "attributes": attributes,
			"publicClient": draw(r, "public", flag), "consentRequired": draw(r, "consent", flag), "protocolMappers": mappers,
			"roles": func() any { return few(r, []string{"cr"}, func(string) any { return map[string]any{} }) },
			"defaultClientScopes": func() any {
				return append([]string{}, rapid.SliceOfNDistinct(rapid.SampledFrom(append(scopes, "profile")), 0, 2, rapid.ID).Draw(r, "scopes")...)
			},
		})
		if rapid.Bool().Draw(r, "service") {
			c["serviceAccountsEnabled"], c["publicClient"], c["serviceAccountRoles"] = true, false, refs()
		}
		return c
	})
	realm["groups"] = few(r, []string{"g1", "g 2"}, func(string) any {
		return some(r, map[string]func() any{"attributes": lists, "roles": refs, "groups": func() any {
			return few(r, []string{"h"}, func(string) any { return some(r, map[string]func() any{"attributes": lists, "roles": refs}) })
		}})
	})
	realm["users"] = few(r, []string{"ann", "bob"}, func(name string) any {
		return some(r, map[string]func() any{"firstName": draw(r, "first", word()), "enabled": draw(r, "enabled", flag), "roles": refs,
			"email": func() any { return name + "@example.com" }, "requiredActions": draw(r, "actions", rapid.SampledFrom([][]string{{}, {"UPDATE_PROFILE"}}))})
	})
	return realm
}
