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

// layout is what the decoder has to know of a type; it is worked out once for a document.
type layout struct {
	fields   map[string]structField
	known    []string
	required []string
	rest     *structField // takes all other keys; nil where there are none
}

func (d *decoder) layout(t reflect.Type) *layout {
	if l, ok := d.layouts[t]; ok {
		return l
	}
	l := &layout{fields: map[string]structField{}}
	for _, f := range structFields(t) {
		if f.name == "" {
			l.rest = &f
			continue
		}
		l.fields[f.name] = f
		l.known = append(l.known, f.name)
		if f.tag.Get("required") == "true" {
			l.required = append(l.required, f.name)
		}
	}
	d.layouts[t] = l
	return l
}

// structure decodes a mapping with known keys. Keys without a field go where a field takes the rest, or are unknown.
func (d *decoder) structure(n *node, v reflect.Value, a at) {
	if !d.isMapping(n, a) {
		return
	}
	l := d.layout(v.Type())
	other := &node{kind: mappingNode, pos: n.pos}
	for _, f := range n.fields {
		s, ok := l.fields[f.key]
		if !ok {
			other.fields = append(other.fields, f)
			continue
		}
		if f.value.isNull() {
			continue // as if it had not been said
		}
		inner := a.below(f.key)
		inner.tag = s.tag
		d.decode(f.value, v.FieldByIndex(s.index), inner)
	}
	d.others(other, v, l, a)
	if l.rest != nil && len(n.fields) == 0 { // "accounts: {}" says that there are none, as other empty collections do
		if m, ok := v.FieldByIndex(l.rest.index).Addr().Interface().(mapping); ok {
			m.makeRoom(0)
		}
	}
	for _, name := range l.required {
		if said := n.get(name); said == nil || said.isNull() {
			d.errorf(n.pos, CodeSchema, "%s needs %s", describe(a.path), name)
		}
	}
	if f, ok := v.Addr().Interface().(finisher); ok {
		if err := f.finish(); err != nil {
			d.errorf(n.pos, CodeValue, "%s: %v", describe(a.path), err)
		}
	}
}

// others decodes the keys that have no field of their own.
func (d *decoder) others(n *node, v reflect.Value, l *layout, a at) {
	if l.rest == nil {
		for _, f := range n.fields {
			d.unknown(f, a.path, l.known)
		}
		return
	}
	if len(n.fields) == 0 {
		return
	}
	a.tag = l.rest.tag
	target := v.FieldByIndex(l.rest.index)
	if m, ok := target.Addr().Interface().(mapping); ok {
		d.fillMap(n, m, a)
		return
	}
	d.decode(n, target, a)
}
