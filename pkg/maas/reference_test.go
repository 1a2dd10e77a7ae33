package maas

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReferences(t *testing.T) {
	for text, want := range map[string][]part{
		"":                               nil,
		"plain $5 $$ {x}":                {{"", "plain $5 $$ {x}"}},
		"${env:A}":                       {{"env", "A"}},
		"${file:/run/secrets/a b}":       {{"file", "/run/secrets/a b"}},
		"a${env:A}b${env:B}":             {{"", "a"}, {"env", "A"}, {"", "b"}, {"env", "B"}},
		"${role_admin}${vault.x}":        {{"", "${role_admin}${vault.x}"}},
		"$${env:A}":                      {{"", "${env:A}"}},
		"$$${env:A}":                     {{"", "$${env:A}"}},
		"$${user}":                       {{"", "$${user}"}},
		"${env:A":                        {{"", "${env:A"}},
		"${exec:awk '{print $1}' f} end": {{"exec", "awk '{print $1}' f"}, {"", " end"}},
	} {
		if diff := cmp.Diff(want, references(text), cmp.AllowUnexported(part{})); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	text := "apiVersion: maasctl/v1\nproducts: " + strings.Repeat("{a: ", 5000) + strings.Repeat("}", 5000)
	_, found := Load(Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	if !strings.Contains(found.Err().Error(), "nested too deeply [syntax]") {
		t.Error(found)
	}
}
