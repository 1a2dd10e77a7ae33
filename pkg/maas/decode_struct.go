package maas

import (
	"reflect"
	"strconv"
	"strings"
)

func index(i int) string { return strconv.Itoa(i) }

// structField is a field of one of the document's types as the document calls it.
type structField struct {
	name  string // "" for the one that takes all other keys
	index []int
	tag   reflect.StructTag
}

// structFields lists a type's fields; those of inlined structs are its own.
func structFields(t reflect.Type) []structField {
	var out []structField
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case option == "inline" && f.Type.Kind() == reflect.Struct:
			for _, inner := range structFields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
		default:
			out = append(out, structField{name, []int{i}, f.Tag})
		}
	}
	return out
}

// structure decodes a mapping with known keys. Keys without a field go where a field takes the rest, or are unknown.
func (d *decoder) structure(n *node, v reflect.Value, a at) {
	if !d.isMapping(n, a) {
		return
	}
	fields := structFields(v.Type())
	var known []string
	var rest *structField
	byName := map[string]structField{}
	for _, f := range fields {
		if f.name == "" {
			rest = &f
			continue
		}
		known = append(known, f.name)
		byName[f.name] = f
	}
	other := &node{kind: mappingNode, pos: n.pos}
	for _, f := range n.fields {
		s, ok := byName[f.key]
		if ok && f.value.isNull() {
			continue // as if it had not been said
		}
		if !ok {
			other.fields = append(other.fields, f)
			continue
		}
		inner := a.below(f.key)
		inner.tag = s.tag
		d.decode(f.value, v.FieldByIndex(s.index), inner)
	}
	d.others(other, v, rest, known, a)
	for _, f := range fields {
		if f.tag.Get("required") == "true" && (n.get(f.name) == nil || n.get(f.name).isNull()) {
			d.errorf(n.pos, CodeSchema, "%s needs %s", describe(a.path), f.name)
		}
	}
	if f, ok := v.Addr().Interface().(finisher); ok {
		if err := f.finish(); err != nil {
			d.errorf(n.pos, CodeValue, "%s: %v", describe(a.path), err)
		}
	}
}

// others decodes the keys that have no field of their own.
func (d *decoder) others(n *node, v reflect.Value, rest *structField, known []string, a at) {
	if rest == nil {
		for _, f := range n.fields {
			d.unknown(f, a.path, known)
		}
		return
	}
	if len(n.fields) == 0 {
		return
	}
	a.tag = rest.tag
	target := v.FieldByIndex(rest.index)
	if m, ok := target.Addr().Interface().(mapping); ok {
		d.fillMap(n, m, a)
		return
	}
	d.decode(n, target, a)
}
