package maas

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/secret"
)

// decoder fills the document's types from the merged tree and reports everything that doesn't fit.
type decoder struct {
	*reporter
	lookup     *lookup         // nil: references stay what they are
	unresolved map[string]bool // paths of the values that aren't known because of that
	layouts    map[reflect.Type]*layout
}

func newDecoder(r *reporter, look *lookup, unresolved map[string]bool) *decoder {
	return &decoder{reporter: r, lookup: look, unresolved: unresolved, layouts: map[reflect.Type]*layout{}}
}

// at is where in the document a value is decoded, and what its field's tags say.
type at struct {
	path []string
	tag  reflect.StructTag
}

// below is a place inside this one.
func (a at) below(key string) at {
	return at{path: append(a.path[:len(a.path):len(a.path)], key), tag: a.tag}
}

// shorthand is a type that the document may write as text.
type shorthand interface{ fromText(text string) error }

// positioned is a type that keeps where it was written.
type positioned interface{ setPos(p Position) }

// finisher is a type that completes itself once its fields are set.
type finisher interface{ finish() error }

// mapping is a Map of any type: the decoder makes room for all entries first, so that pointers to them stay good.
type mapping interface {
	makeRoom(n int)
	fill(i int, name string, pos Position) any
}

func (m *Map[T]) makeRoom(n int) { *m = make(Map[T], n) }

func (m *Map[T]) fill(i int, name string, pos Position) any {
	(*m)[i] = Entry[T]{Name: name, Pos: pos}
	return &(*m)[i].Value
}

// decode fills the value that v points at.
func (d *decoder) decode(n *node, v reflect.Value, a at) {
	target := v.Addr().Interface()
	if p, ok := target.(positioned); ok {
		p.setPos(n.pos)
	}
	switch t := target.(type) {
	case *secret.Value:
		d.secret(n, t, a)
		return
	case *Decimal:
		d.decimal(n, t, a)
		return
	case *[]Policy:
		d.policies(n, v, a)
		return
	case *map[string]any:
		if d.isMapping(n, a) {
			*t = d.fields(n, a)
		}
		return
	case mapping:
		d.entries(n, t, a)
		return
	}
	if s, ok := target.(shorthand); ok && n.kind == scalarNode {
		d.short(n, s, a)
		return
	}
	d.kind(n, v, a)
}

// kind decodes by what Go says of the type.
func (d *decoder) kind(n *node, v reflect.Value, a at) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), a)
	case reflect.Struct:
		d.structure(n, v, a)
	case reflect.Slice:
		d.list(n, v, a)
	case reflect.String:
		d.text(n, v, a)
	case reflect.Bool:
		if b, ok := n.value.(bool); ok {
			v.SetBool(b)
		} else {
			d.wrong(n, a, "true or false")
		}
	case reflect.Int64:
		d.integer(n, v, a)
	}
}

func (d *decoder) list(n *node, v reflect.Value, a at) {
	if n.kind != listNode {
		d.wrong(n, a, "a list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	v.Set(out)
	for i, item := range n.items {
		d.decode(item, out.Index(i), a.below(index(i)))
	}
}

func (d *decoder) entries(n *node, m mapping, a at) {
	if !d.isMapping(n, a) {
		return
	}
	d.fillMap(n, m, a)
}

func (d *decoder) fillMap(n *node, m mapping, a at) {
	for _, f := range n.fields {
		d.key(f, a)
	}
	fields := n.saidFields()
	m.makeRoom(len(fields))
	for i, f := range fields {
		inner := a.below(f.key)
		inner.tag = innerTag(a.tag)
		d.decode(f.value, reflect.ValueOf(m.fill(i, f.key, f.pos)).Elem(), inner)
	}
}

// short decodes the short form of a type.
func (d *decoder) short(n *node, s shorthand, a at) {
	text, ok := n.str()
	if !ok {
		d.wrong(n, a, "text or a mapping")
		return
	}
	text, known := d.resolved(n, text, a, false)
	if !known {
		return
	}
	if err := s.fromText(text); err != nil {
		d.errorf(n.pos, CodeValue, "%s: %v", describe(a.path), err)
	}
}

func (d *decoder) isMapping(n *node, a at) bool {
	if n.kind != mappingNode {
		want := "a mapping"
		if text, _ := n.str(); strings.Contains(text, ":") && !strings.Contains(text, "://") && n.value == n.text {
			want = "a mapping (with a space after each colon)"
		}
		d.wrong(n, a, want)
		return false
	}
	return true
}

// wrong reports a value of the wrong type.
func (d *decoder) wrong(n *node, a at, want string) {
	d.errorf(n.pos, CodeSchema, "%s has to be %s, not %s", describe(a.path), want, n.what())
}

// unknown reports a key that the language doesn't have.
func (d *decoder) unknown(f field, path, known []string) {
	if f.key == "renamed" {
		d.errorf(f.pos, CodeSchema, "unknown key %q in %s: its key is for good; change its name, or make another one and move what uses it",
			f.key, describe(path))
		return
	}
	hint := near.Meant(f.key, known)
	switch before, _, colon := strings.Cut(f.key, ":"); {
	case colon && slices.Contains(known, before):
		hint = fmt.Sprintf("; a space is missing after %s:", before)
	case f.value.later && hint == "":
		hint = "; behind a line --- keys stand at the top again"
	}
	d.errorf(f.pos, CodeSchema, "unknown key %q in %s%s", f.key, describe(path), hint)
}

// contains tells whether a list of names, joined by commas, has one.
func contains(list, name string) bool {
	for _, s := range strings.Split(list, ",") {
		if s == name {
			return true
		}
	}
	return false
}
