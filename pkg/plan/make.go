package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Input is all that a plan is made of.
type Input struct {
	Owner       string // the mark of this document's objects: "maasctl:NAME"
	Targets     []Target
	Made        Made // what the caller knows of how this came about
	Kinds       []Kind
	Desired     []*Object
	Collections []Collection
	Live        State
	Manual      []Note
	NotApplied  []Note
	Warnings    []Note
	Prune       bool     // delete owned objects that the document no longer declares
	Select      []string // KIND/NAME of objects at the top; none: all
}

// Make compares and plans. Two calls with the same input, in whatever order its slices and maps come, give the same plan.
func Make(in Input) (*Plan, error) {
	m := newMaker(in)
	var err error
	if m.selection, err = m.selected(); err != nil {
		return nil, err
	}
	m.protect()
	for _, d := range m.desired {
		m.consider(d)
	}
	m.considerUndeclared()
	m.follow()
	m.countUnchanged()
	m.connect()
	m.block()
	m.keepSelected()
	return m.plan()
}

// maker holds the plan in the making.
type maker struct {
	in        Input
	kinds     map[kindKey]Kind
	desired   []*Object // sorted
	declared  State
	born      State // what the server will make along with new objects
	changes   map[Address]*Change
	named     map[Collection]bool
	live      []*Object // sorted
	selection selection
	users     users
	out       Plan
}

type kindKey struct{ system, name string }

func newMaker(in Input) *maker {
	m := &maker{in: in, kinds: map[kindKey]Kind{}, declared: State{}, born: State{}, changes: map[Address]*Change{}}
	m.out = Plan{FormatVersion: FormatVersion, Owner: in.Owner, Targets: in.Targets, Made: in.Made, Select: in.Select}
	for _, k := range in.Kinds {
		m.kinds[kindKey{k.System, k.Name}] = k
	}
	m.desired = slices.Clone(in.Desired)
	m.sort(m.desired)
	m.declared.Put(m.desired...)
	m.named = map[Collection]bool{}
	for _, c := range in.Collections {
		m.named[c] = true
	}
	m.live = make([]*Object, 0, len(in.Live))
	for _, o := range in.Live {
		m.live = append(m.live, o)
	}
	m.sort(m.live)
	return m
}

func (m *maker) kind(o *Object) Kind { return m.kinds[kindKey{o.Address.System(), o.Kind}] }

// consider plans what becomes of one object of the document.
func (m *maker) consider(d *Object) {
	if d.FollowOn != "" {
		return // see follow
	}
	live := m.standing(d)
	switch {
	case d.Absent:
		if live != nil {
			m.remove(d, live)
		}
	case live == nil:
		m.create(d)
	default:
		m.update(d, live)
	}
}

// standing is the object as it stands, or as it will when its parent has just been created.
func (m *maker) standing(d *Object) *Object {
	if l, ok := m.in.Live[d.Address]; ok {
		return l
	}
	if b, ok := m.born[d.Address]; ok || d.Was == "" {
		return b
	}
	if was := d.Parent.Child(d.Kind, d.Was); m.declared[was] == nil {
		return m.born[was] // made along with its parent, under its former name
	}
	return nil
}

func (m *maker) create(d *Object) {
	c := m.change(d, Create)
	c.Desired = d
	c.Fields = append(c.Fields, compare(d.Fields, nil, true, m.known)...)
	kind := m.kind(d)
	if kind.Part && len(c.Fields) == 0 && !m.isNew(d.Parent) {
		delete(m.changes, d.Address)
		return
	}
	if kind.Born != nil {
		m.born.Put(kind.Born(d)...)
	}
}

func (m *maker) update(d, live *Object) {
	owned := m.owned(live)
	if !owned {
		m.noteExtras(d, live)
		d = d.withExtras(live)
	}
	fields := m.withoutFrozen(compare(d.Fields, live.Fields, owned, m.known), d, live)
	for i := range fields {
		if s, ok := d.Sources[fields[i].Name]; ok {
			fields[i].Source = &s
		}
	}
	if len(fields) == 0 {
		return
	}
	c := m.change(d, Update)
	c.Desired, c.Live, c.Fields, c.exact, c.Steps = d, live, fields, owned, live.Steps
	if m.isNew(d.Parent) && m.kind(d).Part {
		c.Action = Create
	}
}

// withoutFrozen takes out the fields that no API changes any more, and names them as work for a person.
func (m *maker) withoutFrozen(fields []FieldChange, d, live *Object) []FieldChange {
	frozen := m.kind(d).Frozen
	return slices.DeleteFunc(fields, func(f FieldChange) bool {
		how, is := frozen[f.Name]
		if is {
			m.out.Manual = append(m.out.Manual, note(live, d, fmt.Sprintf("%s %v: %s", f.Name, f.New, how)))
		}
		return is
	})
}

