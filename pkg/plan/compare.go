package plan

import (
	"fmt"
	"maps"
	"slices"
)

// compare lists how live has to change so that it says what desired says. Fields that desired doesn't name don't count.
// Where exact is false, elements of sets and lists that only live has stay.
func compare(desired, live Fields, exact bool, known func(Handed) (any, bool)) []FieldChange {
	var out []FieldChange
	for _, name := range slices.Sorted(maps.Keys(desired)) {
		want, have := desired[name], live[name]
		if h, ok := want.(Handed); ok {
			v, ok := known(h)
			if !ok {
				out = append(out, FieldChange{Name: name, Action: SetField, Old: veiled(name, nil, have), New: h})
				continue
			}
			want = v
		}
		switch w := want.(type) {
		case Set:
			h, _ := have.(Set)
			out = append(out, compareSets(name, named(w, known), h, exact)...)
		case List:
			h, _ := have.(List)
			out = append(out, compareLists(name, w, h)...)
		default:
			if !Equal(want, have) {
				out = append(out, FieldChange{Name: name, Action: SetField, Old: veiled(name, want, have), New: want})
			}
		}
	}
	return out
}

// named is the set with the names that other objects hand on, as far as they are known.
func named(s Set, known func(Handed) (any, bool)) Set {
	out := Set{}
	for e, v := range s {
		if h, ok := v.(HandedName); ok {
			if start, ok := known(h.Handed); ok {
				e, v = fmt.Sprint(start)+h.Suffix, true
			}
		}
		out[e] = v
	}
	return out
}

func compareSets(name string, want, have Set, exact bool) []FieldChange {
	var out []FieldChange
	for _, e := range slices.Sorted(maps.Keys(want)) {
		old, there := have[e]
		switch {
		case want[e] == nil && there:
			out = append(out, FieldChange{Name: name, Element: e, Action: Remove, Old: veiled(e, nil, old)})
		case want[e] == nil:
		case !there:
			out = append(out, FieldChange{Name: name, Element: e, Action: Add, New: want[e]})
		case !Equal(want[e], old):
			out = append(out, FieldChange{Name: name, Element: e, Action: SetField, Old: veiled(e, want[e], old), New: want[e]})
		}
	}
	if !exact {
		return out
	}
	for _, e := range slices.Sorted(maps.Keys(have)) {
		if _, stays := want[e]; !stays {
			out = append(out, FieldChange{Name: name, Element: e, Action: Remove, Old: veiled(e, nil, have[e])})
		}
	}
	return out
}

func compareLists(name string, want, have List) []FieldChange {
	var out []FieldChange
	edits := Edits(want, have)
	for _, e := range edits {
		switch {
		case e.Want < 0:
			out = append(out, FieldChange{Name: name, Element: have[e.Have].Label, Action: Remove, Old: veiled(have[e.Have].Label, nil, have[e.Have].Value)})
		case e.Have < 0:
			out = append(out, FieldChange{Name: name, Element: want[e.Want].Label, Action: Add, New: want[e.Want].Value})
		case !Equal(want[e.Want].Value, have[e.Have].Value):
			out = append(out, FieldChange{Name: name, Element: want[e.Want].Label, Action: SetField, Old: veiled(want[e.Want].Label, want[e.Want].Value, have[e.Have].Value), New: want[e.Want].Value})
		}
		if e.Moves && e.Have != e.Want { // changed or not; else it stays where it is, and others go past it
			out = append(out, FieldChange{Name: name, Element: want[e.Want].Label, Action: Move, Old: int64(e.Have + 1), New: int64(e.Want + 1)})
		}
	}
	if reordered(edits) {
		out = append(out, FieldChange{Name: name, Action: Order, Old: labels(have), New: labels(want)})
	}
	return out
}

// reordered tells whether the new order says more than that elements have gone, or have come behind all others: some have
// changed places, or new ones stand before some that were there.
func reordered(edits []Edit) bool {
	added := false
	for _, e := range edits { // removals, then all others in the wanted order
		switch {
		case e.Want < 0:
		case e.Have < 0:
			added = true
		case e.Moves || added:
			return true
		}
	}
	return false
}

func labels(l List) []any {
	out := make([]any, len(l))
	for i, item := range l {
		out[i] = item.Label
	}
	return out
}

// union is want with the elements that only have has, so that nothing of somebody else's object is taken away. In a
// list they stay behind the element that they stand behind now.
func union(want, have any) any {
	switch w := want.(type) {
	case Set:
		h, _ := have.(Set)
		out := maps.Clone(h)
		if out == nil {
			out = Set{}
		}
		maps.Copy(out, w)
		return out
	case List:
		h, _ := have.(List)
		return unionLists(w, h)
	}
	return want
}

func unionLists(want, have List) List {
	behind := map[int][]Item{} // by index in want, -1 for the front
	matched := map[int]int{}   // index in have to index in want
	for _, e := range Edits(want, have) {
		if e.Want >= 0 && e.Have >= 0 {
			matched[e.Have] = e.Want
		}
	}
	last := -1
	for i, item := range have {
		if w, ok := matched[i]; ok {
			last = w
		} else {
			behind[last] = append(behind[last], item)
		}
	}
	out := slices.Clone(behind[-1])
	for i, item := range want {
		out = append(append(out, item), behind[i]...)
	}
	return out
}
