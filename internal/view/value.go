package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// widest is how many characters of a value are shown; -o json has the rest.
const widest = 160

// value is one value of a plan as a person reads it.
func value(v any) string {
	switch x := v.(type) {
	case nil:
		return "none"
	case secret.Value:
		if x.Known() && x.Reveal() == "" { // such as no access code: that a portal is open is no secret
			return `""`
		}
		if x.Ref() != "" {
			return x.Ref() + " (sensitive)"
		}
		return "(sensitive)"
	case string:
		return shorten(strconv.Quote(x), widest)
	case bool, int64, int, json.Number:
		return fmt.Sprint(x)
	case plan.Handed:
		return "from " + title(x.From)
	}
	return shorten(flow(v), widest)
}

// flow is a value that holds others, in one line of YAML.
func flow(v any) string {
	switch x := v.(type) {
	case map[string]any:
		parts := make([]string, 0, len(x))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			key := k
			if !plainKey.MatchString(k) {
				key = strconv.Quote(k)
			}
			parts = append(parts, key+": "+flow(x[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, 0, len(x))
		for _, e := range x {
			parts = append(parts, flow(e))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return strconv.Quote(x)
	case nil, secret.Value, bool, int64, int, json.Number, plan.Handed:
		return value(x)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(text)
}

var plainKey = lazyregexp.New(`^[A-Za-z_][\w.-]*$`)

func shorten(text string, widest int) string {
	runes := []rune(text)
	if len(runes) <= widest {
		return text
	}
	return string(runes[:widest-1]) + "…"
}

// title is an object's kind and name: "client 3scale".
func title(a plan.Address) string {
	name := a.Name()
	if name == "" {
		return a.LastKind()
	}
	return a.LastKind() + " " + name
}