// withExtras is the object with all elements that the server's has besides: of somebody else's object none is taken away.
func (d *Object) withExtras(live *Object) *Object {
	o := *d
	o.Fields = Fields{}
	for name, want := range d.Fields {
		o.Fields[name] = union(want, live.Fields[name])
	}
	return &o
}

func (m *maker) remove(d, live *Object) {
	kind, why := m.kind(live), m.whyProtected(live, true)
	switch {
	case why != "":
		m.out.Blocked = append(m.out.Blocked, note(live, d, why))
		return
	case kind.Fixed != "":
		m.out.Manual = append(m.out.Manual, note(live, d, "delete it: "+kind.Fixed))
		return
	case live.Builtin:
		m.out.Blocked = append(m.out.Blocked, note(live, d, "the server needs it"))
		return
	}
	if !m.owned(live) {
		m.out.Warnings = append(m.out.Warnings, note(live, d, m.notOurs(live)))
	}
	c := m.change(live, Delete)
	c.Desired, c.Live = d, live
	c.Source = source(d)
}

func (m *maker) change(o *Object, action Action) *Change {
	c := &Change{
		Address: o.Address, System: o.Address.System(), Kind: o.Kind, Name: o.Name, Parent: o.Parent,
		Part: m.kind(o).Part, Action: action, Source: source(o), Fields: []FieldChange{}, DependsOn: []Address{}, Lane: m.lane(o),
		exact: true, frozen: m.kind(o).Frozen, Answered: m.kind(o).Answered,
	}
	m.changes[o.Address] = c
	return c
}

// isNew tells whether this plan creates the object.
func (m *maker) isNew(a Address) bool {
	c, ok := m.changes[a]
	return ok && c.Action == Create && !c.Part
}

// lane is what the object is written one at a time with: the nearest object from it upwards that stands apart, or the top.
func (m *maker) lane(o *Object) Address {
	for at := o; at != nil; at = m.parent(at) {
		if m.kind(at).Apart {
			return at.Address
		}
	}
	return o.Address.Root()
}

// parent is the object above, as it stands or as it is wanted; nil at the top.
func (m *maker) parent(o *Object) *Object {
	if p, ok := m.in.Live[o.Parent]; ok {
		return p
	}
	return m.declared[o.Parent]
}

// owned tells whether the object is this document's: it, or the nearest object above that can, carries the owner's mark,
// or what is at the top is new.
func (m *maker) owned(o *Object) bool {
	if owner := m.owner(o); owner != "" {
		return owner == m.in.Owner
	}
	_, stands := m.in.Live[o.Address.Root()]
	return !stands && m.isNew(o.Address.Root())
}

// owner is the mark of the object or of the nearest one above that has one.
func (m *maker) owner(o *Object) string {
	for at := o; at != nil; at = m.in.Live[at.Parent] {
		if at.Owner != "" {
			return at.Owner
		}
	}
	if root, ok := m.in.Live[o.Address.Root()]; ok {
		return root.Owner
	}
	return ""
}

// notOurs warns of a deletion that the document names, though what goes isn't its own.
func (m *maker) notOurs(o *Object) string {
	if owner := m.owner(o); owner != "" && owner != Nobody {
		return "it is deleted though " + owner + " manages it"
	}
	return "it is deleted though maasctl didn't make it"
}

// known gives a handed-over value if the object that has it keeps it as it is.
func (m *maker) known(h Handed) (any, bool) {
	live, ok := m.in.Live[h.From]
	if !ok {
		return nil, false
	}
	if c, ok := m.changes[h.From]; ok {
		if c.Action != Update || slices.ContainsFunc(c.Fields, func(f FieldChange) bool { return f.Name == h.Field }) {
			return nil, false
		}
	}
	if v, ok := live.Fields[h.Field]; ok {
		return v, true
	}
	v, ok := live.Outputs[h.Field]
	return v, ok
}

