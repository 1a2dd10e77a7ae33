package secret

// RevealAll gives a value of JSON with the secrets below it in clear, for what goes on the wire. The value itself stays
// as it is.
func RevealAll(v any) any {
	switch x := v.(type) {
	case Value:
		return x.Reveal()
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, inner := range x {
			out[key] = RevealAll(inner)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, inner := range x {
			out[i] = RevealAll(inner)
		}
		return out
	}
	return v
}
