package maas_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// endless is a file that never ends, as devices are.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

func TestFilesThatAreNoDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		o    maas.Options
		want string
	}{
		"endless":       {maas.Options{Files: []string{"-"}, Stdin: endless{}}, "stdin: error: reading standard input: it has more than 64 MiB [file]"},
		"no name":       {maas.Options{Files: []string{""}}, "error: -f names no file [file]"},
		"nothing in it": {maas.Options{Files: []string{"-"}, Stdin: strings.NewReader("# nothing\n")}, "stdin: error: the document is empty; it begins with apiVersion: maasctl/v1 [file]"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, found := maas.Load(test.o)
			if doc != nil || len(found) != 1 || found[0].String() != test.want {
				t.Errorf("found %v, want %s", found, test.want)
			}
		})
	}
}

// TestReferencesToWhatNeverEnds names a device where a file is meant.
func TestReferencesToWhatNeverEnds(t *testing.T) {
	const zero = "/dev/zero"
	_, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(
		head + "products: {granite: {activeDocs: {docs: {file: " + zero + "}}}}\n")})
	if !strings.Contains(found.Err().Error(), "it has more than 64 MiB") {
		t.Error(found)
	}
	doc := load(t, strings.Replace(head, "${env:TOKEN}", "${file:"+zero+"}", 1))
	if err := doc.Resolve(context.Background(), maas.Sources{}).Err(); err == nil || !strings.Contains(err.Error(), "it has more than 64 MiB") {
		t.Error(err)
	}
}

// TestDiagnosticsAreOneLine resolves a text with two references that lead nowhere.
func TestDiagnosticsAreOneLine(t *testing.T) {
	doc := load(t, head+"products: {granite: {description: \"${env:A} ${env:B}\"}}\n")
	none := func(string) (string, bool) { return "", false }
	for _, d := range doc.Resolve(context.Background(), maas.Sources{Env: none}) {
		if strings.Contains(d.String(), "\n") {
			t.Errorf("%q", d.String())
		}
		if strings.Contains(d.Message, "description") && !strings.HasSuffix(d.Message, "the environment variable A is not set; the environment variable B is not set") {
			t.Error(d)
		}
	}
}

// What a directory holds besides its documents: an editor's files are left alone, and what isn't read is named.
func TestDirectories(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"all/maas.yaml", "all/.maas.yaml", "all/.git/x.yaml", "all/more/x.yml", "all/docs/x.md", "split/prod/x.yaml", "split/test/x.yaml", "none/x.txt"} {
		text := head
		if name != "all/maas.yaml" {
			text = "not: read\n"
		}
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"all":           "all/more: warning: a folder below a directory isn't read; where it belongs to the document, add -f all/more [file]",
		"split":         "split: error: the directory itself has no *.yaml or *.yml, and its folders aren't read; name one with -f: split/prod, split/test [file]",
		"none":          "none: error: the directory has no *.yaml or *.yml [file]",
		"all/mas.yaml":  "all/mas.yaml: error: there is no such file; did you mean \"all/maas.yaml\"? [file]",
		"all/maas.yml":  "all/maas.yml: error: there is no such file; did you mean \"all/maas.yaml\"? [file]",
		"all/other.yml": "all/other.yml: error: there is no such file [file]",
		"":              "maas.yaml: error: there is no such file here; name the document with -f [file]",
	} {
		o := maas.Options{Dir: dir}
		if name != "" {
			o.Files = []string{name}
		}
		_, found := maas.Load(o)
		if len(found) != 1 || found[0].String() != want {
			t.Errorf("%s: found %v\nwant %s", name, found, want)
		}
	}
}
