package maas_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// TestSyntaxErrorsHaveTheirPlace feeds files that are no YAML: where they break is where a reader looks.
func TestSyntaxErrorsHaveTheirPlace(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"indentation":             {"a: b\nproducts:\n  p1:\n    name: x\n   name: y\n", "stdin:5:1: error: did not find expected key [syntax]"},
		"a flow mapping":          {"a: b\nproducts: {p1: {\n  name: x\nbackends: {}\n", "stdin:4:1: error: did not find expected ',' or '}' [syntax]"},
		"in a later document":     {"a: b\n---\nc: d\n e: f\ng: h\n", "stdin:4:1: error: mapping values are not allowed in this context [syntax]"},
		"an unknown anchor":       {"a: b\nproducts:\n  ümlaut: *nope\n", "stdin:3:11: error: unknown anchor 'nope' referenced [syntax]"},
		"one of a later document": {"a: b # *x\n---\nd: [1, *x]\n", "stdin:3:8: error: unknown anchor 'x' referenced [syntax]"},
		"not UTF-8":               {"a: b\n# caf\xe9\n", "stdin:2:6: error: incomplete UTF-8 octet sequence [syntax]"},
		"a control character":     {"\uFEFFa: b\nc: ü\x07\n", "stdin:2:5: error: control characters are not allowed [syntax]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(test.text)})
			i := slices.IndexFunc(found, func(d maas.Diagnostic) bool { return d.Code == maas.CodeSyntax })
			if i < 0 || found[i].String() != test.want {
				t.Errorf("found %v\nwant %s", found, test.want)
			}
		})
	}
}
