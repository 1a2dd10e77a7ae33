package maas

import (
	"maps"
	"reflect"
	"slices"

	"example.com/maasctl/pkg/secret"
)

// Secrets lists all secrets of the document, wherever they stand: what writes traces and messages has to know them.
func (d *Document) Secrets() []secret.Value {
	var out []secret.Value
	secret.Walk(*d, isLiteral, func(_ string, s secret.Value) {
		if s.Known() {
			out = append(out, s)
		}
	})
	return out
}

// SecretNames lists the names under which the document has secrets that may be called anything: attributes, the
// configurations of policies.
func (d *Document) SecretNames() []string {
	names := map[string]bool{}
	secret.Walk(*d, isLiteral, func(name string, _ secret.Value) {
		if name != "" {
			names[name] = true
		}
	})
	return slices.Sorted(maps.Keys(names))
}

// isLiteral tells a field that may be written as it is, such as a user name: it is no secret.
func isLiteral(f reflect.StructField) bool { return f.Tag.Get("literal") != "" }
