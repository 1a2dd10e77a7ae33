package maas_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
	sigsyaml "sigs.k8s.io/yaml"

	"example.com/maasctl/pkg/maas"
)

// TestSchemaAndLoaderAgree breaks the examples in one place after the other: what the loader calls a mistake in the
// structure, the schema refuses, and what the schema refuses, the loader does too.
func TestSchemaAndLoaderAgree(t *testing.T) {
	schema := compiled(t)
	type document struct {
		tree *yaml.Node
		env  string
	}
	var sources, rendered []document
	for _, o := range examples(t) {
		sources = append(sources, document{tree(t, o.Files[0]), o.Environment})
		rendered = append(rendered, document{tree(t, merged(t, o)), ""})
	}
	for name, documents := range map[string][]document{"as written": sources, "rendered": rendered} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				d := documents[rapid.IntRange(0, len(documents)-1).Draw(rt, "document")]
				n := copyTree(d.tree, map[*yaml.Node]*yaml.Node{})
				mutate(rt, n)
				agree(rt, schema, text(rt, n), d.env)
			})
		})
	}
}

func agree(t *rapid.T, schema *jsonschema.Schema, doc []byte, env string) {
	asJSON, err := sigsyaml.YAMLToJSON(doc)
	if err != nil {
		return // the schema's side knows no such YAML
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	refused := schema.Validate(v)
	if bytes.Contains(doc, []byte("environments:")) && !bytes.Contains(doc, []byte("staging:")) {
		env = ""
	}
	_, found := maas.Load(options(doc, env))
	structure := slices.ContainsFunc(found, func(d maas.Diagnostic) bool { return d.Code == maas.CodeSchema })
	if structure && refused == nil {
		t.Fatalf("the loader alone refuses:\n%v\n%s", found, doc)
	}
	if refused != nil && !found.HasErrors() {
		t.Fatalf("the schema alone refuses: %v\n%s", refused, doc)
	}
}

// mutate breaks one place of a document: a key gets another name, or a value another type.
func mutate(t *rapid.T, root *yaml.Node) {
	var mappings []*yaml.Node
	var collect func(n *yaml.Node)
	collect = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			mappings = append(mappings, n)
		}
		for _, inner := range n.Content {
			collect(inner)
		}
	}
	collect(root)
	n := rapid.SampledFrom(mappings).Draw(t, "mapping")
	i := rapid.IntRange(0, len(n.Content)/2-1).Draw(t, "field") * 2
	if n.Content[i].Value == "<<" || n.Content[i+1].Anchor != "" {
		return
	}
	if rapid.Bool().Draw(t, "rename") {
		n.Content[i].Value += rapid.SampledFrom([]string{"s", "X", "_"}).Draw(t, "suffix")
		return
	}
	value := rapid.SampledFrom([]string{
		"null", "true", "7", "1.5", "text", "[]", "{}", "[x]", "{x: 1}", "[{x: 1}]", "[null]", "{x: null}", "''", "${env:X}",
	}).Draw(t, "value")
	var other yaml.Node
	if err := yaml.Unmarshal([]byte(value), &other); err != nil {
		t.Fatal(err)
	}
	n.Content[i+1] = other.Content[0]
}
