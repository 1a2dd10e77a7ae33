package threescaletest

import (
	_ "embed"
	"fmt"
	"strings"

	"example.com/maasctl/internal/jsonschema"
)

//go:embed schemas/draft07.json
var draft07JSON string

//go:embed schemas/policy.json
var policyJSON string

// read lets a schema take texts for addresses as Ruby's library does.
func read(s *jsonschema.Schema) *jsonschema.Schema {
	s.URI = func(text string) bool { _, readable := parseURI(text); return readable }
	return s
}

// policySchema is what a policy's own schema has to look like, but for the form of its
// configuration.
func policySchema() *jsonschema.Schema {
	return read(&jsonschema.Schema{Root: jsonschema.Embedded(policyJSON)})
}

// draft07 is JSON Schema's own schema, with the keywords that porta's library knows.
func draft07() *jsonschema.Schema {
	return read(&jsonschema.Schema{Root: jsonschema.Embedded(draft07JSON)})
}

// policyProblems words what is wrong with a policy's schema: its properties, the form
// of its configuration, and what is missing.
func policyProblems(doc any) []string {
	var wrong, missing []string
	word := gemMessage("http://apicast.io/policy-v1/schema#")
	for _, v := range policySchema().Validate(doc) {
		if v.Keyword == "required" {
			missing = append(missing, word(v))
		} else {
			wrong = append(wrong, word(v))
		}
	}
	o, _ := doc.(jsonschema.Object)
	if form, has := o.Get("configuration"); has {
		for _, v := range draft07().Below(form, "configuration") {
			wrong = append(wrong, gemMessage("http://json-schema.org/draft-07/schema#")(v))
		}
	}
	return append(wrong, missing...)
}

// schemerMessage words a violation as json_schemer does.
func schemerMessage(v jsonschema.Violation) string {
	at := "root"
	if len(v.At) > 0 {
		at = "`/" + strings.Join(escapedPointer(v.At), "/") + "`"
	}
	switch v.Keyword {
	case "required":
		return "object at " + at + " is missing required properties: " + strings.Join(v.Missing, ", ")
	case "type":
		return "value at " + at + " is not " + article(v.Want)
	case "additionalProperties":
		return "object property at " + at + " is a disallowed additional property"
	case "unevaluatedProperties":
		return "object property at " + at + " is a disallowed unevaluated property"
	}
	for _, m := range [][2]string{
		{"enum", "value at %s is not one of: %s"}, {"const", "value at %s is not: %s"}, {"pattern", "string at %s does not match pattern: %s"},
		{"format", "value at %s does not match format: %s"}, {"minimum", "number at %s is less than: %s"}, {"maximum", "number at %s is greater than: %s"},
		{"exclusiveMinimum", "number at %s is less than or equal to: %s"}, {"exclusiveMaximum", "number at %s is greater than or equal to: %s"},
		{"minLength", "string length at %s is less than: %s"}, {"maxLength", "string length at %s is greater than: %s"},
		{"minItems", "array size at %s is less than: %s"}, {"maxItems", "array size at %s is greater than: %s"},
		{"minProperties", "object size at %s is less than: %s"}, {"maxProperties", "object size at %s is greater than: %s"},
		{"multipleOf", "number at %s is not a multiple of: %s"},
	} {
		if m[0] == v.Keyword {
			return fmt.Sprintf(m[1], at, inspect(v.Want, true))
		}
	}
	return withoutValue(at, v.Keyword)
}

// withoutValue words the violations that have no value to show.
func withoutValue(at, keyword string) string {
	switch keyword {
	case "uniqueItems":
		return "array items at " + at + " are not unique"
	case "oneOf":
		return "value at " + at + " does not match exactly one `oneOf` schema"
	case "anyOf":
		return "value at " + at + " does not match any `anyOf` schemas"
	case "not":
		return "value at " + at + " matches `not` schema"
	}
	return "value at " + at + " does not match schema"
}

