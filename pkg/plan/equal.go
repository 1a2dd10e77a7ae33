package plan

import (
	"reflect"

	"example.com/maasctl/pkg/secret"
)

// Equal compares two values of fields; of secrets, the texts. A server may show in clear what the document has as a
// secret, deep in a policy's configuration say: there a secret equals its text.
func Equal(a, b any) bool {
	switch x := a.(type) {
	case secret.Value:
		switch y := b.(type) {
		case secret.Value:
			return x.Equal(y) || x.IsZero() && y.IsZero()
		case string:
			return x.Known() && x.Reveal() == y
		}
		return false
	case string:
		if y, ok := b.(secret.Value); ok {
			return Equal(y, x)
		}
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && equalMaps(x, y)
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !Equal(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func equalMaps(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		w, ok := b[k]
		if !ok || !Equal(v, w) {
			return false
		}
	}
	return true
}
