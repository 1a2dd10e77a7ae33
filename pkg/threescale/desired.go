package threescale

import (
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// wants collects what a document wants of 3scale.
type wants struct {
	doc         *maas.Document
	handovers   bool
	objects     []*plan.Object
	collections []plan.Collection
	notApplied  []plan.Note
}

// Desired gives the objects that a document wants, and the collections that it names. Where Keycloak is among the peers,
// a realm's clients hand over ids and secrets; otherwise what needs them isn't applied.
func (s *Session) Desired(doc *maas.Document, peers []string) ([]*plan.Object, []plan.Collection, []plan.Note) {
	w := &wants{doc: doc, handovers: slices.Contains(peers, "keycloak")}
	s.portalAsked = w.portalAsked()
	w.tenant()
	w.backends()
	w.products()
	w.accounts()
	return w.objects, w.collections, w.notApplied
}

// add records an object, with the position of what says it. A field's name is its path below the object's.
func (w *wants) add(o *plan.Object, meta maas.Meta, path ...string) *plan.Object {
	o.Absent, o.Protect = meta.Absent, meta.Protect
	o.Source = w.at(path)
	if o.Sources == nil {
		o.Sources = map[string]plan.Source{}
	}
	for name := range o.Fields {
		if _, known := o.Sources[name]; !known {
			o.Sources[name] = w.at(path, strings.Split(name, ".")...)
		}
	}
	for _, key := range []string{"name", fieldOrganization} {
		if _, ok := o.Fields[key]; ok && o.Was != "" { // the key says it, and changes by this
			o.Sources[key] = w.at(path, "renamed")
		}
	}
	w.objects = append(w.objects, o)
	return o
}

// at is the position of what stands below a path of the document.
func (w *wants) at(path []string, below ...string) plan.Source {
	return source(w.doc.Pos(slices.Concat(path, below)...))
}

// name records that the document names a collection.
func (w *wants) name(kind string, parent plan.Address) {
	w.collections = append(w.collections, plan.Collection{System: System, Kind: kind, Parent: parent})
}

// hand gives what a realm's client hands over, or says that it isn't applied. The client is named below path.
func (w *wants) hand(o *plan.Object, ref maas.ClientRef, path []string, what string, fields map[string]string) {
	at := w.at(path, "client")
	if !w.handovers {
		w.notApplied = append(w.notApplied, plan.Note{
			Address: o.Address, Kind: o.Kind, Name: o.Name,
			Why: what + " of the client " + ref.Realm + "/" + ref.Client, Source: &at,
		})
		return
	}
	client := plan.Root("keycloak", "realm", ref.Realm).Child("client", ref.Client)
	o.Sources = map[string]plan.Source{}
	for field, of := range fields {
		o.Sources[field] = at
		o.Fields[field] = plan.Handed{From: client, Field: of}
	}
}
