package threescale

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// listed is one object of a list whose names several may have.
type listed struct {
	name string
	id   int64

	// fits tells how surely it is an object of the document: certain, likely or possible; below 0 it isn't. nil: possible.
	fits func(d *plan.Object) int
}

const (
	possible = iota
	likely
	certain
)

func (w listed) rank(d *plan.Object) int {
	if w.fits == nil {
		return possible
	}
	return w.fits(d)
}

// collection are the objects of one kind below one parent.
type collection struct {
	parent plan.Address
	kind   string
}

// collections sorts objects into their collections, by name.
func collections(objects plan.State) map[collection][]*plan.Object {
	out := map[collection][]*plan.Object{}
	for _, d := range objects {
		at := collection{d.Parent, d.Kind}
		out[at] = append(out[at], d)
	}
	for _, all := range out {
		slices.SortFunc(all, func(a, b *plan.Object) int { return cmp.Compare(a.Name, b.Name) })
	}
	return out
}

// keysOf are the document's keys for objects that the server knows by their names only, row by row. A former name belongs to
// the object that was renamed, unless there is one of the new name already. Where several have a name, it is the surest one's,
// and the others go by their numbers as well; where that isn't one, nobody chooses.
func (r *reader) keysOf(at collection, rows []listed) ([]string, error) {
	keys := make([]string, len(rows))
	given := make([]bool, len(rows))
	byName := map[string][]int{}
	for i, w := range rows {
		byName[w.name] = append(byName[w.name], i)
	}
	declared := map[string]bool{}
	wanted := r.collections[at]
	for _, d := range wanted {
		declared[d.Name] = true
	}
	var errs []error
	for _, d := range wanted {
		names := []string{d.Name}
		if d.Was != "" && !declared[d.Was] {
			names = append(names, d.Was)
		}
		i, err := surest(d, names, rows, byName, given)
		errs = append(errs, err)
		if i >= 0 {
			keys[i], given[i] = d.Name, true
		}
	}
	for i, w := range rows {
		if given[i] {
			continue
		}
		keys[i] = w.name
		if declared[w.name] {
			keys[i] = numbered(w.name, w.id)
		}
		declared[w.name] = true
	}
	return keys, errors.Join(errs...)
}

// surest finds the row that is an object of the document, or -1.
func surest(d *plan.Object, names []string, rows []listed, byName map[string][]int, given []bool) (int, error) {
	for rank := certain; rank >= possible; rank-- {
		for _, name := range names {
			var found []int
			for _, i := range byName[name] {
				if !given[i] && rows[i].rank(d) == rank {
					found = append(found, i)
				}
			}
			if len(found) == 1 {
				return found[0], nil
			}
			if len(found) > 1 {
				var ids []int64
				for _, i := range found {
					ids = append(ids, rows[i].id)
				}
				return -1, ambiguous(d, name, ids)
			}
		}
	}
	return -1, nil
}

// ambiguous is the error for a name that several objects have.
func ambiguous(d *plan.Object, name string, ids []int64) error {
	var numbers []string
	for _, id := range ids {
		numbers = append(numbers, fmt.Sprint(id))
	}
	whose := ""
	if d.Parent != "" {
		whose = fmt.Sprintf(" of %s %s", d.Parent.LastKind(), d.Parent.Name())
	}
	return d.Errorf("%s %s%s: 3scale has %d of the name %q, with the numbers %s, and nothing tells which of them is meant: rename or delete the others there",
		d.Kind, d.Name, whose, len(ids), name, strings.Join(numbers, " and "))
}

// numbered is the key of an object whose name another one has.
func numbered(name string, id int64) string { return fmt.Sprintf("%s (%d)", name, id) }

// apart makes sure that each object has an address of its own. Of names that are unique by 3scale's rules, calls at one
// instant may still have made two: where the document means one of them, nobody chooses.
func (r *reader) apart(found []*plan.Object) error {
	same := map[plan.Address][]*plan.Object{}
	for _, o := range found {
		same[o.Address] = append(same[o.Address], o)
	}
	var errs []error
	for _, o := range found {
		twins := same[o.Address]
		if len(twins) < 2 {
			continue
		}
		delete(same, o.Address)
		var ids []int64
		for _, t := range twins {
			id, _ := t.Outputs["id"].(int64)
			ids = append(ids, id)
		}
		if d := r.desired[o.Address]; d != nil {
			errs = append(errs, ambiguous(d, d.Name, ids))
			continue
		}
		for i, t := range twins {
			if i > 0 {
				t.Name = numbered(t.Name, ids[i])
				t.Address = address(t.Parent, t.Kind, t.Name)
			}
			r.s.learn(t.Address, ids[i])
		}
	}
	return errors.Join(errs...)
}
