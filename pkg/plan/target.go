package plan

import (
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

// selection is what --target names; without one it is everything.
type selection struct {
	all   bool
	roots map[Address]bool
}

// has tells whether the object is one that is named, or below one.
func (s selection) has(a Address) bool { return s.all || s.roots[a.Root()] }

// selected finds the objects that the input's KIND/NAMEs name.
func (m *maker) selected() (selection, error) {
	s := selection{all: len(m.in.Select) == 0, roots: map[Address]bool{}}
	all := slices.Concat(m.desired, m.live)
	for _, target := range m.in.Select {
		found := false
		for _, o := range all {
			if root := o.Address.Root(); title(root) == target {
				s.roots[root], found = true, true
			}
		}
		if !found {
			return s, fmt.Errorf("target %q: %s", target, noTarget(target, all))
		}
	}
	return s, nil
}

// Selection is an object at the top as Input.Select names it.
func Selection(o *Object) string { return title(o.Address.Root()) }

// title is an object as --target names it: KIND/NAME, and the kind alone where there is one only.
func title(a Address) string { return strings.Join(lastStep(a), "/") }

// lastStep is the kind of the object itself, and its name where it has one.
func lastStep(a Address) []string {
	if name := a.Name(); name != "" {
		return []string{a.LastKind(), name}
	}
	return []string{a.LastKind()}
}

// noTarget says why there is no such target, and which was meant: what stands below another object goes with that one.
func noTarget(target string, all []*Object) string {
	var titles, owners []string
	for _, o := range all {
		root := title(o.Address.Root())
		titles = append(titles, root)
		if o.Parent != "" && (title(o.Address) == target || strings.HasPrefix(target, root+"/")) {
			owners = append(owners, root)
		}
	}
	slices.Sort(owners)
	if owners = slices.Compact(owners); len(owners) > 0 {
		return "what is below another object goes with it; did you mean " + quoted(owners) + "?"
	}
	const form = "there is no such object in the document or on the server; a target is KIND/NAME of an object at the top"
	slices.Sort(titles)
	titles = slices.Compact(titles)
	kind, _, _ := strings.Cut(target, "/")
	sameKind := slices.DeleteFunc(slices.Clone(titles), func(t string) bool { return t != kind && !strings.HasPrefix(t, kind+"/") })
	if len(sameKind) > 0 {
		titles = sameKind
	}
	if meant := near.Name(target, titles); meant != "" {
		return form + fmt.Sprintf("; did you mean %q?", meant)
	}
	return form + "; there is " + quoted(titles)
}

// quoted lists names, a few of many.
func quoted(names []string) string {
	const few = 5
	text := make([]string, 0, few)
	for _, n := range names[:min(few, len(names))] {
		text = append(text, fmt.Sprintf("%q", n))
	}
	list := strings.Join(text, ", ")
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", list, len(names)-few)
	}
	return list
}

// keepSelected leaves only the changes of the selected objects, and what those have to wait for.
func (m *maker) keepSelected() {
	if m.selection.all {
		return
	}
	keep := map[Address]bool{}
	var take func(a Address)
	take = func(a Address) {
		if keep[a] || m.changes[a] == nil {
			return
		}
		keep[a] = true
		for _, b := range m.changes[a].DependsOn {
			take(b)
		}
	}
	for a := range m.changes {
		if m.selection.has(a) {
			take(a)
		}
	}
	for a := range m.changes {
		if !keep[a] {
			delete(m.changes, a)
			m.out.Partial = true
		}
	}
}
