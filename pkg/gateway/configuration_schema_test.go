package gateway

import (
	"encoding/json"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

func TestWordsForSchemas(t *testing.T) {
	for _, c := range []struct{ schema, wrong, right, want string }{
		{`{"type": "boolean"}`, `"yes"`, `true`, "true or false"},
		{`{"type": "object"}`, `[]`, `{}`, "a mapping"},
		{`{"type": "array", "items": {"type": "string"}}`, `"a"`, `[1]`, "a list"},
		{`{"type": "number"}`, `"1"`, `1.5`, "a number"},
		{`{"type": "string", "enum": ["a", "b"]}`, `1`, `"b"`, `one of "a", "b"`},
		{`{"type": "integer", "minimum": 2}`, `1`, `2`, "a whole number of at least 2"},
		{`{"type": "integer", "minimum": 2}`, `2.5`, `2.0`, "a whole number of at least 2"},
		{`{"type": "string", "minLength": 1}`, `""`, `"a"`, "text of 1 or more characters"},
		{`{"type": "object", "required": ["a", "b"]}`, `{"a": 1}`, `{"a": 1, "b": 2}`, "a mapping with a, b"},
		{`{"type": "object", "dependencies": {"a": ["b", "c"], "b": ["a"]}}`, `{"a": 1}`, `{}`, "a mapping with b, c where it has a, and a where it has b"},
		{`{"type": "string", "pattern": "^/"}`, `"v1"`, `"/v1"`, "what the policy's manifest says"},
		{`{"type": "string", "pattern": "^/"}`, `1`, `"/v1"`, "text"},
		{`{"not": {"type": "string"}}`, `"v1"`, `1`, "what the policy's manifest says"},
	} {
		var schema jsonschema.Schema
		var wrong, right any
		for text, v := range map[string]any{c.schema: &schema, c.wrong: &wrong, c.right: &right} {
			if err := json.Unmarshal([]byte(text), v); err != nil {
				t.Fatal(text, err)
			}
		}
		if takes(&schema, wrong) || !takes(&schema, right) {
			t.Errorf("%s takes %s, or doesn't take %s", c.schema, c.wrong, c.right)
		}
		if got := wanted(&schema, wrong); got != c.want {
			t.Errorf("%s for %s: %q, not %q", c.schema, c.wrong, got, c.want)
		}
	}
}
