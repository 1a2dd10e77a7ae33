package maas

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v2"
)

// Render gives the merged document in one canonical form that loads again to the same document: sections and fields in
// the language's order, names sorted, methods, lists and rules as they stand, because there the order means something.
// References stay references. It writes what sigs.k8s.io/yaml writes, by the same emitter: that library's own Marshal
// would sort the methods too. There is nothing to render of a document with errors.
func Render(o Options) ([]byte, Diagnostics) {
	doc, found := Load(o)
	if found.HasErrors() {
		return nil, found
	}
	out, err := doc.Render()
	if err != nil {
		return nil, append(found, Diagnostic{Error, Position{}, err.Error(), CodeSyntax})
	}
	return out, found
}

// Render gives the document as the function of that name does.
func (d *Document) Render() ([]byte, error) {
	return yaml.Marshal(canonical(d.source.tree, reflect.TypeOf(*d), ""))
}

// canonical gives a value in the order of its type.
func canonical(n *node, t reflect.Type, tag reflect.StructTag) any {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n.kind {
	case mappingNode:
		return canonicalMapping(n, t, tag)
	case listNode:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = canonical(item, element(t), "")
		}
		return out
	}
	return n.value
}

// element is the type of the elements of a list; nil where the document's types don't know them.
func element(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return nil
}

func canonicalMapping(n *node, t reflect.Type, tag reflect.StructTag) yaml.MapSlice {
	rank, types := map[string]int{}, map[string]structField{}
	var rest reflect.Type
	switch {
	case t == nil:
	case isMap(t):
		rest = mapElement(t)
	case t.Kind() == reflect.Struct:
		all := structFields(t)
		for i, f := range all {
			if f.name == "" {
				rest = mapElement(t.FieldByIndex(f.index).Type)
				continue
			}
			rank[f.name], types[f.name] = i-len(all), f
		}
	}
	fields := slices.Clone(n.fields)
	if tag.Get("ordered") != "true" {
		slices.SortStableFunc(fields, func(a, b field) int {
			if d := rank[a.key] - rank[b.key]; d != 0 {
				return d
			}
			return strings.Compare(a.key, b.key)
		})
	}
	out := make(yaml.MapSlice, 0, len(fields))
	for _, f := range fields {
		inner, innerTag := rest, reflect.StructTag("")
		if s, ok := types[f.key]; ok {
			inner, innerTag = t.FieldByIndex(s.index).Type, s.tag
		}
		out = append(out, yaml.MapItem{Key: f.key, Value: canonical(f.value, inner, innerTag)})
	}
	return out
}

// isMap tells whether a type is a Map.
func isMap(t reflect.Type) bool {
	_, ok := reflect.New(t).Interface().(mapping)
	return ok
}

// mapElement is the type of a Map's values; nil for fields of any kind.
func mapElement(t reflect.Type) reflect.Type {
	if !isMap(t) {
		return nil
	}
	entry, _ := t.Elem().FieldByName("Value")
	return entry.Type
}
