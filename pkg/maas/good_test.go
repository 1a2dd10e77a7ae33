package maas_test

import (
	"context"
	"path/filepath"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// TestGoodDocumentsAreLeftAlone loads documents in which nothing is wrong: not one warning, and the schema agrees.
func TestGoodDocumentsAreLeftAlone(t *testing.T) {
	files, err := filepath.Glob("../../testdata/maas/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no good documents (%v)", err)
	}
	schema := compiled(t)
	for _, file := range files {
		doc, found := maas.Load(maas.Options{Files: []string{file}})
		if len(found) > 0 {
			t.Fatal(found.Err(), found)
		}
		rendered, err := doc.Render()
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(t, rendered)); err != nil {
			t.Error(err)
		}
		answer := func(string) (string, bool) { return "https://something-long-enough", true }
		found = doc.Resolve(context.Background(), maas.Sources{
			Env:      answer,
			ReadFile: func(string) ([]byte, error) { return []byte("text"), nil },
			Exec:     func(context.Context, string) ([]byte, error) { return []byte("text"), nil },
		})
		for _, d := range found {
			if d.Code == maas.CodeSecret {
				t.Error(d)
			}
		}
	}
}
