package llmmetrics_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
)

// A Secret holds at most 1 MiB, its keys have no slashes, and the operator
// refuses one without these two.
func TestFilesFitASecret(t *testing.T) {
	key := regexp.MustCompile(`^[-._a-zA-Z0-9]+$`)
	total, seen := 0, map[string]bool{}
	err := fs.WalkDir(llmmetrics.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if entry.IsDir() || !key.MatchString(path) {
			t.Errorf("%s can't be a key of a Secret", path)
		}
		data, err := llmmetrics.Files.ReadFile(path)
		total += len(path) + len(data)*4/3 + 4 // as base64, which is how it is stored
		seen[path] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if total >= 1<<20 {
		t.Errorf("%d bytes are more than a Secret holds", total)
	}
	for _, name := range []string{"init.lua", "apicast-policy.json", "llm_metrics.lua"} {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestVersionIsTheManifests(t *testing.T) {
	data, err := llmmetrics.Files.ReadFile("apicast-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	if v := llmmetrics.Version(); v == "" || !bytes.Contains(data, []byte(`"version": "`+v+`"`)) {
		t.Errorf("version %q is not the manifest's", v)
	}
}

// What 3scale and the gateway ask of a manifest.
const manifestSchema = `{
  "type": "object",
  "required": ["name", "version", "configuration", "summary"],
  "properties": {
    "$schema": {"enum": ["http://apicast.io/policy-v1/schema#", "http://apicast.io/policy-v1.1/schema#"]},
    "name": {"type": "string", "minLength": 1},
    "summary": {"type": "string", "maxLength": 75},
    "description": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "version": {"type": "string", "pattern": "^(\\d+\\.)?(\\d+\\.)?(\\*|\\d+)$"},
    "configuration": {"type": "object", "not": {"required": ["$id"]}}
  }
}`

// compile refuses what its draft's own schema says is no schema. The library
// that lint uses takes such a thing: it starts faster, and looks at less.
func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestManifestIsOneThatServersTake(t *testing.T) {
	data, err := llmmetrics.Files.ReadFile("apicast-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, compile(t, []byte(manifestSchema)), string(data)); err != nil {
		t.Error(err)
	}
	if bytes.Contains(data, []byte(`"$id"`)) {
		t.Error(`"$id" breaks the gateway's schema library`)
	}
	if bytes.Contains(data, []byte(`"order"`)) {
		t.Error(`a gateway doesn't start with a policy of others that has an "order"`)
	}
}

func TestConfigurations(t *testing.T) {
	manifest, err := llmmetrics.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(manifest.Configuration) {
		t.Fatal("no schema")
	}
	schema := compile(t, manifest.Configuration)
	good := []string{
		`{}`,
		`{"enforce": ["total_tokens"]}`,
		`{"enforce": ["total_tokens"], "metrics": {"total_tokens": "total_tokens", "spoken": "seconds"}, "estimate": "max_tokens"}`,
		// The first version's.
		`{"enable_sse_support": true, "rules": [{"metric": "total_tokens", "increment": "{{llm_usage.total_tokens}}", "condition":
		  {"combine_op": "and", "operations": [{"left": "{{status}}", "left_type": "liquid", "op": "==", "right": "200", "right_type": "plain"}]}}]}`,
		`{"rules": [{"metric": "total_tokens"}]}`,
		// What the admin portal's form saves of fields that were left empty.
		`{"enforce": [], "metrics": {}, "include_usage_paths": [], "rules": []}`,
		`{"application_lookup": {"endpoint": "https://admin.example.com", "access_token": "token"}}`,
		`{"application_lookup": {}}`, // as the portal's form fills it in
	}
	for _, text := range good {
		if err := validate(t, schema, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	bad := []string{
		`{"enforce": "total_tokens"}`,
		`{"metrics": {"total_tokens": "tokens"}}`,
		`{"on_backend_error": "shut"}`,
		`{"rules": [{"condition": {"operations": [{"left": "a", "op": "~", "right": "b"}]}}]}`,
		`{"application_lookup": {"endpoint": "https://admin.example.com"}}`,
	}
	for _, text := range bad {
		if validate(t, schema, text) == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
