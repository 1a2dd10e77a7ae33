package maas

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
	orderedmap "github.com/pb33f/ordered-map/v2"
)

func ref(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

func mapOf(element *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", AdditionalProperties: element}
}

// top says more of a key at the top than its type does.
func top(root *jsonschema.Schema, key string, value *jsonschema.Schema) {
	out := nullable(value)
	if had, ok := root.Properties.Get(key); ok {
		out.Description = had.Description
	}
	root.Properties.Set(key, out)
}

// nullable lets a value be null, which takes away what a lower layer says.
func nullable(s *jsonschema.Schema) *jsonschema.Schema {
	null := &jsonschema.Schema{Type: "null"}
	switch {
	case len(s.AnyOf) > 0:
		out := *s
		out.AnyOf = append(s.AnyOf[:len(s.AnyOf):len(s.AnyOf)], null)
		return &out
	case s.Ref != "" || s.Type == "" || s.Enum != nil:
		return anyOf(s, null)
	}
	out := *s
	out.Type = ""
	out.Extras = map[string]any{"type": []string{s.Type, "null"}}
	return &out
}

// clone copies the properties of a schema, so that more can be added to one.
func clone(s *jsonschema.Schema) *orderedmap.OrderedMap[string, *jsonschema.Schema] {
	out := jsonschema.NewProperties()
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		out.Set(p.Key, p.Value)
	}
	return out
}

// textSchema is a text; where only some are possible, a reference may still turn out to be one of them.
func textSchema(tag reflect.StructTag) *jsonschema.Schema {
	out := &jsonschema.Schema{Type: "string"}
	if enum, ok := tag.Lookup("enum"); ok {
		for _, e := range strings.Split(enum, ",") {
			out.Enum = append(out.Enum, e)
		}
		return anyOf(out, &jsonschema.Schema{Type: "string", Pattern: referencePattern})
	}
	if least, most, ok := charsTag(tag.Get("chars")); ok {
		longest := uint64(most)
		out.MaxLength = &longest
		if shortest := uint64(least); least > 0 {
			out.MinLength = &shortest
		}
	}
	return out
}

// secretSchema is a reference; some may be empty, and names of accounts may be written out.
func secretSchema(tag reflect.StructTag) *jsonschema.Schema {
	out := &jsonschema.Schema{Type: "string", Pattern: "^" + referencePattern + "$"}
	switch {
	case tag.Get("literal") == "true":
		out.Pattern = ""
	case tag.Get("empty") == "true":
		out.Pattern = "^(" + referencePattern + ")?$"
	}
	return out
}
