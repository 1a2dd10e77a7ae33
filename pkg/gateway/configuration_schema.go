package gateway

import (
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// takes tells whether a value is what its schema says of it, leaving out what the schema says of the value's parts.
func takes(s *jsonschema.Schema, v any) bool {
	own := *s
	own.Definitions, own.Properties, own.AdditionalProperties, own.Items = nil, nil, nil, nil
	resolved, err := own.Resolve(nil)
	return err != nil || resolved.Validate(v) == nil
}

// wanted says in words what a schema takes.
func wanted(s *jsonschema.Schema) string {
	kind := map[string]string{
		"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
	}[s.Type]
	switch {
	case s.Enum != nil:
		return "one of " + listed(s.Enum)
	case s.Minimum != nil:
		return fmt.Sprintf("%s of at least %g", kind, *s.Minimum)
	case s.MinLength != nil:
		return fmt.Sprintf("%s of %d or more characters", kind, *s.MinLength)
	case s.Required != nil:
		return kind + " with " + strings.Join(s.Required, ", ")
	}
	return kind
}

// listed are the values that one may choose from.
func listed(values []any) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprintf("%#v", v)
	}
	return strings.Join(out, ", ")
}
