package threescaletest

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

func itoa(i int) string { return strconv.Itoa(i) }

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
	got := typeOf(v)
	return want == got || want == "number" && got == "integer" || want == "any"
}

// typeOf is the name of a value's type; whole numbers are integers.
func typeOf(v any) string {
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
		if sameJSON(x, v) {
			return true
		}
	}
	return false
}

// sameJSON says whether two values are the same, whatever the order of members.
func sameJSON(a, b any) bool {
	switch a := a.(type) {
	case object:
		o, isObject := b.(object)
		if !isObject || len(o) != len(a) {
			return false
		}
		for _, m := range a {
			if v, has := o.get(m.name); !has || !sameJSON(m.value, v) {
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
			if !sameJSON(a[i], l[i]) {
				return false
			}
		}
		return true
	}
	return a == b
}

// checkSize applies the keywords min... and max... to a length.
func checkSize(m member, n int, bad func(violation)) {
	limit, ok := m.value.(json.Number)
	if !ok {
		return
	}
	l, err := strconv.Atoi(limit.String())
	if err == nil && (strings.HasPrefix(m.name, "min") && n < l || strings.HasPrefix(m.name, "max") && n > l) {
		bad(violation{})
	}
}

// checkNumber applies the keywords about numbers.
func checkNumber(m member, v json.Number, bad func(violation)) {
	limit, isNumber := m.value.(json.Number)
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
	case m.name == "minimum" && c < 0, m.name == "maximum" && c > 0, m.name == "exclusiveMinimum" && c <= 0, m.name == "exclusiveMaximum" && c >= 0,
		m.name == "multipleOf" && b.Sign() != 0 && !new(big.Rat).Quo(a, b).IsInt():
		bad(violation{})
	}
}
