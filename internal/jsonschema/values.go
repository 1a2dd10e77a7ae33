package jsonschema

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// hasType says whether a value has a type, or one of a list of types.
func hasType(want, v any) bool {
	if list, isList := want.([]any); isList {
		for _, t := range list {
			if hasType(t, v) {
				return true
			}
		}
		return false
	}
	got := TypeOf(v)
	return want == got || want == "number" && got == "integer" || want == "any"
}

// TypeOf is the name of a value's type; whole numbers are integers.
func TypeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if r, ok := new(big.Rat).SetString(v.String()); ok && r.IsInt() && !strings.ContainsAny(v.String(), ".eE") {
			return "integer"
		}
		return "number"
	}
	return "object"
}

func inEnum(list, v any) bool {
	values, _ := list.([]any)
	for _, x := range values {
		if Same(x, v) {
			return true
		}
	}
	return false
}

// Same says whether two values are the same, whatever the order of members.
func Same(a, b any) bool {
	switch a := a.(type) {
	case Object:
		o, isObject := b.(Object)
		if !isObject || len(o) != len(a) {
			return false
		}
		for _, m := range a {
			if v, has := o.Get(m.Name); !has || !Same(m.Value, v) {
				return false
			}
		}
		return true
	case []any:
		l, isList := b.([]any)
		if !isList || len(l) != len(a) {
			return false
		}
		for i := range a {
			if !Same(a[i], l[i]) {
				return false
			}
		}
		return true
	}
	return a == b
}

// checkSize applies the keywords min... and max... to a length.
func checkSize(m Member, n int, bad func(Violation)) {
	limit, ok := m.Value.(json.Number)
	if !ok {
		return
	}
	l, err := strconv.Atoi(limit.String())
	if err == nil && (strings.HasPrefix(m.Name, "min") && n < l || strings.HasPrefix(m.Name, "max") && n > l) {
		bad(Violation{})
	}
}

// checkNumber applies the keywords about numbers.
func checkNumber(m Member, v json.Number, bad func(Violation)) {
	limit, isNumber := m.Value.(json.Number)
	if !isNumber {
		return
	}
	a, ok1 := new(big.Rat).SetString(v.String())
	b, ok2 := new(big.Rat).SetString(limit.String())
	if !ok1 || !ok2 {
		return
	}
	c := a.Cmp(b)
	switch {
	case m.Name == "minimum" && c < 0, m.Name == "maximum" && c > 0, m.Name == "exclusiveMinimum" && c <= 0, m.Name == "exclusiveMaximum" && c >= 0,
		m.Name == "multipleOf" && b.Sign() != 0 && !new(big.Rat).Quo(a, b).IsInt():
		bad(Violation{})
	}
}
