package maas

import (
	"reflect"

	"example.com/maasctl/pkg/secret"
)

// Secrets lists all secrets of the document, wherever they stand: what writes traces and messages has to know them.
func (d *Document) Secrets() []secret.Value {
	var out []secret.Value
	collect(reflect.ValueOf(*d), &out)
	return out
}

func collect(v reflect.Value, out *[]secret.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), out)
		}
	case reflect.Struct:
		if s, ok := v.Interface().(secret.Value); ok {
			if s.Known() {
				*out = append(*out, s)
			}
			return
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Tag.Get("literal") == "" { // what may be written as it is, such as a user name, is no secret
				collect(v.Field(i), out)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			collect(v.Index(i), out)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			collect(v.MapIndex(k), out)
		}
	}
}