func escapedPointer(at []string) []string {
	out := make([]string, len(at))
	for i, s := range at {
		out[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
	}
	return out
}

// article names a type with its article.
func article(t any) string {
	switch t {
	case "null":
		return "null"
	case "integer", "array", "object":
		return fmt.Sprintf("an %s", t)
	}
	if _, isText := t.(string); isText {
		return fmt.Sprintf("a %s", t)
	}
	return "one of the types: " + inspect(t, true)
}

// inspect writes a value as Ruby shows it; bare leaves out the quotes of a text.
func inspect(v any, bare bool) string {
	switch v := v.(type) {
	case string:
		if bare {
			return v
		}
		return fmt.Sprintf("%q", v)
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = inspect(x, false)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case jsonschema.Object:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = fmt.Sprintf("%q=>%s", m.Name, inspect(m.Value, false))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case nil:
		return "nil"
	}
	return fmt.Sprint(v)
}

// gemMessage words violations as json-schema does, which names the schema, or lists
// what each of several schemas found.
func gemMessage(name string) func(jsonschema.Violation) string {
	return func(v jsonschema.Violation) string {
		if len(v.Parts) == 0 {
			return gemText(v) + " in schema " + name
		}
		return gemParts(v, 0)
	}
}

func gemParts(v jsonschema.Violation, level int) string {
	const indent = "    "
	if len(v.Parts) == 0 {
		return gemText(v)
	}
	lines := []string{gemText(v) + ". The schema specific errors were:\n"}
	for _, p := range v.Parts {
		lines = append(lines, "- "+p.Name+":")
		for _, e := range p.Errors {
			lines = append(lines, indent+"- "+gemParts(e, level+1))
		}
	}
	for i := range lines {
		lines[i] = strings.Repeat(indent, level) + lines[i]
	}
	return strings.Join(lines, "\n")
}

func gemText(v jsonschema.Violation) string {
	at := "The property '#/" + strings.Join(v.At, "/") + "'"
	of := at + " of type " + jsonschema.TypeOf(v.Got)
	switch v.Keyword {
	case "required":
		return at + " did not contain a required property of '" + v.Missing[0] + "'"
	case "type":
		if list, isList := v.Want.([]any); isList {
			return of + " did not match one or more of the following types: " + gemList(list)
		}
		return of + " did not match the following type: " + inspect(v.Want, true)
	case "additionalProperties":
		return at + " contains additional properties " + inspect(anyList(v.Missing), false) + " outside of the schema when none are allowed"
	case "enum":
		list, _ := v.Want.([]any)
		return at + " value " + inspect(v.Got, false) + " did not match one of the following values: " + gemList(list)
	case "pattern":
		return at + " value " + inspect(v.Got, false) + " did not match the regex '" + inspect(v.Want, true) + "'"
	case "allOf":
		return of + " did not match all of the required schemas"
	case "anyOf":
		return of + " did not match one or more of the required schemas"
	case "oneOf":
		if v.Matches > 1 {
			return of + " matched more than one of the required schemas"
		}
		return of + " did not match any of the required schemas"
	case "not":
		return of + " matched the disallowed schema"
	case "uniqueItems":
		return at + " contained duplicated array values"
	case "format":
		return at + " must be a valid URI"
	}
	return gemLimit(at, v)
}

// gemLimit words violations of limits.
func gemLimit(at string, v jsonschema.Violation) string {
	limit := inspect(v.Want, true)
	switch v.Keyword {
	case "minLength":
		return at + " was not of a minimum string length of " + limit
	case "maxLength":
		return at + " was not of a maximum string length of " + limit
	case "minItems":
		return at + " did not contain a minimum number of items " + limit
	case "maxItems":
		return at + " had more items than the allowed " + limit
	case "minProperties":
		return at + " did not contain a minimum number of properties " + limit
	case "maxProperties":
		return at + " had more properties than the allowed " + limit
	case "minimum", "exclusiveMinimum":
		return at + " did not have a minimum value of " + limit + ", inclusively"
	case "maximum", "exclusiveMaximum":
		return at + " did not have a maximum value of " + limit + ", inclusively"
	}
	return at + " did not match the schema"
}

func gemList(list []any) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = inspect(x, true)
	}
	return strings.Join(parts, ", ")
}

func anyList(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
