package plan

import (
	"encoding/json"
	"math"
	"strconv"

	"example.com/maasctl/internal/exact"
)

// Normal brings what JSON or YAML gave into one form, so that equal documents are equal values: whole numbers are int64,
// all others float64, or a json.Number where that would be another number.
func Normal(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case uint64:
		return exact.Number(strconv.FormatUint(x, 10))
	case float64:
		if x == math.Trunc(x) {
			return exact.Number(strconv.FormatFloat(x, 'f', -1, 64))
		}
		return x
	case json.Number:
		return exact.Number(x.String())
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = Normal(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = Normal(e)
		}
		return out
	}
	return v
}
