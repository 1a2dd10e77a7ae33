package maas_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"example.com/maasctl/pkg/maas"
)

// compiled is the schema as a validator reads it.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	raw, err := maas.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(maas.SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(maas.SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is a YAML document as a schema's validator sees it.
func instance(t testing.TB, text []byte) any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaTakesExamples(t *testing.T) {
	schema := compiled(t)
	for name, o := range examples(t) {
		text, err := os.ReadFile(o.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		merged, _ := maas.Render(o)
		if err := schema.Validate(instance(t, merged)); err != nil {
			t.Errorf("%s, rendered: %v", name, err)
		}
	}
}

func TestSchemaDescribesEveryType(t *testing.T) {
	raw, err := maas.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Schema string `json:"$schema"`
		Defs   map[string]struct {
			Description string `json:"description"`
			Properties  map[string]struct {
				Description string `json:"description"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(schema.Schema, "2020-12") {
		t.Errorf("$schema is %q", schema.Schema)
	}
	for name, def := range schema.Defs {
		if def.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for key, property := range def.Properties {
			if property.Description == "" {
				t.Errorf("%s of %s has no description", key, name)
			}
		}
	}
}
