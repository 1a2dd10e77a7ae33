package maas

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// The plain values of YAML 1.2, which OpenAPI is written in: on, yes and 1_000 are texts there, and 0644 is 644. Its tables
// are section 10.3.2 of the YAML specification.
var (
	plainNull    = lazyregexp.New(`^(null|Null|NULL|~|)$`)
	plainTrue    = lazyregexp.New(`^(true|True|TRUE)$`)
	plainFalse   = lazyregexp.New(`^(false|False|FALSE)$`)
	plainBase    = lazyregexp.New(`^0(o[0-7]+|x[0-9a-fA-F]+)$`)
	plainDecimal = lazyregexp.New(`^([-+]?)0*([0-9]*)(\.([0-9]*))?([eE][-+]?[0-9]+)?$`)
)

// plainJSON gives a tree as what encoding/json writes, with all digits of its numbers.
func plainJSON(n *node) any {
	switch n.kind {
	case mappingNode:
		out := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			out[f.key] = plainJSON(f.value)
		}
		return out
	case listNode:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = plainJSON(item)
		}
		return out
	}
	if text, ok := n.str(); ok && !n.plain {
		return text
	}
	return plainValue(n.text)
}

// plainValue is what a scalar without quotes stands for.
func plainValue(text string) any {
	switch {
	case plainNull.MatchString(text):
		return nil
	case plainTrue.MatchString(text):
		return true
	case plainFalse.MatchString(text):
		return false
	case plainBase.MatchString(text):
		base := 8
		if text[1] == 'x' {
			base = 16
		}
		if whole, ok := new(big.Int).SetString(text[2:], base); ok {
			return json.Number(whole.String())
		}
	}
	m := plainDecimal.FindStringSubmatch(text)
	if m == nil || !strings.ContainsAny(text, "0123456789") || strings.IndexAny(text, "0123456789") > strings.IndexAny(text+"e", "eE") {
		return text
	}
	number := m[2]
	if number == "" {
		number = "0"
	}
	if m[4] != "" {
		number += "." + m[4]
	}
	if m[1] == "-" {
		number = "-" + number
	}
	return json.Number(number + m[5])
}

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
