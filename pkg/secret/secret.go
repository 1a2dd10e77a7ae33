// Package secret holds values that must never be seen: every text form of a Value is "***", whatever prints it.
package secret

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Mask is what stands for a secret wherever text is made of one.
const Mask = "***"

// Value is a secret: the reference that names it in the document, and, once resolved, its text.
// The zero Value is "no secret said".
type Value struct {
	ref   string
	text  string
	known bool
}

// FromRef returns a secret that is known by its reference only, such as "${env:TOKEN}".
func FromRef(ref string) Value { return Value{ref: ref} }

// New returns a resolved secret. ref may be empty where no document names it (a server made it).
func New(ref, text string) Value { return Value{ref: ref, text: text, known: true} }

// Ref is the reference that names the secret in the document; it is safe to print.
func (v Value) Ref() string { return v.ref }

// Known tells whether the secret's text has been resolved.
func (v Value) Known() bool { return v.known }

// IsZero tells whether no secret was said at all.
func (v Value) IsZero() bool { return v == Value{} }

// Reveal returns the text itself. Call it only where the text goes on the wire.
func (v Value) Reveal() string { return v.text }

// Equal compares the texts of two secrets in constant time; a secret that isn't resolved equals nothing.
func (v Value) Equal(o Value) bool {
	return v.known && o.known && subtle.ConstantTimeCompare([]byte(v.text), []byte(o.text)) == 1
}

// String is the mask.
func (Value) String() string { return Mask }

// GoString is the mask, for %#v.
func (Value) GoString() string { return Mask }

// Format writes the mask for every verb.
func (Value) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(Mask)) }

// MarshalText is the mask, as a key or value of any text format.
func (Value) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// MarshalJSON is the mask as a JSON string.
func (Value) MarshalJSON() ([]byte, error) { return []byte(`"` + Mask + `"`), nil }

// MarshalYAML is the mask.
func (Value) MarshalYAML() (any, error) { return Mask, nil }

// LogValue is the mask, for log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(Mask) }

var (
	_ fmt.Formatter  = Value{}
	_ slog.LogValuer = Value{}
)
