package maas

import (
	"fmt"
	"strings"
)

// Position is where a value stands in the user's files; lines and columns count from 1.
// What a built-in template says stands where the template is used. The zero Position belongs to values that no file says.
type Position struct {
	File         string
	Line, Column int
}

// String gives the form that editors and terminals recognise: file:line:column.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Entry is one key of a mapping of the document with its value.
type Entry[T any] struct {
	Name  string
	Pos   Position // of the key
	Value T
}

// Map is a mapping of the document in the order in which it was written. A nil Map was not said at all; an empty one
// says "none of these": the difference decides whether a collection is looked at.
type Map[T any] []Entry[T]

// Get returns the value under name.
func (m Map[T]) Get(name string) (T, bool) {
	for _, e := range m {
		if e.Name == name {
			return e.Value, true
		}
	}
	var zero T
	return zero, false
}

// Has tells whether name is a key of the mapping.
func (m Map[T]) Has(name string) bool { _, ok := m.Get(name); return ok }

// Names lists the keys in the document's order.
func (m Map[T]) Names() []string {
	names := make([]string, len(m))
	for i, e := range m {
		names[i] = e.Name
	}
	return names
}

// Pos is where the value at a path of the merged document was written ("products", "granite", "name"); where nothing
// was written at the path itself, the nearest thing above it.
func (d *Document) Pos(path ...string) Position {
	for n := len(path); n > 0; n-- {
		if p, ok := d.positions[pathKey(path[:n])]; ok {
			return p
		}
	}
	return Position{}
}

func pathKey(path []string) string { return strings.Join(path, "\x00") }
