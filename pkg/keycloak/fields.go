package keycloak

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// flatten gives what an object of the document says as fields of the planner: one for each value that isn't a mapping, named
// by its path. So a mapping's keys are compared one by one, and those that aren't said are left alone. Lists of texts have no
// order for Keycloak: they become sets.
func flatten(body map[string]any) (plan.Fields, map[string][]string) {
	fields, paths := plan.Fields{}, map[string][]string{}
	var walk func(path []string, v any)
	walk = func(path []string, v any) {
		if m, ok := v.(map[string]any); ok {
			for key, e := range m {
				walk(append(path[:len(path):len(path)], key), e)
			}
			return
		}
		if inTexts(path) {
			v = asTexts(v)
		}
		name := strings.Join(path, ".")
		fields[name], paths[name] = wanted(v), path
	}
	walk(nil, body)
	return fields, paths
}

func wanted(v any) any {
	list, ok := v.([]any)
	if !ok {
		return plan.Normal(v)
	}
	set := plan.Set{}
	for _, e := range list {
		text, ok := e.(string)
		if !ok {
			return plan.Normal(list)
		}
		set[text] = true
	}
	return set
}

// inTexts tells whether a path leads into a mapping whose values are texts, or lists of texts, for the server. What isn't
// there says something else than "false" in them: a client without use.refresh.tokens uses them.
func inTexts(path []string) bool {
	return len(path) == 2 && (path[0] == "attributes" || path[0] == "config")
}

// asTexts is a number or bool, or a list of such, as the server keeps it in a mapping of texts.
func asTexts(v any) any {
	switch x := plan.Normal(v).(type) {
	case int64, float64, json.Number, bool:
		return text(x)
	case []any:
		for i, e := range x {
			x[i] = asTexts(e)
		}
		return x
	}
	return v
}

// listAttributes makes lists of one of an object's single attributes: users, groups and roles have lists only. For a user the
// server itself does so.
func listAttributes(o *plan.Object) {
	for name, path := range nativeOf(o).paths {
		if !inTexts(path) {
			continue
		}
		switch v := o.Fields[name].(type) {
		case nil, plan.Set, []any:
		default:
			o.Fields[name] = wanted([]any{v})
		}
	}
}

// projected is what the server has, seen with the eyes of what is wanted: of mappings inside of lists only the keys that are
// said; texts that say the same as a number or bool are it; what the server leaves out is the empty value of its type.
func projected(have, want any) any {
	switch w := want.(type) {
	case plan.Set:
		return setOf(have)
	case secret.Value:
		if have == w.Reveal() {
			return w
		}
		return secret.Value{}
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok {
			return plan.Normal(have)
		}
		out := map[string]any{}
		for key, v := range w {
			out[key] = projected(h[key], v)
		}
		return out
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return plan.Normal(have)
		}
		out := make([]any, len(w))
		for i := range w {
			out[i] = projected(h[i], w[i])
		}
		return out
	}
	have = plan.Normal(have)
	if have == nil && isEmpty(want) || have != nil && text(have) == text(want) {
		return want
	}
	return have
}

func isEmpty(v any) bool { return v == nil || v == "" || v == false || v == int64(0) }

// text is the form in which a scalar stands in attributes and configurations.
func text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func setOf(v any) plan.Set {
	set := plan.Set{}
	list, _ := v.([]any)
	for _, e := range list {
		set[text(plan.Normal(e))] = true
	}
	return set
}

// at is the value at a path of an object; nil where there is none.
func at(body map[string]any, path ...string) any {
	var v any = body
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// put sets the value at a path of an object.
func put(body map[string]any, v any, path ...string) {
	for _, key := range path[:len(path)-1] {
		m, ok := body[key].(map[string]any)
		if !ok {
			m = map[string]any{}
			body[key] = m
		}
		body = m
	}
	body[path[len(path)-1]] = v
}

// merge writes one object over another: mappings key by key, all else as a whole.
func merge(into, from map[string]any) {
	for key, v := range from {
		m, isMap := v.(map[string]any)
		h, hasMap := into[key].(map[string]any)
		if isMap && hasMap {
			merge(h, m)
			continue
		}
		into[key] = v
	}
}

// body is what the document says of the object, in the server's form; secrets stand in it in clear, so it goes nowhere but on
// the wire.
func (c *change) body() (map[string]any, error) {
	out := map[string]any{}
	for name, path := range nativeOf(c.Desired).paths {
		v, err := c.wire(c.Desired.Fields[name])
		if err != nil {
			return nil, err
		}
		put(out, v, path...)
	}
	return out, nil
}

func (c *change) wire(v any) (any, error) {
	switch x := v.(type) {
	case secret.Value:
		return x.Reveal(), nil
	case plan.Handed:
		h, err := c.handed(x)
		if err != nil {
			return nil, err
		}
		return c.wire(h)
	case plan.Set:
		return c.wireSet(x)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			w, err := c.wire(e)
			if err != nil {
				return nil, err
			}
			out[i] = w
		}
		return out, nil
	case map[string]any:
		out := map[string]any{}
		for key, e := range x {
			w, err := c.wire(e)
			if err != nil {
				return nil, err
			}
			out[key] = w
		}
		return out, nil
	}
	return v, nil
}

func (c *change) wireSet(set plan.Set) (any, error) {
	out := []string{}
	for _, e := range slices.Sorted(maps.Keys(set)) {
		switch v := set[e].(type) {
		case nil:
		case plan.HandedName:
			start, err := c.handed(v.Handed)
			if err != nil {
				return nil, err
			}
			out = append(out, fmt.Sprint(start)+v.Suffix)
		default:
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// added and removed are the elements of a set that the change brings in and takes away.
func (c *change) elements(field string, action plan.FieldAction) []string {
	var out []string
	for _, f := range c.Fields {
		if f.Name == field && f.Action == action {
			out = append(out, f.Element)
		}
	}
	return out
}
