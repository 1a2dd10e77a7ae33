package plan

import (
	"iter"
)

// users knows, of all objects at once, what the planner asks of each deletion: a look at every object for each of them
// would take as many looks as there are objects, squared.
type users struct {
	pointing  map[Address][]*Object // at what goes, or at something below it; in the plan's order
	followers map[Address][]*Change // what changes along with a change
	staying   map[kindKey]int       // how many live objects of a kind aren't deleted by themselves
	created   map[kindKey]*Change   // the first creation of a kind, one that --target names before others
}

// of lists the objects that point at one that goes, or at something below it.
func (u *users) of(a Address) []*Object { return u.pointing[a] }

// findUsers fills m.users, once it is known what changes.
func (m *maker) findUsers() {
	m.users = users{
		pointing: map[Address][]*Object{}, followers: map[Address][]*Change{},
		staying: map[kindKey]int{}, created: map[kindKey]*Change{},
	}
	for _, l := range m.live {
		m.notePointers(l)
		if !m.gone(l.Address) {
			m.users.staying[kindKey{l.Address.System(), l.Kind}]++
		}
	}
	for _, c := range m.sortedChanges() {
		if c.Live != nil && m.in.Live[c.Address] != c.Live { // made along with its parent
			m.notePointers(c.Live)
		}
		if c.Action == Create {
			m.noteCreation(c)
		}
		if c.Desired != nil {
			for _, a := range c.Desired.Follows {
				m.users.followers[a] = append(m.users.followers[a], c)
			}
		}
	}
}

func (m *maker) notePointers(o *Object) {
	for _, ref := range o.Refs {
		for a := range ref.upwards() {
			if !m.gone(a) {
				continue
			}
			if known := m.users.pointing[a]; len(known) == 0 || known[len(known)-1] != o {
				m.users.pointing[a] = append(known, o)
			}
		}
	}
}

func (m *maker) noteCreation(c *Change) {
	first := m.users.created[kindOf(c)]
	if first == nil || !m.selection.has(first.Address) && m.selection.has(c.Address) {
		m.users.created[kindOf(c)] = c
	}
}

func kindOf(c *Change) kindKey { return kindKey{c.System, c.Kind} }

// upwards is the address and those of all objects that it is within.
func (a Address) upwards() iter.Seq[Address] {
	return func(yield func(Address) bool) {
		for i := len(a); i > 0; i-- {
			if (i == len(a) || a[i] == '/') && !yield(a[:i]) {
				return
			}
		}
	}
}
