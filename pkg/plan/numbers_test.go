package plan_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/plan"
)

// TestNormalKeepsNumbers gives one form to equal numbers and never another number.
func TestNormalKeepsNumbers(t *testing.T) {
	got := plan.Normal(map[string]any{
		"int": 7, "whole": 5.0, "float": 0.1, "text": json.Number("5"), "point": json.Number("5.0"), "long": json.Number("0.1234567890123456789"),
		"big": []any{uint64(math.MaxUint64), json.Number("18446744073709551615"), 1e22, json.Number("1e22"), json.Number("9007199254740993")},
	})
	want := map[string]any{
		"int": int64(7), "whole": int64(5), "float": 0.1, "text": int64(5), "point": int64(5), "long": json.Number("0.1234567890123456789"),
		"big": []any{
			json.Number("18446744073709551615"), json.Number("18446744073709551615"), json.Number("10000000000000000000000"),
			json.Number("10000000000000000000000"), int64(9007199254740993),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
