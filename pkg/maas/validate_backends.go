package maas

import "example.com/maasctl/internal/near"

func (v *validator) backends() {
	for _, b := range v.doc.Backends {
		if b.Value.Absent {
			continue
		}
		at := v.at("backends", b.Name)
		at.needs(b.Value.URL != nil || v.said("backends", b.Name, "url"), "a url", "")
		at.at("url").check(b.Value.URL, privateEndpoint)
		owner{at, "backend", b.Value.Metrics, b.Value.Methods}.counts(b.Value.MappingRules)
	}
}

// backend gives a backend of the document that will be there.
func (v *validator) backend(name string) (*Backend, bool) {
	b, ok := v.doc.Backends.Get(name)
	return b, ok && !b.Absent
}

// lacks says why a name of a collection leads nowhere.
func lacks[T any](in Map[T], name string) string {
	if in.Has(name) {
		return "it is absent"
	}
	return "the document has none of this name" + near.Meant(name, in.Names())
}
