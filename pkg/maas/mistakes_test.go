package maas_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"example.com/maasctl/pkg/maas"
)

var update = flag.Bool("update", false, "write what is found into the archives of mistakes, to be read before it is committed")

// TestMistakes loads the cases of testdata/maas/mistakes. A case NAME.yaml is joined with the archive's base.yaml (unless
// it names an apiVersion itself) and NAME.want holds all diagnostics. The case's first lines may say more:
//
//	# -e ENVIRONMENT
//	# --set PATH=VALUE
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("../../testdata/maas/mistakes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives of mistakes (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { archive(t, file) })
	}
}

func archive(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	want := map[string]string{}
	for _, f := range a.Files {
		want[f.Name] = string(f.Data)
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := &txtar.Archive{Comment: a.Comment}
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".want") {
			continue
		}
		out.Files = append(out.Files, f)
		name, isCase := strings.CutSuffix(f.Name, ".yaml")
		if !isCase || name == "base" {
			continue
		}
		found := diagnostics(dir, f)
		out.Files = append(out.Files, txtar.File{Name: name + ".want", Data: []byte(found)})
		if diff := cmp.Diff(want[name+".want"], found); diff != "" && !*update {
			t.Errorf("%s (-want +found):\n%s", f.Name, diff)
		}
		if found == "" {
			t.Errorf("%s: no mistake found", f.Name)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// diagnostics loads a case and gives what is found, one a line.
func diagnostics(dir string, f txtar.File) string {
	o := maas.Options{Dir: dir, Files: []string{"base.yaml", f.Name}}
	text := string(f.Data)
	if strings.Contains(text, "apiVersion") || !exists(filepath.Join(dir, "base.yaml")) {
		o.Files = o.Files[1:]
	}
	for line := range strings.Lines(text) {
		if env, ok := strings.CutPrefix(line, "# -e "); ok {
			o.Environment = strings.TrimSpace(env)
		}
		if set, ok := strings.CutPrefix(line, "# --set "); ok {
			o.Sets = append(o.Sets, strings.TrimSpace(set))
		}
		if more, ok := strings.CutPrefix(line, "# -f "); ok {
			o.Files = append(o.Files, strings.TrimSpace(more))
		}
	}
	_, found := maas.Load(o)
	var b strings.Builder
	for _, d := range found {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
