package maas_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"example.com/maasctl/pkg/maas"
)

// tree is an example as YAML nodes, to be shuffled and broken.
func tree(t *testing.T, file string) *yaml.Node {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

// copyTree is a deep copy, aliases and all.
func copyTree(n *yaml.Node, copies map[*yaml.Node]*yaml.Node) *yaml.Node {
	if c, ok := copies[n]; ok {
		return c
	}
	c := *n
	copies[n] = &c
	c.Content = nil
	for _, inner := range n.Content {
		c.Content = append(c.Content, copyTree(inner, copies))
	}
	if n.Alias != nil {
		c.Alias = copyTree(n.Alias, copies)
	}
	return &c
}

func text(t fataler, n *yaml.Node) []byte {
	out, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type fataler interface{ Fatal(args ...any) }

// shuffle changes the order of keys where it has no meaning: anywhere but in methods.
func shuffle(t *rapid.T, n *yaml.Node, ordered bool) {
	if n.Kind == yaml.MappingNode && !ordered {
		var pairs [][2]*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
		}
		n.Content = nil
		for _, p := range rapid.Permutation(pairs).Draw(t, "order") {
			n.Content = append(n.Content, p[0], p[1])
		}
	}
	for i, inner := range n.Content {
		key := n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "methods"
		shuffle(t, inner, key)
	}
}

// unordered is a document as plain values, Maps other than methods sorted by name and without positions.
func unordered(t fataler, doc *maas.Document) any {
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	sortMaps(v, false)
	return v
}

func sortMaps(v any, ordered bool) {
	switch x := v.(type) {
	case map[string]any:
		delete(x, "Pos")
		for key, inner := range x {
			sortMaps(inner, key == "Methods")
		}
	case []any:
		for _, inner := range x {
			sortMaps(inner, false)
		}
		if !ordered {
			slices.SortStableFunc(x, func(a, b any) int { return cmp.Compare(entryName(a), entryName(b)) })
		}
	}
}

// entryName is the name of an entry of a Map; what is none stays where it is.
func entryName(v any) string {
	entry, _ := v.(map[string]any)
	if _, ok := entry["Value"]; !ok || len(entry) != 2 {
		return ""
	}
	name, _ := entry["Name"].(string)
	return name
}

func options(text []byte, env string) maas.Options {
	return maas.Options{Files: []string{"-"}, Stdin: bytes.NewReader(text), Environment: env, Dir: "../../examples/walkthrough"}
}

// render loads and renders what has to be without errors.
func render(t fataler, text []byte, env string) (*maas.Document, []byte) {
	doc, found := maas.Load(options(text, env))
	if found.HasErrors() {
		t.Fatal(found, string(text))
	}
	out, err := doc.Render()
	if err != nil {
		t.Fatal(err)
	}
	return doc, out
}

func TestOrderOfKeysHasNoMeaning(t *testing.T) {
	type document struct {
		tree     *yaml.Node
		env      string
		rendered string
		plain    any
	}
	var documents []document
	for _, o := range examples(t) {
		n, env := tree(t, o.Files[0]), o.Environment
		if len(anchors(n)) > 0 {
			n, env = tree(t, merged(t, o)), "" // an alias has to stay behind its anchor
		}
		doc, rendered := render(t, text(t, n), env)
		documents = append(documents, document{n, env, string(rendered), unordered(t, doc)})
	}
	rapid.Check(t, func(rt *rapid.T) {
		d := documents[rapid.IntRange(0, len(documents)-1).Draw(rt, "document")]
		n := copyTree(d.tree, map[*yaml.Node]*yaml.Node{})
		shuffle(rt, n, false)
		shuffled, got := render(rt, text(rt, n), d.env)
		if diff := gocmp.Diff(d.rendered, string(got)); diff != "" {
			rt.Fatal(diff)
		}
		if got := unordered(rt, shuffled); !reflect.DeepEqual(d.plain, got) {
			rt.Fatal(gocmp.Diff(d.plain, got))
		}
	})
}

func anchors(n *yaml.Node) (found []string) {
	if n.Anchor != "" {
		found = append(found, n.Anchor)
	}
	for _, inner := range n.Content {
		found = append(found, anchors(inner)...)
	}
	return found
}

// merged writes the rendered form of a document to a file.
func merged(t *testing.T, o maas.Options) string {
	t.Helper()
	out, found := maas.Render(o)
	if found.HasErrors() {
		t.Fatal(found)
	}
	file := t.TempDir() + "/maas.yaml"
	if err := os.WriteFile(file, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRenderLoadsAgain(t *testing.T) {
	for name, o := range examples(t) {
		raw, err := os.ReadFile(o.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		doc, first := render(t, raw, o.Environment)
		again, second := render(t, first, "")
		if diff := gocmp.Diff(string(first), string(second)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := gocmp.Diff(unordered(t, doc), unordered(t, again)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestNumbersSurviveRendering has numbers that YAML writes in a form which it reads as something else.
func TestNumbersSurviveRendering(t *testing.T) {
	_, first := render(t, []byte(head+"products: {granite: {model: {a: -0.0, b: 1e21, c: 9007199254740993, d: 0.1, e: 0x1F, f: 1_000}}}\n"), "")
	_, second := render(t, first, "")
	if diff := gocmp.Diff(string(first), string(second)); diff != "" {
		t.Error(diff)
	}
}

// TestAnyTextSurvivesRendering holds the writer of YAML to its reader.
func TestAnyTextSurvivesRendering(t *testing.T) {
	known := rapid.SampledFrom([]string{
		"yes", "No", "~", "null", "0o17", "0x1F", "0b1", "1_000", "1e3", ".inf", "-.5", "<<", "=", "2001-01-01", "12:30:45", "a: b",
		"- a", "#c", "a #c", "'", `"`, "\t", " a ", "a\nb\n", "\n", "a\r\nb", "…", "\u2028", "\U0001F680", "%x", "@x", "`x", "{{a}}",
		"$${env:A}", "${user}", "", "0.10", "+1", "0777", "TRUE", "y", "|", ">-", "? a", "a:", "!tag", "&a", "*a",
	})
	texts := rapid.OneOf(known, rapid.StringMatching(`[ -~äß\n]{0,20}`))
	values := rapid.OneOf(rapid.Map(texts, func(s string) any { return s }), rapid.Map(rapid.Int64(), func(i int64) any { return i }),
		rapid.Map(rapid.Float64Range(-1e15, 1e15), func(f float64) any { return f }), rapid.Map(rapid.Bool(), func(b bool) any { return b }))
	rapid.Check(t, func(rt *rapid.T) {
		model := rapid.MapOfN(texts, values, 0, 8).Draw(rt, "model")
		delete(model, "<<") // which YAML can't be trusted with
		raw, err := json.Marshal(map[string]any{
			"apiVersion": "maasctl/v1", "name": "test", "products": map[string]any{"granite": map[string]any{"model": model}},
			"threescale": map[string]any{"url": "https://maas-admin.example.com", "token": "${env:TOKEN}"},
		})
		if err != nil {
			rt.Fatal(err)
		}
		doc, first := render(rt, raw, "")
		again, second := render(rt, first, "")
		if diff := gocmp.Diff(doc.Products[0].Value.Model, again.Products[0].Value.Model); diff != "" {
			rt.Fatal(diff, string(first))
		}
		if !bytes.Equal(first, second) {
			rt.Fatal(string(first), string(second))
		}
	})
}
