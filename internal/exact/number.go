// Package exact reads numbers without changing them: what a document or a server says is kept to its last digit.
package exact

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// longest bounds what is worked out: a short text may stand for a number of a billion digits.
const longest = 400

// Number gives the one form of a number in JSON's spelling, so that equal numbers are equal values: an int64 where it is
// whole and fits, a float64 where that is the number itself, else a json.Number with all its digits.
func Number(text string) any {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	r, ok := Rational(text)
	switch {
	case !ok:
		return json.Number(text)
	case r.IsInt() && r.Num().IsInt64():
		return r.Num().Int64()
	case r.IsInt():
		return json.Number(r.Num().String())
	}
	f, _ := strconv.ParseFloat(text, 64)
	if kept, ok := Rational(strconv.FormatFloat(f, 'g', -1, 64)); ok && kept.Cmp(r) == 0 {
		return f
	}
	return json.Number(text)
}

// Rational is a decimal number as a fraction; false where the text is none, or stands for one that is too large.
func Rational(text string) (*big.Rat, bool) {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if e, err := strconv.Atoi(exponent); exponent != "" && (err != nil || e > longest || e < -longest) || len(text) > longest {
		return nil, false
	}
	if strings.ContainsAny(text, "/_xXoObBpP") { // forms that only Go has
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// Unmarshal is json.Unmarshal, but numbers below an any are json.Numbers, with all their digits.
func Unmarshal(text []byte, out any) error {
	if !json.Valid(text) { // a decoder would be content with what stands before the mistake
		return json.Unmarshal(text, out)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(out)
}
