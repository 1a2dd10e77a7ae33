package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// connect finds which changes have to wait for which.
func (m *maker) connect() {
	m.findUsers()
	for _, c := range m.changes {
		waits := map[Address]bool{}
		if c.Action == Delete {
			m.connectDelete(c, waits)
		} else {
			m.connectWrite(c, waits)
		}
		delete(waits, c.Address)
		c.DependsOn = slices.AppendSeq(c.DependsOn, maps.Keys(waits))
	}
}

func (m *maker) connectWrite(c *Change, waits map[Address]bool) {
	if m.isNew(c.Parent) || m.isBorn(c.Parent) {
		waits[c.Parent] = true
	}
	for _, a := range c.Desired.Refs {
		if o, ok := m.changes[a]; ok && o.Action != Delete {
			waits[a] = true
		}
	}
	for _, a := range c.Desired.Follows {
		if m.changes[a] != nil {
			waits[a] = true
		}
	}
	for _, v := range c.Desired.Fields {
		for _, h := range handedIn(v) {
			if m.changes[h.From] != nil {
				waits[h.From] = true
			}
		}
	}
}

// isBorn tells whether an object changes that the server makes along with one of this plan: it may get its name by that.
func (m *maker) isBorn(a Address) bool {
	c, ok := m.changes[a]
	_, stood := m.in.Live[a]
	return ok && !stood && c.Live != nil
}

// handedIn lists what a field's value takes over from other objects.
func handedIn(v any) []Handed {
	switch v := v.(type) {
	case Handed:
		return []Handed{v}
	case Set:
		var all []Handed
		for _, e := range v {
			if h, ok := e.(HandedName); ok {
				all = append(all, h.Handed)
			}
		}
		return all
	}
	return nil
}

// connectDelete makes a deletion wait until nothing points at the object any more, and until what follows those that did
// has followed: a deployment may have taken up the old state in the middle of a run.
func (m *maker) connectDelete(c *Change, waits map[Address]bool) {
	if m.isNew(c.Parent) {
		waits[c.Parent] = true // the server makes it along with its parent
	}
	for _, u := range m.users.of(c.Address) {
		if m.changes[u.Address] != nil {
			waits[u.Address] = true
		}
		for a := range u.Address.upwards() { // what takes the user along
			if m.gone(a) {
				waits[a] = true
			}
		}
	}
	if first := m.firstOf(c); first != nil {
		waits[first.Address] = true
	}
	delete(waits, c.Address)
	m.waitForFollowers(c, waits)
}

// firstOf is the creation that a deletion has to wait for, so that the server is never left without one of the kind; nil
// where another stays.
func (m *maker) firstOf(c *Change) *Change {
	if k := kindOf(c); m.kinds[k].KeepOne && m.users.staying[k] == 0 {
		return m.users.created[k]
	}
	return nil
}

func (m *maker) waitForFollowers(c *Change, waits map[Address]bool) {
	next := slices.Collect(maps.Keys(waits))
	for len(next) > 0 {
		a := next[len(next)-1]
		next = next[:len(next)-1]
		for _, f := range m.users.followers[a] {
			if !waits[f.Address] && f != c && !slices.Contains(f.Desired.Follows, c.Address) {
				waits[f.Address] = true
				next = append(next, f.Address)
			}
		}
	}
}

func (m *maker) gone(a Address) bool {
	c, ok := m.changes[a]
	return ok && c.Action == Delete
}

// block takes deletions out of the plan that the server would refuse because something that doesn't change still uses
// the object, or because it would be the last one. What stays may itself use what was to go.
func (m *maker) block() {
	deletes := slices.DeleteFunc(m.sortedChanges(), func(c *Change) bool { return c.Action != Delete })
	blocked := map[Address]bool{}
	for again := true; again; {
		before := len(blocked)
		deletes = slices.DeleteFunc(deletes, func(c *Change) bool {
			why := m.whyStays(c)
			if why != "" {
				m.out.Blocked = append(m.out.Blocked, note(c.Live, c.Desired, why))
				m.users.staying[kindOf(c)]++
				delete(m.changes, c.Address)
				blocked[c.Address] = true
			}
			return why != ""
		})
		again = len(blocked) > before
	}
	if len(blocked) == 0 {
		return
	}
	for _, o := range m.changes {
		o.DependsOn = slices.DeleteFunc(o.DependsOn, func(a Address) bool { return blocked[a] })
	}
}

// whyStays says why the server would refuse a deletion; "" where it wouldn't.
func (m *maker) whyStays(c *Change) string {
	if user := m.userThatStays(c); user != nil {
		return describe(user) + " still uses it"
	}
	if k := kindOf(c); m.kinds[k].KeepOne && m.users.staying[k] == 0 && m.users.created[k] == nil {
		return "the last one can't be deleted; create another first"
	}
	return ""
}

// describe is what a reader calls an object: "product granite's plan free".
func describe(o *Object) string {
	top := strings.Join(o.Address.Root().Below(Address(o.Address.System()+":")), " ")
	below := o.Address.Below(o.Address.Root())
	if len(below) == 0 {
		return top
	}
	return top + "'s " + strings.Join(below, " ")
}

// userThatStays finds an object that points at the deleted one and neither changes nor goes.
func (m *maker) userThatStays(c *Change) *Object {
	for _, l := range m.users.of(c.Address) {
		if m.in.Live[l.Address] == l && !l.Address.Within(c.Address) && m.changes[l.Address] == nil && !m.goesWithParent(l) {
			return l
		}
	}
	return nil
}

func (c *Change) object() *Object {
	if c.Desired != nil {
		return c.Desired
	}
	return c.Live
}

// sortChanges puts the changes into the plan's order and makes sure that the graph has no circle.
func (m *maker) sortChanges() error {
	m.out.Changes = m.sortedChanges()
	for _, c := range m.out.Changes {
		slices.Sort(c.DependsOn)
		c.DependsOn = slices.Compact(c.DependsOn)
	}
	state := map[Address]int{}
	var visit func(c *Change) error
	visit = func(c *Change) error {
		switch state[c.Address] {
		case 1:
			return fmt.Errorf("plan: %s waits for itself", c.Address)
		case 2:
			return nil
		}
		state[c.Address] = 1
		for _, a := range c.DependsOn {
			if err := visit(m.changes[a]); err != nil {
				return err
			}
		}
		state[c.Address] = 2
		return nil
	}
	for _, c := range m.out.Changes {
		if err := visit(c); err != nil {
			return err
		}
	}
	return nil
}

// fingerprint is a short digest of an object as it was read; secrets don't go into it.
func fingerprint(o *Object) (string, error) {
	text, err := json.Marshal(struct {
		Fields Fields
		Owner  string
		Refs   []Address
	}{o.Fields, o.Owner, slices.SortedFunc(slices.Values(o.Refs), cmp.Compare[Address])})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}
