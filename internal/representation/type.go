package representation

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strings"
)

// Type is what a field takes: string, boolean, int32, int64, any, the name of a representation, the names of an enumeration
// with | between them, [T] for a list, or {T} for a mapping of texts to T.
type Type string

const (
	text    = Type("string")
	boolean = Type("boolean")
	whole32 = Type("int32")
	whole64 = Type("int64")
	free    = Type("any")
)

// Element is the type of a list's elements or of a mapping's values; "" where the type is neither.
func (t Type) Element() Type {
	if t.IsList() || t.IsMapping() {
		return t[1 : len(t)-1]
	}
	return ""
}

// IsList tells whether a field takes a list.
func (t Type) IsList() bool { return strings.HasPrefix(string(t), "[") }

// IsMapping tells whether a field takes a mapping with any keys.
func (t Type) IsMapping() bool { return strings.HasPrefix(string(t), "{") }

// Options are the values of an enumeration; nil for other types.
func (t Type) Options() []string {
	if !strings.Contains(string(t), "|") {
		return nil
	}
	return strings.Split(string(t), "|")
}

// IsScalar tells whether a field takes a text, a number, true or false.
func (t Type) IsScalar() bool {
	return t == text || t == boolean || t == whole32 || t == whole64 || t.Options() != nil
}

// Wants tells what a field has to be where Keycloak refuses the value, in words that stand behind "has to be"; "" where it
// takes it. Of lists and mappings it looks at what they are, not into them. Values are those of JSON and YAML, with text for
// what isn't known. Keycloak takes numbers and true as text, and text that says a number or true as one.
func (t Type) Wants(v any) string {
	_, isList := v.([]any)
	_, isMapping := v.(map[string]any)
	switch {
	case v == nil || t == free:
		return ""
	case t.IsList():
		return unless(isList, "a list")
	case t.IsMapping() || !t.IsScalar():
		return unless(isMapping, "a mapping")
	}
	return t.scalar(v, isList || isMapping)
}

func (t Type) scalar(v any, folded bool) string {
	if options := t.Options(); options != nil {
		name, _ := v.(string)
		return unless(slices.Contains(options, name), "one of "+strings.Join(options, ", "))
	}
	switch t {
	case boolean:
		return unless(v == true || v == false || v == "true" || v == "false", "true or false")
	case whole32:
		return unless(isWhole(v, math.MaxInt32), "a whole number that fits 32 bits")
	case whole64:
		return unless(isWhole(v, math.MaxInt64), "a whole number")
	default:
		return unless(!folded, "text")
	}
}

func unless(fits bool, want string) string {
	if fits {
		return ""
	}
	return want
}

// isWhole tells whether a value is a whole number, or a text that says one, within bounds.
func isWhole(v any, most int64) bool {
	var n *big.Int
	switch x := v.(type) {
	case int64:
		n = big.NewInt(x)
	case uint64:
		n = new(big.Int).SetUint64(x)
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return false
		}
		n = big.NewInt(int64(x))
	case json.Number:
		n, _ = new(big.Int).SetString(x.String(), 10)
	case string:
		n, _ = new(big.Int).SetString(x, 10)
	}
	return n != nil && n.IsInt64() && n.Int64() <= most && n.Int64() >= -most-1
}
