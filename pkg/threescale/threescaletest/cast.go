package threescaletest

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// The functions below turn what a request says into what a column holds, as
// ActiveModel's types do it.

// castText is a value as text; nil stays nil.
func castText(v any) *string {
	switch v := v.(type) {
	case string:
		return &v
	case json.Number:
		return ptr(rubyNumber(v.String()))
	case bool:
		if v {
			return ptr("t")
		}
		return ptr("f")
	}
	return nil
}

// rubyNumber writes a number of JSON as Ruby does: integers as they are, everything
// else as a float ("1.50" is 1.5, "1e3" is 1000.0).
func rubyNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	form := byte('f')
	if f != 0 && (math.Abs(f) < 1e-4 || math.Abs(f) >= 1e16) {
		form = 'e'
	}
	out := strconv.FormatFloat(f, form, -1, 64)
	if mantissa, exponent, split := strings.Cut(out, "e"); !strings.Contains(mantissa, ".") {
		out = mantissa + ".0"
		if split {
			out += "e" + exponent
		}
	}
	return out
}

// castBool is a value as a boolean; nil and "" are nil.
func castBool(v any) *bool {
	t := castText(v)
	if t == nil || *t == "" {
		return nil
	}
	switch *t {
	case "0", "f", "F", "false", "FALSE", "off", "OFF":
		return ptr(false)
	}
	return ptr(true)
}

// nullFlag says whether a request wants a boolean to be null, which most columns
// refuse: porta crashes then.
func (p params) nullFlag(name string) bool {
	v, sent := p.permit(name)[name]
	return sent && castBool(v) == nil
}

// castInt is a value as an integer of any size; text that is no number is 0, nil
// and "" are nil.
func castInt(v any) *big.Int {
	if b, ok := v.(bool); ok {
		if b {
			return big.NewInt(1)
		}
		return big.NewInt(0)
	}
	t := castText(v)
	if t == nil || strings.TrimSpace(*t) == "" {
		return nil
	}
	if n, ok := v.(json.Number); ok {
		if f, _, err := big.ParseFloat(n.String(), 10, 128, big.ToZero); err == nil {
			i, _ := f.Int(nil)
			return i
		}
	}
	i, ok := new(big.Int).SetString(leadingDigits(strings.TrimSpace(*t)), 10)
	if !ok {
		return big.NewInt(0)
	}
	return i
}

// clamp is an integer as one of 64 bits, the largest there is if it is larger.
func clamp(n *big.Int) int64 {
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return n.Int64()
}

// leadingDigits is the integer that a text begins with, as Ruby's to_i reads it.
func leadingDigits(t string) string {
	end := 0
	for end < len(t) && (t[end] >= '0' && t[end] <= '9' || end == 0 && (t[0] == '-' || t[0] == '+')) {
		end++
	}
	return t[:end]
}

// castID is a value as the id of an object; 0 is no id.
func castID(v any) int64 {
	i := castInt(v)
	if i == nil || !i.IsInt64() {
		return 0
	}
	return i.Int64()
}

// castDecimal is a value as a decimal number; text that is no number is 0, nil and
// "" are nil.
func castDecimal(v any) *big.Rat {
	t := castText(v)
	if t == nil || *t == "" {
		return nil
	}
	if r, ok := parseDecimal(*t); ok {
		return r
	}
	return new(big.Rat)
}

// decimalForm is what passes for a number: digits on both sides of a point that has
// any in front of it.
var decimalForm = lazyregexp.New(`\A[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?\z`)

// parseDecimal reads a decimal number and says whether the text is one.
func parseDecimal(t string) (*big.Rat, bool) {
	t = strings.TrimSpace(t)
	if !decimalForm.MatchString(t) {
		return nil, false
	}
	if f, err := strconv.ParseFloat(t, 64); err != nil || math.Abs(f) > 1e300 {
		return nil, false
	}
	return new(big.Rat).SetString(t)
}

// numberText is a value as the text that numericality checks look at; ok is false
// when it is no number.
func numberText(v any) (r *big.Rat, ok bool) {
	switch v.(type) {
	case string, json.Number:
		return parseDecimal(*castText(v))
	}
	return nil, false
}

func ptr[T any](v T) *T { return &v }

// or is the value that a pointer leads to, or another one if it is nil.
func or[T any](p *T, other T) T {
	if p == nil {
		return other
	}
	return *p
}

// blank says whether a text is nil or has nothing but white space.
func blank(p *string) bool { return p == nil || strings.TrimSpace(*p) == "" }
