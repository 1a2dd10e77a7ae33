// Package representation knows the fields of Keycloak's objects: their names and types, and the versions that have them. A
// script makes the table of the servers' own classes, scripts/keycloak-fields.sh.
package representation

import (
	"bufio"
	_ "embed" // the table
	"maps"
	"slices"
	"strconv"
	"strings"
)

//go:embed fields.txt
var table string

// The names of representations that others ask for: Keycloak's, without the Representation at their end.
const (
	Realm                  = "Realm"
	Client                 = "Client"
	ClientScope            = "ClientScope"
	ProtocolMapper         = "ProtocolMapper"
	Role                   = "Role"
	Group                  = "Group"
	User                   = "User"
	IdentityProvider       = "IdentityProvider"
	IdentityProviderMapper = "IdentityProviderMapper"
	RequiredAction         = "RequiredActionProvider"
	ClientPolicy           = "ClientPolicy"
	ClientProfile          = "ClientProfile"
)

// Field is a field of a representation.
type Field struct {
	Name        string
	Type        Type
	Since, Last int // the first and the last major version that have it, of those of which the table is made
}

// Table is all fields, by representation and name.
type Table struct {
	fields         map[string]map[string]Field
	oldest, newest int
}

// All reads the table.
func All() *Table {
	t := &Table{fields: map[string]map[string]Field{}}
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) != 5 || words[0] == "#" {
			continue
		}
		since, _ := strconv.Atoi(words[3])
		last, _ := strconv.Atoi(words[4])
		if t.fields[words[0]] == nil {
			t.fields[words[0]] = map[string]Field{}
		}
		t.fields[words[0]][words[1]] = Field{words[1], Type(words[2]), since, last}
		if t.oldest == 0 || since < t.oldest {
			t.oldest = since
		}
		t.newest = max(t.newest, last)
	}
	return t
}

// Versions are the first and the last major version of Keycloak that the table knows.
func (t *Table) Versions() (oldest, newest int) { return t.oldest, t.newest }

// Has tells whether there is such a representation.
func (t *Table) Has(representation string) bool { return t.fields[representation] != nil }

// Field finds a field of a representation.
func (t *Table) Field(representation, name string) (Field, bool) {
	f, ok := t.fields[representation][name]
	return f, ok
}

// Names are a representation's fields, in alphabetical order.
func (t *Table) Names(representation string) []string {
	return slices.Sorted(maps.Keys(t.fields[representation]))
}

// In tells whether a version of Keycloak has the field.
func (f Field) In(version int) bool { return f.Since <= version && version <= f.Last }
