package plan

// Tally counts the objects that changes are about. What has no life of its own (rules, limits, a deployment) counts with its
// object: a reader of a plan finds each number's objects, one by one, in its lines.
func Tally(changes []*Change) Summary {
	created, updated := map[Address]bool{}, map[Address]bool{}
	var s Summary
	for _, c := range changes {
		switch at := c.owner(); {
		case c.Action == Delete:
			s.Delete++
		case c.Action == Create && at == c.Address:
			created[at] = true
		default:
			updated[at] = true
		}
	}
	s.Create = len(created)
	for at := range updated {
		if !created[at] {
			s.Update++
		}
	}
	return s
}

// owner is the object that a change is about: of a part, what it is a part of.
func (c *Change) owner() Address {
	if c.Part && c.Parent != "" {
		return c.Parent
	}
	return c.Address
}

// countUnchanged counts the objects that the document names and that stay as they are, with all their parts.
func (m *maker) countUnchanged() {
	same := map[Address]bool{}
	for _, d := range m.desired {
		if at := m.ownerOf(d); !d.Absent && m.standing(d) != nil {
			same[at] = true
		}
	}
	for _, c := range m.changes {
		delete(same, c.owner())
	}
	m.out.Summary.Unchanged = len(same)
}

func (m *maker) ownerOf(o *Object) Address {
	if m.kind(o).Part && o.Parent != "" {
		return o.Parent
	}
	return o.Address
}
