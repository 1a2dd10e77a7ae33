package threescale

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/plan"
)

// managedBy is the one annotation that 3scale allows, of products, backends and accounts: 255 characters of any text. It
// holds the owner, and what is protected: "maasctl:shop protect=itself,plan/gold".
const (
	managedBy   = "managed_by"
	markLength  = 255
	guardsStart = "protect="
)

// markForm is a mark that maasctl has written; any other text is somebody else's, and left alone.
var markForm = lazyregexp.New(`^(maasctl:\S+)?(^| )?(protect=\S+)?$`)

// mark is what the annotation says.
type mark struct {
	owner  string
	guards plan.Set // elements of plan.FieldProtect
	sealed bool     // there is no room for guards
}

func markIn(annotations map[string]string) mark {
	text := annotations[managedBy]
	if !markForm.MatchString(text) {
		return mark{owner: text, sealed: true}
	}
	m := mark{guards: plan.Set{}}
	for _, word := range strings.Fields(text) {
		names, ok := strings.CutPrefix(word, guardsStart)
		if !ok {
			m.owner = word
			continue
		}
		for _, n := range strings.Split(names, ",") {
			m.guards[n] = true
		}
	}
	return m
}

// ownerIn is who manages an object that has these annotations.
func ownerIn(annotations map[string]string) string { return markIn(annotations).owner }

// put makes a live object one with this mark.
func (m mark) put(o *plan.Object) {
	o.Owner, o.Sealed = m.owner, m.sealed
	if len(m.guards) > 0 {
		o.Fields[plan.FieldProtect] = m.guards
	}
}

// text is the annotation. Where the names of what is protected have no room, the longest of them are cut to fingerprints.
func (m mark) text() (string, error) {
	var names []string
	for n, v := range m.guards {
		if v != nil {
			names = append(names, strings.ReplaceAll(n, ",", "%2C"))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for i := 0; ; i++ {
		text := m.owner
		if len(names) > 0 {
			text = strings.TrimSpace(text + " " + guardsStart + strings.Join(slices.Sorted(slices.Values(names)), ","))
		}
		switch {
		case utf8.RuneCountInString(text) <= markLength:
			return text, nil
		case i == len(names):
			return "", errors.New("3scale keeps 255 characters for the owner and what is protected, which isn't enough for so many: protect what they are below instead")
		}
		if !strings.HasPrefix(names[i], "#") {
			names[i] = plan.ShortGuard(strings.ReplaceAll(names[i], "%2C", ","))
		}
	}
}

// annotations take the mark out of the fields of a change, which has no attribute for it; nil where it stays as it is.
func (s *Session) annotations(c *change, fields plan.Fields) (map[string]string, error) {
	guards, said := fields[plan.FieldProtect].(plan.Set)
	delete(fields, plan.FieldProtect)
	m := mark{owner: s.config.Owner, guards: guards}
	if c.Live != nil {
		if !said {
			return nil, nil //nolint:nilnil // it stays
		}
		m.owner = c.Live.Owner
	}
	text, err := m.text()
	return map[string]string{managedBy: text}, err
}

// tooManyGuards tells of what the document protects for which 3scale has no room.
func (r *reader) tooManyGuards() error {
	guards := map[plan.Address]plan.Set{}
	for _, d := range r.desired {
		if root := d.Address.Root(); d.Protect && !d.Absent {
			if guards[root] == nil {
				guards[root] = plan.Set{}
			}
			guards[root][strings.TrimPrefix(string(d.Address), string(root)+"/")] = true
		}
	}
	var errs []error
	for _, a := range slices.Sorted(maps.Keys(guards)) {
		root := r.desired[a]
		if root == nil {
			continue
		}
		if _, err := (mark{owner: r.s.config.Owner, guards: guards[a]}).text(); err != nil {
			errs = append(errs, root.Errorf("%s %s: %v", root.Kind, root.Name, err))
		}
	}
	return errors.Join(errs...)
}
