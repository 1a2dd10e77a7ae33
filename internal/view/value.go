package view

import (
	"encoding/json"
	"fmt"
	"strconv"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// widest is how many characters of a value are shown; -o json has the rest.
const widest = 72

// value is one value of a plan as a person reads it.
func value(v any) string {
	switch x := v.(type) {
	case nil:
		return "none"
	case secret.Value:
		if x.Ref() != "" {
			return x.Ref() + " (sensitive)"
		}
		return "(sensitive)"
	case string:
		return shorten(strconv.Quote(x))
	case bool, int64, int, json.Number:
		return fmt.Sprint(x)
	case plan.Handed:
		return "from " + title(x.From)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return shorten(string(text))
}

func shorten(text string) string {
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
