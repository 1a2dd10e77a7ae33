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
	if m.isNew(c.Parent) {
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
	defer m.waitForFollowers(c, waits)
	if m.isNew(c.Parent) {
		waits[c.Parent] = true // the server makes it along with its parent
	}
	for a, o := range m.changes {
		switch {
		case a == c.Address:
		case o.Live != nil && pointsInto(o.Live, c.Address):
			waits[a] = true
		case m.gone(a) && m.takesAlongUser(a, c.Address):
			waits[a] = true
		case m.kind(c.Live).KeepOne && o.Kind == c.Kind && o.System == c.System && o.Action == Create:
			waits[a] = true
		}
	}
}

func (m *maker) waitForFollowers(c *Change, waits map[Address]bool) {
	for grown := true; grown; {
		grown = false
		for a, o := range m.changes {
			if waits[a] || o.Desired == nil || slices.Contains(o.Desired.Follows, c.Address) {
				continue
			}
			if slices.ContainsFunc(o.Desired.Follows, func(f Address) bool { return waits[f] }) {
				waits[a], grown = true, true
			}
		}
	}
}

func (m *maker) gone(a Address) bool {
	c, ok := m.changes[a]
	return ok && c.Action == Delete
}

// takesAlongUser tells whether deleting gone deletes something below it that points at the object.
func (m *maker) takesAlongUser(gone, object Address) bool {
	for _, l := range m.in.Live {
		if l.Address.Within(gone) && pointsInto(l, object) {
			return true
		}
	}
	return false
}

func pointsInto(o *Object, target Address) bool {
	return slices.ContainsFunc(o.Refs, func(a Address) bool { return a.Within(target) })
}

// block takes deletions out of the plan that the server would refuse because something that doesn't change still uses
// the object, or because it would be the last one.
func (m *maker) block() {
	for _, c := range m.sortedChanges() {
		if c.Action != Delete {
			continue
		}
		if user := m.userThatStays(c); user != nil {
			m.blockDelete(c, fmt.Sprintf("%s still uses it", describe(user)))
			continue
		}
		if m.kind(c.Live).KeepOne && m.wouldBeNone(c) {
			m.blockDelete(c, "the last one can't be deleted; create another first")
		}
	}
}

func (m *maker) blockDelete(c *Change, why string) {
	m.out.Blocked = append(m.out.Blocked, note(c.Live, c.Desired, why))
	delete(m.changes, c.Address)
	for _, o := range m.changes {
		o.DependsOn = slices.DeleteFunc(o.DependsOn, func(a Address) bool { return a == c.Address })
	}
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
	for _, l := range m.live {
		if !pointsInto(l, c.Address) || l.Address.Within(c.Address) || m.changes[l.Address] != nil || m.goesWithParent(l) {
			continue
		}
		return l
	}
	return nil
}

func (m *maker) wouldBeNone(c *Change) bool {
	for _, l := range m.in.Live {
		if l.Kind == c.Kind && l.Address.System() == c.System && !m.gone(l.Address) {
			return false
		}
	}
	for _, o := range m.changes {
		if o.Kind == c.Kind && o.System == c.System && o.Action == Create {
			return false
		}
	}
	return true
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
