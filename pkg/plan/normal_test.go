package plan

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestNormalMakesNumbersOfJSONAndYAMLEqual(t *testing.T) {
	want := map[string]any{"a": []any{int64(1), 1.5, "x", true, nil}}
	for _, v := range []any{
		map[string]any{"a": []any{1, 1.5, "x", true, nil}},
		map[string]any{"a": []any{float64(1), 1.5, "x", true, nil}},
		map[string]any{"a": []any{json.Number("1"), json.Number("1.5"), "x", true, nil}},
	} {
		if got := Normal(v); !reflect.DeepEqual(got, want) {
			t.Errorf("%#v", got)
		}
	}
}
