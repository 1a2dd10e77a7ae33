package plan

import (
	"encoding/json"
	"math"
)

// Normal brings what JSON or YAML gave into one form, so that equal documents are equal values: whole numbers are int64,
// all others float64.
func Normal(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int64(x)
		}
		return x
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		f, _ := x.Float64()
		return Normal(f)
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
