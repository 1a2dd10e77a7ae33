package maas

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"example.com/maasctl/pkg/secret"
)

// SchemaID is the name of the schema of this version of the language.
const SchemaID = "https://example.com/maasctl/v1/schema.json"

// referencePattern is what a secret looks like in the document.
const referencePattern = `\$\{(env|file|exec):[\s\S]*\}`

// Schema gives the JSON Schema (2020-12) of a document's files, for editors. It comes from the types that the loader
// fills and from their comments, so that both know the same language. What depends on more than one place of the
// document, such as references, is the loader's alone.
func Schema() ([]byte, error) {
	docs, err := typeDocs()
	if err != nil {
		return nil, err
	}
	s := &schemas{defs: jsonschema.Definitions{}, docs: docs}
	root := s.structure(reflect.TypeFor[Document]())
	top(root, "apiVersion", &jsonschema.Schema{Type: "string", Enum: []any{APIVersion}})
	top(root, "name", anyOf(&jsonschema.Schema{Type: "string", Pattern: ownerName.String()}, &jsonschema.Schema{Type: "string", Pattern: referencePattern}))
	template := nullable(&jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		s.of(reflect.TypeFor[Product](), ""), s.of(reflect.TypeFor[Backend](), ""),
	}})
	templates := mapOf(template)
	templates.Description = "What objects have in common: merged below each that says use"
	root.Properties.Set(templatesKey, nullable(templates))
	environment := *root
	environment.Properties = clone(root)
	s.defs["Environment"] = &environment
	environments := mapOf(nullable(ref("Environment")))
	environments.Description = "Layers over the document, one of which -e chooses"
	root.Properties.Set(environmentsKey, nullable(environments))
	root.Version, root.ID, root.Title = jsonschema.Version, SchemaID, "maas.yaml"
	root.Definitions = s.defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schemas makes the schemas of types; those of structs are definitions.
type schemas struct {
	defs jsonschema.Definitions
	docs docs
}

// of gives the schema of a type, with what its field's tags say.
func (s *schemas) of(t reflect.Type, tag reflect.StructTag) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[secret.Value]():
		return secretSchema(tag)
	case reflect.TypeFor[Decimal]():
		return &jsonschema.Schema{Type: "number", Minimum: "0"}
	case reflect.TypeFor[[]Policy]():
		return s.policies()
	}
	switch {
	case isMap(t):
		return s.mapping(t, tag)
	case reflect.PointerTo(t).Implements(reflect.TypeFor[shorthand]()):
		return anyOf(&jsonschema.Schema{Type: "string"}, s.named(t))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), tag)
	case reflect.Struct:
		return s.named(t)
	case reflect.Slice:
		return &jsonschema.Schema{Type: "array", Items: s.of(t.Elem(), tag)}
	case reflect.Map:
		return &jsonschema.Schema{Type: "object"}
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Int64:
		return &jsonschema.Schema{Type: "integer", Minimum: json.Number(tag.Get("min")), Maximum: json.Number(tag.Get("max"))}
	}
	return textSchema(tag)
}

// named gives a reference to the definition of a struct.
func (s *schemas) named(t reflect.Type) *jsonschema.Schema {
	if _, ok := s.defs[t.Name()]; !ok {
		s.defs[t.Name()] = nil // it may be below itself, as groups are
		s.defs[t.Name()] = s.structure(t)
	}
	return ref(t.Name())
}

// structure gives the schema of a struct's fields, as the decoder sees them.
func (s *schemas) structure(t reflect.Type) *jsonschema.Schema {
	out := &jsonschema.Schema{
		Type: "object", Description: s.docs.of(t.Name(), ""),
		Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
	}
	for _, f := range structFields(t) {
		goField := t.FieldByIndex(f.index)
		if f.name == "" {
			rest := s.of(goField.Type, f.tag)
			out.AdditionalProperties, out.PropertyNames = rest.AdditionalProperties, rest.PropertyNames
			continue
		}
		property := nullable(s.of(goField.Type, f.tag))
		if f.tag.Get("required") == "true" {
			property = s.of(goField.Type, f.tag)
			out.Required = append(out.Required, f.name)
		}
		property.Description = s.docs.of(declaring(t, f.index), goField.Name)
		out.Properties.Set(f.name, property)
	}
	return out
}

// mapping gives the schema of a Map. A key with null is as if it had not been said.
func (s *schemas) mapping(t reflect.Type, tag reflect.StructTag) *jsonschema.Schema {
	inner := innerTag(tag)
	element := nullable(s.of(mapElement(t), inner))
	if keys, ok := tag.Lookup("keys"); ok {
		out := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
		for _, key := range strings.Split(keys, ",") {
			out.Properties.Set(key, element)
		}
		return out
	}
	out := mapOf(element)
	if pattern, _ := keyKind(tag.Get("key")); pattern != nil {
		most := uint64(maxKey)
		out.PropertyNames = &jsonschema.Schema{MaxLength: &most}
		if pattern != organization { // not every validator knows classes such as \p{L}
			out.PropertyNames.Pattern = pattern.String()
		}
	}
	return out
}

// policies gives the schema of a chain, or of what goes around a template's.
func (s *schemas) policies() *jsonschema.Schema {
	chain := func() *jsonschema.Schema {
		return &jsonschema.Schema{Type: "array", Items: s.named(reflect.TypeFor[Policy]())}
	}
	around := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema,
	}
	around.Properties.Set(prependKey, nullable(chain()))
	around.Properties.Set(appendKey, nullable(chain()))
	return anyOf(chain(), around)
}
