package maas

import "reflect"

// What isn't used isn't merged, so nobody would see its mistakes until somebody uses it: its structure is checked here.

// checkUnused checks the environments that weren't chosen.
func checkUnused(r *reporter, environments *node, chosen string) {
	if environments == nil || environments.isNull() {
		return
	}
	if !environments.isMapping() {
		r.errorf(environments.pos, CodeSchema, "environments are a mapping, not %s", environments.what())
		return
	}
	for _, f := range environments.fields {
		if !f.value.isMapping() {
			if !f.value.isNull() {
				r.errorf(f.value.pos, CodeSchema, "an environment is a mapping, not %s", f.value.what())
			}
			continue
		}
		if inner := f.value.field(environmentsKey); inner != nil {
			r.errorf(inner.pos, CodeSchema, "an environment has no environments of its own")
		}
		if f.key != chosen {
			structure[Document](r, f.value.without(templatesKey, environmentsKey), environmentsKey, f.key)
		}
	}
}

// checkUnused checks the templates that nothing uses.
func (t *templates) checkUnused() {
	if t.own == nil || t.own.isNull() {
		return
	}
	if !t.own.isMapping() {
		t.errorf(t.own.pos, CodeSchema, "templates are a mapping, not %s", t.own.what())
		return
	}
	for _, f := range t.own.fields {
		if t.used[f.key] || f.value.isNull() {
			continue
		}
		if t.template(f.key, f.pos) == nil {
			continue
		}
		asProduct, asBackend := &reporter{}, &reporter{}
		structure[Product](asProduct, f.value, templatesKey, f.key)
		structure[Backend](asBackend, f.value, templatesKey, f.key)
		if asBackend.found.HasErrors() {
			t.found = append(t.found, asProduct.found...)
		}
	}
}

// structure decodes a part of the document only to see whether it has the structure of a T.
func structure[T any](r *reporter, n *node, path ...string) {
	d := newDecoder(r, nil, map[string]bool{})
	d.decode(n, reflect.ValueOf(new(T)).Elem(), at{path: path})
}
