package maas

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/secret"
)

// text decodes a string. One with references is filled in when they are resolved.
func (d *decoder) text(n *node, v reflect.Value, a at) {
	s, ok := n.str()
	if !ok {
		if n.kind == scalarNode && n.value != nil {
			d.errorf(n.pos, CodeSchema, "%s has to be text, not %s; write it in quotes", describe(a.path), n.what())
			return
		}
		d.wrong(n, a, "text")
		return
	}
	s, known := d.resolved(n, s, a, false)
	v.SetString(s)
	d.checkUserInfo(n, s, a)
	if known {
		d.checkText(n, s, a)
	}
}

// resolved gives the text that a reference stands for; where that isn't known, the reference itself and false.
func (d *decoder) resolved(n *node, text string, a at, secret bool) (string, bool) {
	if !hasReference(text) {
		return unescaped(text), true
	}
	if scheme := nameless(text); scheme != "" {
		d.errorf(n.pos, CodeSecret, "%s: ${%s:} names nothing", describe(a.path), scheme)
		d.unresolved[pathKey(a.path)] = true
		return text, false
	}
	if d.lookup == nil {
		d.unresolved[pathKey(a.path)] = true
		return text, false
	}
	out, err := d.lookup.expand(text, n.pos)
	switch {
	case err != nil:
	case secret && out == "":
		err = fmt.Errorf("%s is empty", text)
	case strings.ContainsRune(out, 0):
		err = errors.New(hasNUL)
	}
	if err != nil {
		d.errorf(n.pos, CodeSecret, "%s: %s", describe(a.path), strings.ReplaceAll(err.Error(), "\n", "; ")) // of several references
		d.unresolved[pathKey(a.path)] = true
		return text, false
	}
	return out, true
}

// twoReadings is the message about a value that isn't the same for all who read YAML.
func twoReadings(n *node) string {
	if n.isText() {
		return fmt.Sprintf("%s is text in YAML 1.2 and something else in YAML 1.1; write true, false or a number, or put it in quotes", n.text)
	}
	return fmt.Sprintf("%s is not the same number for all who read YAML; write it as a plain decimal number, or in quotes where it is text", n.text)
}

// mattersIn tells whether it matters at a place what an unclear value is. Nothing takes an octal number for another one.
// What is text in YAML 1.2 is text, but where programs read it that have booleans and numbers of their own. A model's
// description is read by nobody but templates.
func mattersIn(n *node, path []string) bool {
	switch {
	case !n.isText() && leadingZero.MatchString(n.text):
		return true
	case n.isText():
		return path[0] == "realms" || slices.Contains(path, policiesKey)
	}
	return !slices.Contains(path, "model")
}

func (d *decoder) integer(n *node, v reflect.Value, a at) {
	if !n.isText() && leadingZero.MatchString(n.text) {
		d.errorf(n.pos, CodeValue, "%s: %s", describe(a.path), twoReadings(n))
		return
	}
	switch x := n.value.(type) {
	case uint64:
		d.errorf(n.pos, CodeValue, "%s is %s, which doesn't fit 64 bits", describe(a.path), n.text)
	case int64:
		v.SetInt(x)
		d.checkRange(n, x, a)
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			v.SetInt(int64(x))
			d.checkRange(n, int64(x), a)
			return
		}
		if whole, ok := new(big.Int).SetString(strings.ReplaceAll(n.text, "_", ""), 0); ok && !whole.IsInt64() {
			d.errorf(n.pos, CodeValue, "%s is %s, which doesn't fit 64 bits", describe(a.path), n.text)
			return
		}
		d.wrong(n, a, "a whole number")
	default:
		d.wrong(n, a, "a whole number")
	}
}

// decimal decodes an exact number; 3scale keeps four decimals, so more are rounded here and said.
func (d *decoder) decimal(n *node, v *Decimal, a at) {
	text := n.text
	switch n.value.(type) {
	case int64, uint64, float64:
	default:
		d.wrong(n, a, "a number")
		return
	}
	if leadingZero.MatchString(text) {
		d.errorf(n.pos, CodeValue, "%s: %s", describe(a.path), twoReadings(n))
		return
	}
	exact, ok := new(big.Rat).SetString(strings.ReplaceAll(text, "_", ""))
	if !ok || len(text) > maxDecimalText {
		d.errorf(n.pos, CodeValue, "%s is no number that 3scale can keep", describe(a.path))
		return
	}
	*v = shortest(exact, decimalPlaces)
	if kept, ok := new(big.Rat).SetString(string(*v)); ok && kept.Cmp(exact) != 0 {
		d.warnf(n.pos, CodePrecision, "%s %s has more than %d decimals; 3scale would cut it to %s",
			decimalNoun(a.path), text, decimalPlaces, *v)
	}
}

