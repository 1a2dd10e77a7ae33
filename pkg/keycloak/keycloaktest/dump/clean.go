package dump

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// dropped are fields that differ from run to run, or that say what stands elsewhere.
func dropped() []string {
	return []string{
		"id", "internalId", "containerId", "access", "createdTimestamp", "client.secret.creation.time", "secret", "registrationAccessToken",
		"notBefore", "types", "createdDate", "subGroupCount", "disableableCredentialTypes", "totp", "parentId",
	}
}

// clean leaves out what differs, what is empty, and maasctl's own keys; lists are sorted.
func (d *dumper) clean(v any, key string) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range x {
			if slices.Contains(dropped(), k) || strings.HasPrefix(k, "maasctl") {
				continue
			}
			if e = d.clean(e, k); !empty(e) {
				out[k] = e
			}
		}
		return out
	case []any:
		out := []any{}
		for _, e := range x {
			out = append(out, d.clean(e, key))
		}
		if key != "executions" {
			sortAny(out)
		}
		return out
	case string:
		return strings.ReplaceAll(strings.ReplaceAll(x, d.base, "BASE"), url.QueryEscape(d.base), "BASE")
	}
	return v
}

func (d *dumper) object(m map[string]any, without ...string) map[string]any {
	m = maps.Clone(m)
	for _, k := range without {
		delete(m, k)
	}
	out, _ := d.clean(m, "").(map[string]any)
	return out
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

func sortAny(list []any) {
	slices.SortFunc(list, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
}

func text(v any) string {
	t, _ := json.Marshal(v)
	return string(t)
}

func str(m map[string]any, key string) string { s, _ := m[key].(string); return s }

func flag(m map[string]any, key string) bool { b, _ := m[key].(bool); return b }

func sorted(names []any) []any {
	sortAny(names)
	return names
}

// put sets what isn't empty.
func put(m map[string]any, key string, v any) {
	if !empty(v) {
		m[key] = v
	}
}

// section is the mapping under a key, made where it isn't there.
func section(m map[string]any, key string) map[string]any {
	if s, ok := m[key].(map[string]any); ok {
		return s
	}
	s := map[string]any{}
	m[key] = s
	return s
}

// named gives realms of any name the same texts.
func named(v any, realm string) any {
	role := "default-roles-" + strings.ToLower(realm)
	t := strings.NewReplacer("/realms/"+realm+"/", "/realms/REALM/", "/admin/"+realm+"/console/", "/admin/REALM/console/", role, "default-roles").Replace(text(v))
	var out any
	_ = json.Unmarshal([]byte(t), &out)
	return out
}

// beyond is what mine has beyond, or other than, fresh.
func beyond(mine, fresh any) any {
	m, ok := mine.(map[string]any)
	f, both := fresh.(map[string]any)
	if !ok || !both {
		return mine
	}
	out := map[string]any{}
	for k, v := range m {
		if reflect.DeepEqual(v, f[k]) {
			continue
		}
		rest := beyond(v, f[k])
		if r, isMap := rest.(map[string]any); isMap && len(r) == 0 && f[k] != nil {
			continue
		}
		out[k] = rest
	}
	for k := range f {
		if _, ok := m[k]; !ok {
			out[k] = nil
		}
	}
	return out
}
