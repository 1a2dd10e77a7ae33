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

// compiled is the schema as a validator reads it: one that holds the schema itself to the schema of its draft. The binary's
// doesn't, since that takes longer than most commands.
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

// TestSchemaRefuses gives the schema what the loader refuses and one place of the document tells.
func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	for _, part := range []string{
		"apiVersion: maasctl/v2", "name: \"\"", "name: -x", "bogus: 1", "products: []", "products: {p: {}}", "products: {a.b: {}}",
		"products: {p1: {plans: {basic: {setupFee: -1}}}}", "products: {p1: {plans: {basic: {prices: {hits: [{price: -0.5}]}}}}}",
		"realms: {a/b: {}}", "accounts: {A: {users: {u: {email: a@example.com}}}}", "realms: {r: {clients: {\" \": {}}}}",
	} {
		text := "apiVersion: maasctl/v1\nname: test\nthreescale: {url: https://a.example.com, token: \"${env:T}\"}\n" +
			"keycloak: {url: https://b.example.com, credentials: {token: \"${env:T}\"}}\n"
		key, _, _ := strings.Cut(part, ":")
		var lines []string
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, key+":") {
				lines = append(lines, line)
			}
		}
		text = strings.Join(lines, "") + part + "\n"
		if err := schema.Validate(instance(t, []byte(text))); err == nil {
			t.Errorf("the schema takes %s", part)
		}
		if _, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)}); !found.HasErrors() {
			t.Errorf("the loader takes %s", part)
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
