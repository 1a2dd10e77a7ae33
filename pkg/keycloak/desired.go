package keycloak

import (
	"maps"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// wants collects what a document wants of Keycloak.
type wants struct {
	doc         *maas.Document
	peers       []string
	objects     []*plan.Object
	collections []plan.Collection
	notApplied  []plan.Note
	asked       map[plan.Address]bool
}

// Desired gives the objects that a document wants, the collections that it names, and what isn't applied. peers are the names
// of all systems of the plan: those can hand over values.
func (s *Session) Desired(doc *maas.Document, peers []string) ([]*plan.Object, []plan.Collection, []plan.Note) {
	w := &wants{doc: doc, peers: peers, asked: map[plan.Address]bool{}}
	w.takenOver()
	w.realms()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = w.asked
	return w.objects, w.collections, w.notApplied
}

// object makes an object of what the document says of it: its fields, under Keycloak's names. more is what other keys of the
// document come down to; the fields win over it.
func object(o *plan.Object, said maas.Object, more map[string]any) *plan.Object {
	body := map[string]any{}
	merge(body, more)
	merge(body, clone(said.Fields))
	n := nativeOf(o)
	o.Native = n
	o.Fields, n.paths = flatten(body)
	o.Absent, o.Protect = said.Absent, said.Protect
	return o
}

// clone copies an object's mappings, so that merging into it changes nobody else's.
func clone(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for key, v := range out {
		if inner, ok := v.(map[string]any); ok {
			out[key] = clone(inner)
		}
	}
	return out
}

// add records an object, with the positions of what says it.
func (w *wants) add(o *plan.Object, path ...string) *plan.Object {
	o.Source = source(w.doc.Pos(path...))
	o.Sources = map[string]plan.Source{}
	for name := range o.Fields {
		below := nativeOf(o).paths[name]
		if below == nil {
			below = []string{name}
		}
		o.Sources[name] = source(w.doc.Pos(append(path[:len(path):len(path)], below...)...))
	}
	if o.Absent {
		o.Fields = plan.Fields{}
	}
	w.objects = append(w.objects, o)
	return o
}

// name records that the document names a collection.
func (w *wants) name(kind string, parent plan.Address) {
	w.collections = append(w.collections, plan.Collection{System: System, Kind: kind, Parent: parent})
}

// Address is where a client of a realm stands in plans.
func Address(realm, client string) plan.Address { return clientAt(realmAt(realm), client) }

func (w *wants) ask(ref *maas.ClientRef) {
	if ref != nil {
		w.asked[Address(ref.Realm, ref.Client)] = true
	}
}

// takenOver finds the clients whose secrets other parts of the document take over: those alone are read.
func (w *wants) takenOver() {
	if t := w.doc.Tenant; t != nil {
		for _, s := range t.SignIn {
			w.ask(s.Value.Client)
		}
	}
	for _, p := range w.doc.Products {
		if a := p.Value.Authentication; a != nil && a.OIDC != nil {
			w.ask(a.OIDC.Client)
		}
	}
	w.outputs()
	if w.doc.Accounts == nil {
		return
	}
	for _, a := range w.doc.Accounts.Accounts {
		for _, app := range a.Value.Applications {
			w.ask(app.Value.Client)
		}
	}
}

// outputs finds the secrets that the document's outputs name.
func (w *wants) outputs() {
	for _, o := range w.doc.Outputs {
		_, _ = maas.ExpandOutput(o.Value, func(ref maas.OutputRef) (string, error) { // what is wrong with one is said where it is printed
			if at := ref.Objects; len(at) == 2 && at[0].Kind == kindRealm && at[1].Kind == kindClient && ref.Field == fieldSecret {
				w.ask(&maas.ClientRef{Realm: at[0].Name, Client: at[1].Name})
			}
			return "", nil
		})
	}
}

func source(p maas.Position) plan.Source {
	return plan.Source{File: p.File, Line: p.Line, Column: p.Column}
}
