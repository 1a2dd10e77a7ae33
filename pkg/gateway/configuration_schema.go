package gateway

import (
	"fmt"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// draft7 is what the gateway's own library reads, whatever a manifest says.
const draft7 = "http://json-schema.org/draft-07/schema#"

// takes tells whether a value is what its schema says of it, leaving out what the schema says of the value's parts.
func takes(s *jsonschema.Schema, v any) bool {
	own := *s
	own.Schema = draft7
	own.Definitions, own.Properties, own.AdditionalProperties, own.Items = nil, nil, nil, nil
	resolved, err := own.Resolve(nil)
	return err != nil || resolved.Validate(v) == nil
}

// wanted says in words what a schema takes, to somebody who wrote a value that it doesn't take.
func wanted(s *jsonschema.Schema, v any) string {
	kind := map[string]string{
		"object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
	}[s.Type]
	switch {
	case s.Enum != nil:
		return "one of " + listed(s.Enum)
	case s.Minimum != nil && s.Maximum != nil:
		return fmt.Sprintf("%s from %g to %g", kind, *s.Minimum, *s.Maximum)
	case s.Minimum != nil:
		return fmt.Sprintf("%s of at least %g", kind, *s.Minimum)
	case s.MinLength != nil:
		return fmt.Sprintf("%s of %d or more characters", kind, *s.MinLength)
	case s.Required != nil:
		return kind + " with " + strings.Join(s.Required, ", ")
	case s.DependencyStrings != nil:
		return kind + " with " + companions(s.DependencyStrings)
	case kind == "", takes(&jsonschema.Schema{Type: s.Type}, v): // a rule that no document needed words for so far
		return "what the policy's manifest says"
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

// companions says which names need which others beside them.
func companions(needed map[string][]string) string {
	var out []string
	for _, name := range sortedKeys(needed) {
		out = append(out, strings.Join(needed[name], ", ")+" where it has "+name)
	}
	return strings.Join(out, ", and ")
}
