package plan

import (
	"fmt"
	"maps"
	"slices"
)

// Extra is something that an object has and the document doesn't say, and that stays because the object is somebody else's:
// an element of one of its fields, or, without a field, an object below it. A live chain that differs from the document's
// is no surprise then, though there is nothing to change.
type Extra struct {
	Note
	Field   string `json:"field,omitempty"`
	Element string `json:"element,omitempty"`
}

// noteExtras names the elements that somebody else's object keeps.
func (m *maker) noteExtras(d, live *Object) {
	if !m.selection.has(live.Address) {
		return
	}
	for _, field := range slices.Sorted(maps.Keys(d.Fields)) {
		for _, e := range extraElements(d.Fields[field], live.Fields[field], m.known) {
			m.out.Extras = append(m.out.Extras, Extra{note(live, d, m.stays(live)), field, e})
		}
	}
}

// extraElements are those that only have has.
func extraElements(want, have any, known func(Handed) (any, bool)) []string {
	var out []string
	switch w := want.(type) {
	case Set:
		h, _ := have.(Set)
		said := named(w, known)
		for _, e := range slices.Sorted(maps.Keys(h)) {
			if _, is := said[e]; !is {
				out = append(out, e)
			}
		}
	case List:
		h, _ := have.(List)
		for _, e := range Edits(w, h) {
			if e.Want < 0 {
				out = append(out, h[e.Have].Label)
			}
		}
	}
	return out
}

// stays says why what isn't in the document stays.
func (m *maker) stays(o *Object) string {
	at := o
	for at.Owner == "" && m.in.Live[at.Parent] != nil {
		at = m.in.Live[at.Parent]
	}
	what, owner := fmt.Sprintf("this %s", at.Kind), m.owner(o)
	if owner == "" || owner == Nobody {
		return fmt.Sprintf("not in the document, stays, since %s isn't maasctl's", what)
	}
	return fmt.Sprintf("not in the document, stays, since %s manages %s", owner, what)
}
