package plan

import (
	"reflect"
	"slices"
)

// Unkept is what an apply has written and the server doesn't show: it took the request and kept something else.
type Unkept struct {
	Note
	Fields []FieldChange `json:"fields"` // Old is what the server has, New what was written; none where the object itself is the matter
}

// Why an object isn't as it was written.
const (
	whyLost    = "it was made, and isn't there"
	whyStands  = "it was deleted, and is still there"
	whyAltered = "it was written, and the server has something else"
)

// Unkept compares what the servers have after an apply with what the changes that were carried out have written. before is
// what was read when the plan was made, after what was read since.
func (p *Plan) Unkept(carriedOut []*Change, before, after State) []Unkept {
	known := func(h Handed) (any, bool) { return p.known(h, before, after) }
	out := []Unkept{}
	for _, c := range carriedOut {
		live := after[c.Address]
		switch {
		case c.Action == Delete && live != nil && live.Outputs["id"] == c.Live.Outputs["id"]: // else another of its name
			out = append(out, Unkept{note(live, c.Desired, whyStands), []FieldChange{}})
		case c.Action == Delete:
		case live == nil:
			out = append(out, Unkept{note(c.Desired, c.Desired, whyLost), []FieldChange{}})
		default:
			if fields := c.unkept(live, known); len(fields) > 0 {
				out = append(out, Unkept{note(live, c.Desired, whyAltered), fields})
			}
		}
	}
	return out
}

// TookEffect tells whether the servers show anything of a change that failed, and whether they can: what they never show
// leaves that open.
func (p *Plan) TookEffect(c *Change, before, after State) (made, known bool) {
	live := after[c.Address]
	if c.Action != Update || live == nil {
		return (c.Action == Delete) == (live == nil), c.Action != Update
	}
	left := compare(c.Desired.Fields, live.Fields, c.exact, func(h Handed) (any, bool) { return p.known(h, before, after) })
	for _, f := range c.Fields {
		same := func(l FieldChange) bool {
			return l.Name == f.Name && l.Element == f.Element && l.Action == f.Action && reflect.DeepEqual(l.Old, f.Old)
		}
		if !slices.ContainsFunc(left, same) {
			return true, true
		}
	}
	return false, len(c.Desired.Unread) == 0
}

// known is what an object has handed over: as it was read last, or else before.
func (p *Plan) known(h Handed, before, after State) (any, bool) {
	for _, state := range []State{after, before} {
		if o, ok := state[h.From]; ok {
			if v, ok := o.Outputs[h.Field]; ok {
				return v, true
			}
			v, ok := o.Fields[h.Field]
			return v, ok
		}
	}
	return nil, false
}

// unkept are the fields that the server has otherwise than they were written. What another object hands over counts only
// where that is known, and what no API changes not at all.
func (c *Change) unkept(live *Object, known func(Handed) (any, bool)) []FieldChange {
	var out []FieldChange
	for _, f := range compare(c.Desired.Fields, spelledOut(live.Fields, c.Desired.Fields), c.exact, known) {
		_, handed := f.New.(Handed)
		if _, frozen := c.frozen[f.Name]; handed || frozen && c.Action != Create {
			continue
		}
		if s, ok := c.Desired.Sources[f.Name]; ok {
			f.Source = &s
		}
		out = append(out, f)
	}
	return out
}

// Ancestors are the objects above one, from the top down, as they are wanted or as they stood.
func (p *Plan) Ancestors(o *Object, before State) []*Object {
	var up []*Object
	for at := o.Parent; at != ""; {
		above := p.wanted[at]
		if above == nil {
			above = before[at]
		}
		if above == nil {
			break
		}
		up = append([]*Object{above}, up...)
		at = above.Parent
	}
	return up
}

// Wanted are all objects of one system that the plan was made for.
func (p *Plan) Wanted(system string) State {
	out := State{}
	for a, o := range p.wanted {
		if a.System() == system {
			out[a] = o
		}
	}
	return out
}

// Object is what the change is about: as it is wanted, or as it stood where the document doesn't name it.
func (c *Change) Object() *Object { return c.object() }

// Against is what is left of a change where the object is like this by now.
func (c *Change) Against(live *Object, known func(Handed) (any, bool)) *Change {
	rest := *c
	rest.Live, rest.Fields = live, []FieldChange{}
	for _, f := range compare(c.Desired.Fields, live.Fields, c.exact, known) {
		if _, frozen := c.frozen[f.Name]; !frozen {
			rest.Fields = append(rest.Fields, f)
		}
	}
	return &rest
}
