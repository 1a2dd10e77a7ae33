package maas_test

import (
	"context"
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
		"nothing in it": {maas.Options{Files: []string{"-"}, Stdin: strings.NewReader("# nothing\n")}, "stdin: error: the document is empty [file]"},
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
