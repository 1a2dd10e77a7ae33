package maas_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
)

// examples are the documents that users see, with the environment to read each in.
func examples(t *testing.T) map[string]maas.Options {
	t.Helper()
	files, err := filepath.Glob("../../examples/*/maas.yaml")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d examples found (%v)", len(files), err)
	}
	out := map[string]maas.Options{}
	for _, f := range files {
		name := filepath.Base(filepath.Dir(f))
		o := maas.Options{Files: []string{f}}
		if name == "tiers" {
			o.Environment = "staging"
		}
		out[name] = o
	}
	return out
}

// TestExamplesLoad holds the examples to be without mistakes and warnings.
func TestExamplesLoad(t *testing.T) {
	for name, o := range examples(t) {
		doc, found := maas.Load(o)
		if doc == nil {
			t.Fatalf("%s: %v", name, found)
		}
		var said []string
		for _, d := range found {
			said = append(said, d.String())
		}
		if diff := cmp.Diff([]string(nil), said); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestDocumentsOfTheDocs holds the whole documents in the pages to the same: readers copy them.
func TestDocumentsOfTheDocs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(apiVersion: .*?)```")
	n := 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			n++
			doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(m[1])})
			if found = append(found, gateway.Lint(doc)...); len(found) > 0 {
				t.Errorf("%s: %v", page, found)
			}
		}
	}
	if n < 2 {
		t.Errorf("%d documents found", n)
	}
}
