package maas

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/maasctl/internal/exact"
	"example.com/maasctl/internal/lazyregexp"
)

// scalar reads a plain value. Timestamps stay the text that they are: nothing in the language is one.
func (p *parser) scalar(n *yaml.Node) *node {
	out := &node{pos: p.pos(n), text: n.Value, plain: n.Style == 0}
	switch n.ShortTag() {
	case "!!null":
	case "!!bool", "!!int", "!!float":
		var v any
		if err := n.Decode(&v); err != nil {
			p.errorf(out.pos, CodeSyntax, "%q is no %s", n.Value, strings.TrimPrefix(n.ShortTag(), "!!"))
			return out
		}
		out.value, out.unclear = p.number(out, v), isUnclear(n.Value)
	case "!!str", "!!timestamp", "!!merge":
		out.value, out.unclear = n.Value, n.Style == 0 && isUnclear(n.Value)
		p.storable(out.pos, n.Value)
	default:
		p.errorf(out.pos, CodeSchema, "the tag %s has no meaning here", n.Tag)
		out.value = n.Value
	}
	return out
}

// storable refuses the one character that no server can keep in a text: their databases end a text there, or fail.
func (p *parser) storable(pos Position, text string) {
	if strings.ContainsRune(text, 0) {
		p.errorf(pos, CodeValue, "%s", hasNUL)
	}
}

const hasNUL = "the text holds the character U+0000, which neither 3scale nor Keycloak can keep"

// number brings the YAML library's numbers to int64, uint64 and float64. Where none of them is the number that was
// written, the node is marked: a price has its text still, other fields have nothing.
func (p *parser) number(n *node, v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case float64:
		if math.IsInf(x, 0) || math.IsNaN(x) {
			p.errorf(n.pos, CodeValue, "this number has no form in JSON, which 3scale and Keycloak speak")
			return float64(0)
		}
		n.rounded = !isExactly(x, n.text)
		if x == 0 {
			return float64(0) // -0.0 is written as -0, which is another value when it is read again
		}
	}
	return v
}

// isExactly tells whether a float is the number that a text says: JSON's writers and readers give its shortest form.
func isExactly(x float64, text string) bool {
	said, ok := exact.Rational(strings.ReplaceAll(text, "_", ""))
	kept, _ := exact.Rational(strconv.FormatFloat(x, 'g', -1, 64))
	return ok && said.Cmp(kept) == 0
}

// What YAML 1.1 and 1.2 read as different values.
var (
	leadingZero = lazyregexp.New(`^[-+]?0[0-9_]`)
	unclearText = lazyregexp.New(`^([-+]?0[0-9_]+(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?0[bBxXoO][0-9a-fA-F_]+|[-+]?[0-9]+(_[0-9]*)+(\.[0-9_]*)?` +
		`|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$`)
	clearBase = lazyregexp.New(`^0(x[0-9a-fA-F]{1,16}|o[0-7]{1,21})$`) // where it is a number at all, all agree on it
)

// isUnclear tells whether a value without quotes is one thing for some readers of YAML and another for others, or was
// meant as what only the old ones read: an octal number, 1:30, yes.
func isUnclear(text string) bool {
	return unclearText.MatchString(text) && !clearBase.MatchString(text)
}
