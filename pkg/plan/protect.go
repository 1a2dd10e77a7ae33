package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// FieldProtect is the field of an object at the top that says what of it is protected: itself, and what stands below it, by
// its address from there on. Its system keeps it beside the owner's mark, so that it holds whatever a document says later.
const FieldProtect = "protect"

// itself is how an object at the top stands in its own field.
const itself = "itself"

// guardName is how an object stands in the field of the one at its top.
func guardName(a Address) string {
	if below, ok := strings.CutPrefix(string(a), string(a.Root())+"/"); ok {
		return below
	}
	return itself
}

// ShortGuard stands for a name in FieldProtect where there is no room for it.
func ShortGuard(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "#" + hex.EncodeToString(sum[:])[:6]
}

// Guarded tells whether a server's protection covers the object itself.
func (s State) Guarded(a Address) bool {
	root := s[a.Root()]
	return root != nil && guardOf(root, a) != ""
}

// guardOf is the element that stands for an object; "" where there is none.
func guardOf(root *Object, a Address) string {
	set, _ := root.Fields[FieldProtect].(Set)
	name := guardName(a)
	for _, n := range []string{name, ShortGuard(name)} {
		if v, ok := set[n]; ok && v != nil {
			return n
		}
	}
	return ""
}

// protect gives each object at the top that the document declares what is to be protected of it. What the document doesn't
// speak of stays protected.
func (m *maker) protect() {
	said := map[Address][]*Object{}
	for _, d := range m.desired {
		said[d.Address.Root()] = append(said[d.Address.Root()], d)
	}
	for i, d := range m.desired {
		if d.Parent != "" || d.Absent {
			continue
		}
		set := m.guards(d, said[d.Address])
		if len(set) == 0 {
			continue
		}
		guarded := *d
		guarded.Fields = Fields{FieldProtect: set}
		maps.Copy(guarded.Fields, d.Fields)
		m.desired[i], m.declared[d.Address] = &guarded, &guarded
	}
}

// guards is what is to be protected of one object at the top, given all that is said of it and below. An element that goes
// is nil in it.
func (m *maker) guards(root *Object, said []*Object) Set {
	live := m.in.Live[root.Address]
	set := Set{}
	if live != nil {
		have, _ := live.Fields[FieldProtect].(Set)
		maps.Copy(set, have)
	}
	for _, d := range said {
		there := ""
		if live != nil {
			there = guardOf(live, d.Address)
		}
		now := m.in.Live[d.Address]
		switch {
		case d.Protect && there == "" && !m.keepsGuards(root, live):
			m.out.Warnings = append(m.out.Warnings, note(d, d, "it is protected as long as the document says so: the server has no room to keep that"))
		case d.Protect && there == "":
			set[guardName(d.Address)] = true
		case d.Protect || there == "":
		case now == nil, !d.Absent && m.owned(now): // it isn't there any more, or the document takes it away
			set[there] = nil
		}
	}
	return set
}

// keepsGuards tells whether what is protected can be kept beside the owner's mark.
func (m *maker) keepsGuards(root, live *Object) bool {
	return m.kind(root).Marks && (live == nil || !live.Sealed)
}

// whyProtected says why an object must not be deleted; "" where it may. One that the document names goes below a protected
// one all the same.
func (m *maker) whyProtected(o *Object, named bool) string {
	if d := m.declared[o.Address]; d != nil && d.Protect {
		return "it is protected"
	}
	if m.in.Live.Guarded(o.Address) {
		return "it is protected on the server; take that away first, by an apply with protect: false"
	}
	for at := m.parent(o); !named && at != nil; at = m.parent(at) {
		if d := m.declared[at.Address]; d != nil && d.Protect || m.in.Live.Guarded(at.Address) {
			return describe(at) + " is protected, and with it what the document doesn't name"
		}
	}
	return m.guardedBelow(o)
}

// guardedBelow says which protected object would go along with one.
func (m *maker) guardedBelow(o *Object) string {
	root := m.in.Live[o.Address.Root()]
	if root == nil {
		return ""
	}
	set, _ := root.Fields[FieldProtect].(Set)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		a := root.Address + "/" + Address(name)
		switch {
		case name == itself:
		case strings.HasPrefix(name, "#"):
			if o.Address == root.Address {
				return "something below it is protected"
			}
		case a != o.Address && a.Within(o.Address):
			return "its " + strings.Join(a.Below(o.Address), " ") + " is protected"
		}
	}
	return ""
}

// spelledOut are live fields with the names that stand in the wanted ones, where the server had no room for them.
func spelledOut(live, wanted Fields) Fields {
	have, _ := live[FieldProtect].(Set)
	want, said := wanted[FieldProtect].(Set)
	if !said {
		return live
	}
	set := maps.Clone(have)
	for name := range want {
		if short := ShortGuard(name); set[short] != nil && want[short] == nil {
			delete(set, short)
			set[name] = true
		}
	}
	out := maps.Clone(live)
	out[FieldProtect] = set
	return out
}

// onlyGuards tells whether a change is about nothing but what is protected: nothing has to follow that.
func (c *Change) onlyGuards() bool {
	for _, f := range c.Fields {
		if f.Name != FieldProtect {
			return false
		}
	}
	return c.Action == Update && len(c.Fields) > 0
}
