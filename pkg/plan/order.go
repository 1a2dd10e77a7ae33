package plan

import (
	"cmp"
	"slices"
	"strings"
)

// place is where an object stands in the plan's order: systems as the targets stand, then objects at the top by kind and
// name, and below each of them its parts and children by kind, document order where it counts, and name.
type place struct {
	object              *Object
	system, topRank     int
	top                 Address
	rank, documentOrder int
}

func (m *maker) placeOf(o *Object) place {
	system := o.Address.System()
	return place{
		object: o, top: o.Address.Root(), rank: m.kind(o).Rank, topRank: m.topRank(o), documentOrder: o.Order,
		system: slices.IndexFunc(m.in.Targets, func(t Target) bool { return t.System == system }),
	}
}

func (m *maker) topRank(o *Object) int {
	top := o.Address.Root()
	for _, set := range []State{m.declared, m.in.Live, m.born} {
		if r, ok := set[top]; ok {
			return m.kind(r).Rank
		}
	}
	return m.kind(o).Rank
}

func (a place) compare(b place) int {
	if c := cmp.Or(a.system-b.system, a.topRank-b.topRank); c != 0 {
		return c
	}
	if c := strings.Compare(string(a.top), string(b.top)); c != 0 {
		return c
	}
	if c := a.rank - b.rank; c != 0 {
		return c
	}
	if c := strings.Compare(string(a.object.Parent), string(b.object.Parent)); c != 0 {
		return c
	}
	return cmp.Or(a.documentOrder-b.documentOrder, strings.Compare(string(a.object.Address), string(b.object.Address)))
}

// sort puts objects into the plan's order.
func (m *maker) sort(objects []*Object) {
	places := make([]place, len(objects))
	for i, o := range objects {
		places[i] = m.placeOf(o)
	}
	slices.SortFunc(places, place.compare)
	for i, p := range places {
		objects[i] = p.object
	}
}

// sortedChanges are the changes in the plan's order.
func (m *maker) sortedChanges() []*Change {
	var objects []*Object
	for _, c := range m.changes {
		objects = append(objects, c.object())
	}
	m.sort(objects)
	out := make([]*Change, 0, len(objects))
	for _, o := range objects {
		out = append(out, m.changes[o.Address])
	}
	return out
}
