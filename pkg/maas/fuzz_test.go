package maas_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"example.com/maasctl/pkg/maas"
)

// FuzzLoad loads anything: nothing panics, every diagnostic has a file and a code, and what loads renders to what loads.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("../../examples/*/maas.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "a.b=c")
	}
	archives, err := filepath.Glob("../../testdata/maas/mistakes/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range a.Files {
			if strings.HasSuffix(part.Name, ".yaml") {
				f.Add(part.Data, `products["x"].name=[1]`)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		for _, sets := range [][]string{nil, {set}} {
			o := options(text, "")
			o.Sets = sets
			doc, found := maas.Load(o)
			for _, d := range found {
				if d.Code == "" || d.Pos.File == "" || d.Message == "" {
					t.Errorf("incomplete: %q", d)
				}
			}
			if doc == nil || found.HasErrors() {
				continue
			}
			out, err := doc.Render()
			if err != nil {
				t.Fatal(err)
			}
			again, found := maas.Load(options(out, ""))
			if found.HasErrors() {
				t.Fatalf("%v\n%s", found, out)
			}
			if second, err := again.Render(); err != nil || !bytes.Equal(out, second) {
				t.Fatalf("%v\n%s\n%s", err, out, second)
			}
		}
	})
}
