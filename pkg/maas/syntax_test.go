package maas_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// TestSyntaxErrorsHaveTheirPlace feeds files that are no YAML: what is said is for who wrote them, and stands where they
// have to change something.
func TestSyntaxErrorsHaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"a:\n\tb: c\n":                        "2:1: error: a tab stands here; YAML is indented with spaces",
		"a: b\n\tc: d\n":                      "2:1: error: a tab stands here; YAML is indented with spaces",
		"a:\n  -\tb: c\n":                     "2:4: error: a tab stands here; YAML is indented with spaces",
		"a:\n  b: Models: the best\n":         "2:12: error: this line has a key and a colon already; put a text with a colon in it into quotes",
		"a:\n- b: c: d\n":                     "2:7: error: this line has a key and a colon already; put a text with a colon in it into quotes",
		"a: \"b\nc: d\n":                      "1:4: error: the quote that opens here is never closed",
		"a: 'b\nc: d\n---\ne: f\n":            "1:4: error: the quote that opens here isn't closed before the next ---",
		"a: \"b\nc: \"d\"\n":                  "1:4: error: the quote that opens here isn't closed in its line",
		"a: b\nc: 'd\ne: 'f'\n":               "2:4: error: the quote that opens here isn't closed in its line",
		"a: 'it's'\n":                         "1:8: error: the quoted text ends before this: inside '…' a ' is written '', and inside \"…\" a \" is written \\\"",
		"a: \"b\" c\n":                        "1:8: error: the quoted text ends before this: inside '…' a ' is written '', and inside \"…\" a \" is written \\\"",
		"a: b\n--\nc: d\n":                    "2:1: error: documents are divided by three dashes, no more and no fewer",
		"--- a\nb: c\n":                       "1:5: error: nothing stands in the line of --- but the dashes; it begins a document",
		"a: b\n...\nc: d\n":                   "2:1: error: after a line ... a new document begins with ---",
		"a: {b: c: d}\n":                      "1:9: error: a text with a colon in it stands in quotes; or a comma is missing before its key, or the } of the { that opened at 1:4",
		"--- a: b\n":                          "1:5: error: a key can't stand in the line of ---; put it into the next",
		"----\na: b\n":                        "1:1: error: documents are divided by three dashes, no more and no fewer",
		"products:\n  granite\n    name: x\n": "2:10: error: a colon is missing here: the next line is indented as what belongs to a key",
		"a: b\nproducts:\n  p1:\n    name: x\n   n: y\n": "5:4: error: this line's indentation is that of nothing above it",
		"a: b\n# c\n  d: e\n":                            "3:3: error: this line is indented further than the one above, which has a value already",
		"a: b\n---\nc: d\n e: f\ng: h\n":                 "4:2: error: this line is indented further than the one above, which has a value already",
		"a: b\nc\nd: e\n":                                "2:1: error: this line is no KEY: VALUE, and not indented as what goes on from above: a colon or some indentation is missing",
		"a: b\n- c\n":                                    "2:1: error: a list's - can't stand beside the keys of the mapping that began at line 1",
		"a: - b\n":                                       "1:4: error: a list can't begin here: each - stands on a line of its own, below its key",
		"a:\n  - b\n  c: d\n":                            "3:3: error: this is no - of the list that began at line 2; a key stands further left than the list's dashes",
		"a: b\np: {p1: {\n  name: x\nbackends: {}\n":     "4:9: error: before this, a comma is missing, or the } of the { that opened at 2:9",
		"a: [b, c\n":                                     "1:4: error: the [ that opens here is never closed",
		"a: {b: c]\n":                                    "1:9: error: the { that opened at 1:4 is closed by }, not by ]",
		"a: [b, , c]\n":                                  "1:8: error: a value is missing here",
		"a: @b\n":                                        "1:4: error: a text can't begin with @; put it into quotes",
		"a: %b\n":                                        "1:4: error: a text can't begin with %; put it into quotes",
		"%b: c\n":                                        "1:1: error: a line can't begin with %; put a text that begins with it into quotes",
		"a: \"b \\d\"\n":                                 "1:7: error: \\d has no meaning in double quotes; write \\\\, or use single quotes",
		"a: *\n":                                         "1:4: error: * refers to an anchor (&NAME) above, and there is no such one; put a text that begins with * into quotes",
		"a: & b\n":                                       "1:4: error: & begins the name of an anchor; put a text that begins with it into quotes",
		"a: !b!c d\n":                                    "1:4: error: ! begins a tag, which means nothing here; put a text that begins with it into quotes",
		"a: |b\n  c\n":                                   "1:5: error: the text of | or > begins on the next line",
		"a: b\np:\n  ümlaut: *nope\n":                    "3:11: error: * refers to an anchor (&NAME) above, and there is no such one; put a text that begins with * into quotes",
		"a: b # *x\n---\nd: [1, *x]\n":                   "3:8: error: * refers to an anchor (&NAME) above, and there is no such one; put a text that begins with * into quotes",
		"a: b\n# caf\xe9\n":                              "2:6: error: this is no UTF-8, which a document is written in: save the file as UTF-8",
		"\uFEFFa: b\nc: ü\x07\n":                         "2:5: error: a control character (U+0007) stands here; no YAML holds one",
	} {
		_, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
		i := slices.IndexFunc(found, func(d maas.Diagnostic) bool { return d.Code == maas.CodeSyntax })
		if i < 0 || found[i].String() != "stdin:"+want+" [syntax]" {
			t.Errorf("%q: found %v\nwant stdin:%s [syntax]", text, found, want)
		}
	}
}
