package maas_test

import (
	"path/filepath"
	"testing"

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

func TestExamplesLoad(t *testing.T) {
	for name, o := range examples(t) {
		doc, found := maas.Load(o)
		if doc == nil || found.HasErrors() {
			t.Errorf("%s: %v", name, found)
		}
	}
}
