package gateway_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
)

// everyOption is a configuration that has all parts of the manifest's schema.
const everyOption = `{
  "metrics": {"total_tokens": "total_tokens", "spoken": "seconds"}, "enforce": ["total_tokens"], "estimate": "max_tokens", "on_backend_error": "closed",
  "backend_timeout": 5, "include_usage": true, "include_usage_paths": ["^/v1/"], "continuous_usage_stats": false, "strip_usage_chunk": true,
  "remove_accept_encoding": true, "remove_credentials": true, "upstream_authorization": "Bearer abc", "max_request_bytes": 1, "max_models": 2,
  "max_applications": 3, "legacy_prometheus": true, "application_lookup": {"endpoint": "https://maas-admin.example.com", "access_token": "abc"},
  "rules": [{"metric": "hits", "increment": "1", "condition": {"combine_op": "or", "operations": [
    {"left": "a", "left_type": "plain", "op": "==", "right": "b", "right_type": "liquid"}]}}, {"metric": "total_tokens"}],
  "enable_sse_support": false
}`

// TestPlacesOfMistakes breaks a configuration in some places: lint finds the mistakes exactly where a validator that tells
// places does. The binary has none of those, for they take longer to start than most commands take to run.
func TestPlacesOfMistakes(t *testing.T) {
	schema := manifestSchema(t)
	rapid.Check(t, func(rt *rapid.T) {
		var configuration map[string]any
		if err := json.Unmarshal([]byte(everyOption), &configuration); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 4).Draw(rt, "mistakes") {
			breakIn(rt, configuration)
		}
		text, err := json.Marshal(configuration)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(refusedAt(rt, schema, text), lintedAt(rt, text)); diff != "" {
			rt.Errorf("%s\n%s", text, diff)
		}
	})
}

// breakIn takes one value out of a mapping, or breaks it.
func breakIn(t *rapid.T, x map[string]any) {
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(x))).Draw(t, "name")
	if rapid.IntRange(0, 5).Draw(t, "gone") == 0 {
		delete(x, name)
	} else {
		x[name] = broken(t, x[name])
	}
}

// broken is another value, or the value with a part broken.
func broken(t *rapid.T, v any) any {
	if rapid.IntRange(0, 3).Draw(t, "inside") > 0 {
		switch x := v.(type) {
		case map[string]any:
			if len(x) > 0 {
				breakIn(t, x)
				return x
			}
		case []any:
			if len(x) > 0 {
				i := rapid.IntRange(0, len(x)-1).Draw(t, "index")
				x[i] = broken(t, x[i])
				return x
			}
		}
	}
	return rapid.SampledFrom([]any{true, -1, 0, 1, 1.5, 2.0, "", "none", "==", []any{}, []any{"", "a", 1}, map[string]any{}}).Draw(t, "value")
}

// lintedAt are the paths that lint names.
func lintedAt(t *rapid.T, configuration []byte) []string {
	document := head + `      - {name: llm-metrics, version: "1.0", configuration: ` + string(configuration) + "}\n"
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(document)})
	if found.HasErrors() {
		t.Fatal(found)
	}
	paths := []string{}
	for _, d := range gateway.Lint(doc) {
		if path, _, ok := strings.Cut(d.Message, " has to be "); ok && d.Code == maas.CodePolicyConfiguration {
			paths = append(paths, strings.TrimPrefix(path, "llm-metrics: "))
		}
	}
	slices.Sort(paths)
	return paths
}

// refusedAt are the paths that the validator refuses.
func refusedAt(t *rapid.T, schema *jsonschema.Schema, configuration []byte) []string {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(configuration))
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{}
	var collect func(e *jsonschema.ValidationError)
	collect = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			collect(cause)
		}
		if len(e.Causes) == 0 {
			paths = append(paths, strings.Join(e.InstanceLocation, "."))
		}
	}
	var invalid *jsonschema.ValidationError
	if errors.As(schema.Validate(v), &invalid) {
		collect(invalid)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func manifestSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	manifest, err := llmmetrics.ReadManifest()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest.Configuration))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	if err := compiler.AddResource("configuration.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("configuration.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
