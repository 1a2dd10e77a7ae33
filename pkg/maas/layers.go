package maas

import (
	"fmt"
	"reflect"

	"example.com/maasctl/internal/near"
)

// A layer changes what the document has. An object that the document hasn't is a misspelt name as a rule, and would be made
// beside the one that was meant.

// checkEnvironments reports what environments say of objects that the document hasn't. What only one environment has stands
// in a file of its own, or in the document with null in the other environments.
func checkEnvironments(r *reporter, root, environments *node) {
	if !environments.isMapping() {
		return
	}
	for _, e := range environments.fields {
		absentees(root, e.value, func(have *node, f field, path []string) {
			r.errorf(f.pos, CodeEnvironment, "the document has no %s that the environment %s could change%s", describe(path), e.key, oneOf(f.key, have))
		})
	}
}

// checkSet tells which object on the way of a --set the document hasn't; nil where it has all, and where the value is a whole
// new one.
func checkSet(root *node, steps []step, value *node) (err error) {
	layer, keys := &node{}, len(steps)
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].index >= 0 { // no objects stand in lists
			layer, keys = &node{}, i
			continue
		}
		layer = &node{kind: mappingNode, fields: []field{{key: steps[i].key, value: layer}}}
	}
	absentees(root, layer, func(have *node, f field, path []string) {
		if len(path) < keys || !value.isMapping() || keys < len(steps) {
			err = fmt.Errorf("the document has no %s, and only a whole mapping makes a new one%s", describe(path), oneOf(f.key, have))
		}
	})
	return err
}

// oneOf says which name was meant, or which there are, where those are few.
func oneOf(name string, have *node) string {
	if keys := have.keys(); len(keys) < 8 {
		return near.Hint(name, keys)
	}
	return near.Meant(name, have.keys())
}

// absentees finds the objects of a layer that the document lacks, also with its templates merged.
func absentees(root, layer *node, found func(have *node, f field, path []string)) {
	missing := false
	w := &layerWalk{func(*node, field, []string) { missing = true }}
	if w.document(root, layer); !missing {
		return // as a rule; with templates it takes longer
	}
	w = &layerWalk{found}
	w.document(expanded(mergeAt(root, usesOf(root, layer), true)), layer)
}

// layerWalk follows a layer along the types of the document.
type layerWalk struct {
	found func(have *node, f field, path []string)
}

func (w *layerWalk) document(have, layer *node) {
	w.walk(reflect.TypeFor[Document](), have, layer, nil)
	w.walk(reflect.TypeFor[Map[*Product]](), have.get(templatesKey), layer.get(templatesKey), []string{templatesKey})
}

func (w *layerWalk) walk(t reflect.Type, have, over *node, path []string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case !over.isMapping(), have != nil && !have.isMapping() && !have.isNull(): // what is no mapping is reported as that
	case isMap(t):
		w.entries(mapElement(t), have, over, path)
	case t.Kind() == reflect.Struct:
		w.fields(t, have, over, path)
	}
}

// fields follows the keys of one object; those that have no field of their own may be names of objects, as in accounts.
func (w *layerWalk) fields(t reflect.Type, have, over *node, path []string) {
	rest := over
	for _, s := range structFields(t) {
		of := t.FieldByIndex(s.index).Type
		switch {
		case s.name == "":
			w.walk(of, have, rest, path)
		case over.get(s.name) != nil:
			w.walk(of, have.get(s.name), over.get(s.name), append(path[:len(path):len(path)], s.name))
		}
		rest = rest.without(s.name)
	}
}

// entries follows the members of a collection of objects. Others, such as limits, are values of what they stand in.
func (w *layerWalk) entries(element reflect.Type, have, over *node, path []string) {
	if !isObject(element) {
		return
	}
	for _, f := range over.fields {
		inner := append(path[:len(path):len(path)], f.key)
		if had := have.get(f.key); had != nil && !had.isNull() {
			w.walk(element, had, f.value, inner)
			continue
		}
		w.found(have, f, inner)
	}
}

// isObject tells whether a type is that of things with a life of their own.
func isObject(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	_, ok := t.FieldByName(reflect.TypeFor[Meta]().Name())
	return ok
}

// expanded is the document with all that its objects and templates have of templates. What is wrong with templates is said
// elsewhere.
func expanded(root *node) *node {
	quiet := &reporter{}
	own := root.get(templatesKey)
	out := dropNulls(applyTemplates(quiet, root))
	if !own.isMapping() {
		return out
	}
	t := newTemplates(quiet, own)
	all := &node{kind: mappingNode, pos: own.pos}
	for _, f := range own.fields {
		all.fields = append(all.fields, field{f.key, f.pos, t.expand(f.value)})
	}
	return out.with(templatesKey, own.pos, dropNulls(all))
}

// usesOf is the part of a layer that says which templates the document's objects use.
func usesOf(root, layer *node) *node {
	out := &node{kind: mappingNode, pos: layer.pos}
	for _, collection := range []string{"backends", "products", templatesKey} {
		of := layer.get(collection)
		if !of.isMapping() {
			continue
		}
		objects := &node{kind: mappingNode, pos: of.pos}
		for _, f := range of.fields {
			if use := f.value.field(useKey); f.value.isMapping() && use != nil && root.get(collection).get(f.key) != nil {
				only := &node{kind: mappingNode, pos: f.value.pos, fields: []field{*use}}
				objects.fields = append(objects.fields, field{f.key, f.pos, only})
			}
		}
		if len(objects.fields) > 0 {
			out.fields = append(out.fields, field{collection, of.pos, objects})
		}
	}
	return out
}
