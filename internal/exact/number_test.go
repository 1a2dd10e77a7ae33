package exact_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/internal/exact"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]any{
		"0": int64(0), "-0": int64(0), "007": int64(7), "1e3": int64(1000), "5.0": int64(5), "0.1": 0.1, "1.10": 1.1, "-2.5e-3": -0.0025,
		"9223372036854775807": int64(9223372036854775807), "9223372036854775808": json.Number("9223372036854775808"),
		"-9223372036854775809": json.Number("-9223372036854775809"), "1e22": json.Number("10000000000000000000000"),
		"9007199254740993": int64(9007199254740993), "9007199254740993.0": int64(9007199254740993),
		"0.1234567890123456789": json.Number("0.1234567890123456789"), "1e999999999": json.Number("1e999999999"),
		"1e-999999999": json.Number("1e-999999999"),
	} {
		if got := exact.Number(text); got != want {
			t.Errorf("%s: %T %v, want %T %v", text, got, got, want, want)
		}
	}
}

// TestNumberIsTheSameNumber writes what was read, and reads it again.
func TestNumberIsTheSameNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?(e[-+]?[0-9]{1,2})?`).Draw(t, "number")
		number := exact.Number(text)
		written, err := json.Marshal(number)
		if err != nil {
			t.Fatal(err)
		}
		was, _ := exact.Rational(text)
		is, ok := exact.Rational(string(written))
		if !ok || was.Cmp(is) != 0 {
			t.Fatalf("%s became %s", text, written)
		}
		if again := exact.Number(string(written)); again != number {
			t.Fatalf("%s: %v, then %v", text, number, again)
		}
	})
}

func TestUnmarshal(t *testing.T) {
	var v map[string]any
	if err := exact.Unmarshal([]byte(`{"n": 12345678901234567890}`), &v); err != nil || v["n"] != json.Number("12345678901234567890") {
		t.Error(v, err)
	}
	for _, text := range []string{`{} x`, `{`, ``, `[]`} {
		if err := exact.Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	var n struct{ N int64 }
	if err := exact.Unmarshal([]byte(`{"N": `+strconv.Itoa(1<<62)+`}`), &n); err != nil || n.N != 1<<62 {
		t.Error(n, err)
	}
}