// considerUndeclared names, or with --prune deletes, what is owned and no longer declared. With --target, that is what the
// targets name and what is below them: no deletion takes another along that isn't named.
func (m *maker) considerUndeclared() {
	for _, l := range m.live {
		if _, declared := m.declared[l.Address]; declared || l.Builtin || m.kind(l).Part || m.goesWithParent(l) {
			continue
		}
		if !m.named[Collection{Kind: l.Kind, Parent: l.Parent, System: l.Address.System()}] {
			continue
		}
		fixed, owned, why := m.kind(l).Fixed, m.owned(l), m.whyProtected(l, false)
		switch {
		case !owned && (l.Parent == "" || !m.selection.has(l.Address)): // of those at the top, nobody has asked for all
		case !owned:
			m.out.Extras = append(m.out.Extras, Extra{Note: note(l, nil, m.stays(l))})
		case !m.selection.has(l.Address):
			m.out.Partial = m.out.Partial || m.in.Prune && fixed == "" && why == ""
		case fixed != "":
			m.out.Undeclared = append(m.out.Undeclared, note(l, nil, "undeclared; no API deletes it: "+fixed))
		case why != "" && m.in.Prune:
			m.out.Blocked = append(m.out.Blocked, note(l, nil, why))
		case why != "":
			m.out.Undeclared = append(m.out.Undeclared, note(l, nil, "undeclared, and stays: "+why))
		case m.in.Prune:
			m.change(l, Delete).Live = l
		default:
			m.out.Undeclared = append(m.out.Undeclared, note(l, nil, "undeclared; --prune would delete it"))
			m.out.Summary.Prune++
		}
	}
}

// goesWithParent tells whether something above the object is deleted, which takes it along.
func (m *maker) goesWithParent(o *Object) bool {
	for at := o.Parent; at != ""; {
		if c, ok := m.changes[at]; ok && c.Action == Delete {
			return true
		}
		p, ok := m.in.Live[at]
		if !ok {
			return false
		}
		at = p.Parent
	}
	return false
}

// renewed is what becomes of an object that changes only because others do.
const renewed = "new"

// follow plans the objects that change because others do: deployments.
func (m *maker) follow() {
	for _, d := range m.desired {
		if d.FollowOn == "" || d.Absent {
			continue
		}
		live := m.standing(d)
		var fields []FieldChange
		if live != nil {
			fields = compare(d.Fields, live.Fields, true, m.known)
		}
		moved := slices.ContainsFunc(d.Follows, func(a Address) bool { return m.changes[a] != nil && !m.changes[a].onlyGuards() })
		if live != nil && len(fields) == 0 && !moved {
			continue
		}
		if len(fields) == 0 {
			f := FieldChange{Name: d.FollowOn, Action: SetField, New: renewed}
			if live != nil {
				f.Old = live.Fields[d.FollowOn]
			}
			fields = append(fields, f)
		}
		c := m.change(d, Update)
		if m.isNew(d.Parent) {
			c.Action = Create
		}
		c.Desired, c.Live, c.Fields = d, live, fields
	}
}

// sent lists the fields that a create or an update takes along unseen.
func (c *Change) sent() []FieldChange {
	if c.Desired == nil || c.Action == Delete {
		return nil
	}
	unseen := Fields{}
	maps.Copy(unseen, c.Desired.Unread)
	if c.Action == Create {
		maps.Copy(unseen, c.Desired.Initial)
	}
	var out []FieldChange
	for _, name := range slices.Sorted(maps.Keys(unseen)) {
		f := FieldChange{Name: name, Action: SetField, New: unseen[name]}
		if s, ok := c.Desired.Sources[name]; ok {
			f.Source = &s
		}
		out = append(out, f)
	}
	return out
}

func note(o, said *Object, why string) Note {
	return Note{Address: o.Address, Kind: o.Kind, Name: o.Name, Why: why, Source: source(said)}
}

func source(o *Object) *Source {
	if o == nil || o.Source == (Source{}) {
		return nil
	}
	s := o.Source
	return &s
}

func (m *maker) plan() (*Plan, error) {
	for _, c := range m.changes {
		c.Sent = c.sent()
		if c.Live != nil {
			mark, err := fingerprint(c.Live)
			if err != nil {
				return nil, fmt.Errorf("plan %s: %w", c.Address, err)
			}
			c.Fingerprint = mark
		}
	}
	if err := m.sortChanges(); err != nil {
		return nil, err
	}
	s := Tally(m.out.Changes)
	m.out.Summary.Create, m.out.Summary.Update, m.out.Summary.Delete = s.Create, s.Update, s.Delete
	m.out.Manual = append(m.out.Manual, m.in.Manual...)
	m.out.NotApplied = append(m.out.NotApplied, m.in.NotApplied...)
	m.out.Warnings = append(m.out.Warnings, m.in.Warnings...)
	for _, notes := range []*[]Note{&m.out.Manual, &m.out.Behind, &m.out.NotApplied, &m.out.Undeclared, &m.out.Blocked, &m.out.Warnings} {
		if *notes == nil {
			*notes = []Note{}
		}
		slices.SortStableFunc(*notes, func(a, b Note) int {
			return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Why, b.Why))
		})
	}
	if m.out.Extras == nil {
		m.out.Extras = []Extra{}
	}
	slices.SortStableFunc(m.out.Extras, func(a, b Extra) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Element, b.Element))
	})
	m.out.Empty = len(m.out.Changes) == 0
	m.out.wanted = m.declared
	return &m.out, nil
}
