package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// ErrMask is the error of a body in which a mask would stand where a secret belongs.
var ErrMask = errors.New(`"` + Mask + `" would be written in place of a secret`)

// ErrUnknown is the error of a body with a secret that is known by its reference only.
var ErrUnknown = errors.New("the secret isn't resolved")

// Encode is a value as the JSON that goes on the wire: with all secrets in it in clear, whatever they stand in. Every body of
// every system goes through it. It fails rather than write a mask: a server would take that for the secret.
func Encode(v any) ([]byte, error) {
	plain, err := reveal(reflect.ValueOf(v))
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	if err := checkMask(text); err != nil {
		return nil, err
	}
	return text, nil
}

// reveal copies a value with the secrets below it as texts. The value itself stays as it is.
func reveal(v reflect.Value) (any, error) {
	if !v.IsValid() {
		return nil, nil //nolint:nilnil // JSON's null
	}
	if s, ok := v.Interface().(Value); ok {
		if !s.Known() {
			return nil, fmt.Errorf("%w: %s", ErrUnknown, s.Ref())
		}
		return s.Reveal(), nil
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil, nil //nolint:nilnil // JSON's null
		}
		return reveal(v.Elem())
	case reflect.Map:
		return revealMap(v)
	case reflect.Slice, reflect.Array:
		return revealList(v)
	}
	return v.Interface(), nil // one that holds secrets where this doesn't look comes out as the mask, which checkMask finds
}

func revealMap(v reflect.Value) (any, error) {
	if v.IsNil() || v.Type().Key().Kind() != reflect.String {
		return v.Interface(), nil
	}
	out := make(map[string]any, v.Len())
	for each := v.MapRange(); each.Next(); {
		inner, err := reveal(each.Value())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", each.Key(), err)
		}
		out[each.Key().String()] = inner
	}
	return out, nil
}

func revealList(v reflect.Value) (any, error) {
	if v.Kind() == reflect.Slice && v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
		return v.Interface(), nil
	}
	out := make([]any, v.Len())
	for i := range out {
		inner, err := reveal(v.Index(i))
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out[i] = inner
	}
	return out, nil
}

// checkMask fails where a mask stands as a value or as a key.
func checkMask(text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return masked(v)
}

func masked(v any) error {
	switch x := v.(type) {
	case string:
		return CheckText(x)
	case []any:
		for i, inner := range x {
			if err := masked(inner); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
	case map[string]any:
		for key, inner := range x {
			if err := errors.Join(CheckText(key), masked(inner)); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}

// CheckText fails where a text that goes on the wire is the mask.
func CheckText(text string) error {
	if text == Mask {
		return ErrMask
	}
	return nil
}