const (
	decimalPlaces  = 4  // 3scale's column keeps so many and rounds
	maxDecimalText = 64 // no price is longer; an exponent could be
)

// shortest writes a number with at most the given decimals and no trailing zeros.
func shortest(r *big.Rat, places int) Decimal {
	s := r.FloatString(places)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return Decimal(s)
}

// decimalNoun names a decimal shortly: "price", "setupFee".
func decimalNoun(path []string) string { return path[len(path)-1] }

// secret decodes a secret, which the document may only refer to. Messages never show the value.
func (d *decoder) secret(n *node, v *secret.Value, a at) {
	if n.kind != scalarNode {
		d.wrong(n, a, "a reference such as ${env:NAME}")
		return
	}
	s, isText := n.str()
	switch {
	case isText && isReference(s):
		*v = d.secretText(n, s, a, true)
	case isText && s == "" && a.tag.Get("empty") == "true":
		*v = secret.New("", "")
	case isText && a.tag.Get("literal") == "true" && !hasReference(s):
		*v = secret.New("", unescaped(s))
	default:
		d.errorf(n.pos, CodeSecret, "%s", literalSecret(a.path))
	}
}

// literalSecret is the message about a secret that is written out.
func literalSecret(path []string) string {
	return fmt.Sprintf("%s is a secret: say where it is, as ${env:NAME}, ${file:PATH} or ${exec:COMMAND}, not what it is", describe(path))
}

// secretText gives the secret that a text with references is.
func (d *decoder) secretText(n *node, s string, a at, required bool) secret.Value {
	if text, ok := d.resolved(n, s, a, required); ok {
		return secret.New(s, text)
	}
	return secret.FromRef(s)
}

// fields decodes a mapping of any fields.
func (d *decoder) fields(n *node, a at) map[string]any {
	out := make(map[string]any, len(n.fields))
	for _, f := range n.saidFields() {
		out[f.key] = d.any(f.value, a.below(f.key))
	}
	return out
}

// keptAsText holds a number of a mapping in which Keycloak keeps texts to the form that the text will have: 1.10 would
// become "1.1", which is another version.
func (d *decoder) keptAsText(n *node, a at) {
	if len(a.path) == 0 || a.path[0] != "realms" || !slices.ContainsFunc(a.path[max(0, len(a.path)-3):len(a.path)-1], isTextMap) {
		return
	}
	var kept string
	switch x := n.value.(type) {
	case float64:
		kept = strconv.FormatFloat(x, 'f', -1, 64)
	case int64, uint64:
		kept = fmt.Sprint(x)
	default:
		return
	}
	if kept != n.text {
		d.errorf(n.pos, CodeValue, "%s is kept as text, and this number's would be %q; write %q in quotes where that is meant", describe(a.path), kept, n.text)
	}
}

// isTextMap tells the fields of Keycloak's objects whose values are texts, or lists of texts.
func isTextMap(field string) bool { return field == "attributes" || field == "config" }

// any decodes what YAML gives. A text with references may hold a secret, wherever it is, so it is one.
func (d *decoder) any(n *node, a at) any {
	switch n.kind {
	case mappingNode:
		return d.fields(n, a)
	case listNode:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = d.any(item, a.below(index(i)))
		}
		return out
	}
	s, ok := n.str()
	switch {
	case n.unclear && mattersIn(n, a.path):
		d.errorf(n.pos, CodeValue, "%s: %s", describe(a.path), twoReadings(n))
		return n.value
	case n.rounded:
		d.errorf(n.pos, CodeValue, "%s: %s has more digits than a number of JSON keeps; in quotes it stays as it is, as text", describe(a.path), n.text)
		return n.value
	case !ok:
		d.keptAsText(n, a)
		return n.value
	case hasReference(s):
		return d.secretText(n, s, a, false)
	}
	d.checkUserInfo(n, s, a)
	return unescaped(s)
}
