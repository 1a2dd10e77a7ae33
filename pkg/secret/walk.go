package secret

import "reflect"

// Walk visits all secrets that stand in a value, however deep in lists, maps and structs, each with the nearest name that it
// stands under: the map's key; "" where there is none. Fields of structs that skip names are left out; nil skips none.
func Walk(v any, skip func(reflect.StructField) bool, visit func(name string, s Value)) {
	walk(reflect.ValueOf(v), "", skip, visit)
}

func walk(v reflect.Value, name string, skip func(reflect.StructField) bool, visit func(string, Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), name, skip, visit)
		}
	case reflect.Struct:
		if s, ok := v.Interface().(Value); ok {
			visit(name, s)
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && (skip == nil || !skip(f)) {
				walk(v.Field(i), "", skip, visit)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), name, skip, visit)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walk(v.MapIndex(k), k.String(), skip, visit)
		}
	}
}
