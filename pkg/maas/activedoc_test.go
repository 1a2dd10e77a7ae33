package maas_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/maas"
)

// TestActiveDocFiles reads files beside the document that says them: JSON as it is, YAML as JSON, because 3scale takes
// nothing else.
func TestActiveDocFiles(t *testing.T) {
	dir := t.TempDir()
	const asJSON = `{"openapi": "3.0.3",  "info": {"title": "A", "version": "1"}, "paths": {}}`
	files := map[string]string{
		"maas.yaml":      head,
		"docs/maas.yaml": "products: {granite: {activeDocs: {plain: {file: a.json}, converted: {file: ../a.yaml}, old: {file: old.json}, raw: {file: raw.json, skipSwaggerValidations: true}}}}",
		"docs/a.json":    asJSON,
		"a.yaml":         "openapi: 3.0.3\ninfo: {title: A, version: \"1\"}\npaths: {}\n",
		"docs/old.json":  `{"swaggerVersion": "1.2", "basePath": "https://a.example.com", "apis": []}`,
		"docs/raw.json":  `{"openapi": "3.0.3", "servers": [{"url": ""}, {"url": "wss://a.example.com"}]}`,
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc, found := maas.Load(maas.Options{Dir: dir, Files: []string{"maas.yaml", "docs/maas.yaml"}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	docs := doc.Products[0].Value.ActiveDocs
	if got := string(docs[0].Value.Body); got != asJSON {
		t.Errorf("JSON is kept as it is: %s", got)
	}
	var want, got any
	if err := json.Unmarshal([]byte(asJSON), &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(docs[1].Value.Body, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
