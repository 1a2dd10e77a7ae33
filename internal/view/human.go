package view

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/pkg/plan"
)

// Human writes a plan for a person.
func Human(w io.Writer, p *plan.Plan, style Style) error {
	h := &human{style: style}
	for _, t := range p.Targets {
		h.target(p, t)
	}
	h.notes("Manual", p.Manual, func(n plan.Note) string { return "· " + noteTitle(n) + " " + n.Why })
	h.notes("Not applied", p.NotApplied, func(n plan.Note) string { return "· " + noteTitle(n) + ": " + n.Why })
	if h.b.Len() > 0 {
		h.b.WriteByte('\n')
	}
	return Print(w, "%s", Styled(h.b.String()))
}

// SummaryLine counts what a plan does.
func SummaryLine(p *plan.Plan) string {
	s := p.Summary
	parts := []string{}
	for _, c := range []struct {
		n    int
		what string
	}{{s.Create, "to create"}, {s.Update, "to update"}, {s.Delete, "to delete"}, {s.Prune, "to delete with --prune"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if s.Create+s.Update+s.Delete == 0 {
		parts = append([]string{"No changes"}, parts...)
	}
	line := strings.Join(append(parts, fmt.Sprintf("%d unchanged", s.Unchanged)), ", ") + "."
	if p.Partial {
		line += " --target left other changes out."
	}
	return line
}

type human struct {
	style Style
	b     strings.Builder
}

// block is what is to be said about one object at the top.
type block struct {
	root    plan.Address
	change  *plan.Change
	changes []*plan.Change // below it
	notes   []mark
}

// mark is a note with the sign in front of it.
type mark struct {
	sign string
	note plan.Note
}

func (h *human) target(p *plan.Plan, t plan.Target) {
	blocks := blocksOf(p, t.System)
	name := t.System
	if name != "" {
		name = strings.ToUpper(name[:1]) + name[1:]
	}
	h.print("%s  %s\n", styled(h.style.bold, name), host(t.URL))
	if len(blocks) == 0 {
		h.print("  %s\n", styled(h.style.dim, "nothing to change"))
	}
	for _, b := range blocks {
		h.block(b)
	}
}

// host is a server's address without what every address has.
func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return raw
	}
	return u.Host + strings.TrimSuffix(u.Path, "/")
}

func blocksOf(p *plan.Plan, system string) []*block {
	var order []*block
	byRoot := map[plan.Address]*block{}
	at := func(a plan.Address) *block {
		root := a.Root()
		if byRoot[root] == nil {
			byRoot[root] = &block{root: root}
			order = append(order, byRoot[root])
		}
		return byRoot[root]
	}
	for _, c := range p.Changes {
		if c.System != system {
			continue
		}
		b := at(c.Address)
		if c.Address == b.root {
			b.change = c
		} else {
			b.changes = append(b.changes, c)
		}
	}
	for _, set := range []struct {
		sign  string
		notes []plan.Note
	}{{"!", p.Warnings}, {"!", p.Blocked}, {"?", p.Undeclared}} {
		for _, n := range set.notes {
			if n.Address.System() == system {
				b := at(n.Address)
				b.notes = append(b.notes, mark{set.sign, n})
			}
		}
	}
	return order
}

func (h *human) block(b *block) {
	switch {
	case b.change != nil && b.change.Action == plan.Create && !b.change.Part:
		h.line("+", title(b.root), counts(b.changes), topIndent)
	case b.change != nil && b.change.Action == plan.Delete:
		h.line("-", title(b.root), "", topIndent)
	case b.change == nil && len(b.changes) == 0: // nothing but notes
		for _, m := range b.notes {
			h.line(m.sign, noteTitle(m.note), m.note.Why, topIndent)
		}
		return
	default:
		h.line("~", title(b.root), "", topIndent)
		h.rows(b)
	}
	for _, m := range b.notes {
		what, why := belowTitle(m.note.Address, b.root), m.note.Why
		if what == "" { // about the object at the top itself
			what, why = why, ""
		}
		h.line(m.sign, what, why, belowIndent)
	}
}

// rows are the single changes of one object and of what stands below it.
func (h *human) rows(b *block) {
	if b.change != nil {
		h.fields("", b.change.Fields)
	}
	for _, c := range b.changes {
		h.change(b.root, c)
	}
}

func (h *human) change(root plan.Address, c *plan.Change) {
	below := belowTitle(c.Address, root)
	switch {
	case c.Action == plan.Delete:
		h.line("-", below, "", belowIndent)
	case c.Action == plan.Create && !c.Part:
		h.line("+", below, "", belowIndent)
	default:
		prefix := below
		if c.Part { // the part's fields say what it is
			prefix = belowTitle(c.Parent, root)
			if len(c.Fields) > 0 && c.Fields[0].Element == "" {
				prefix = strings.TrimSpace(prefix + " " + c.Kind)
			}
		}
		h.fields(prefix, c.Fields)
	}
}

func (h *human) fields(prefix string, fields []plan.FieldChange) {
	whole := slices.ContainsFunc(fields, func(f plan.FieldChange) bool { return f.Action == plan.Order })
	for _, f := range fields {
		switch {
		case f.Action == plan.Order:
			h.order(strings.TrimSpace(prefix+" "+f.Name+" order"), f, fields)
		case f.Action != plan.Move || !whole: // single moves are in the order
			h.field(prefix, f)
		}
	}
}

// order writes a list as it will be, an element a line, with where those come from that are new or have moved.
func (h *human) order(name string, f plan.FieldChange, fields []plan.FieldChange) {
	elements, _ := f.New.([]any)
	before, _ := f.Old.([]any)
	from := origins(elements, before, fields)
	width := 0
	for _, e := range elements {
		width = max(width, utf8.RuneCountInString(Escape(fmt.Sprint(e))))
	}
	for i, e := range elements {
		text := Escape(fmt.Sprint(e))
		if from[i] != "" {
			text += strings.Repeat(" ", width-utf8.RuneCountInString(text)+3) + from[i]
		}
		h.line(" ", name, fmt.Sprintf("%*d. %s", len(strconv.Itoa(len(elements))), i+1, text), belowIndent)
		name = strings.Repeat(" ", utf8.RuneCountInString(name)) // said once
	}
}

// origins says of each element of a list that it is new, or in which place it was; nothing of those that stay.
func origins(elements, before []any, fields []plan.FieldChange) []string {
	from := make([]string, len(elements))
	there := map[any]int{}
	for _, e := range before {
		there[e]++
	}
	for i, e := range elements {
		if there[e]--; there[e] < 0 {
			from[i] = "new"
		}
	}
	for _, f := range fields {
		if place, ok := f.New.(int64); ok && f.Action == plan.Move {
			from[place-1] = fmt.Sprintf("was %v", f.Old)
		}
	}
	return from
}

func (h *human) field(prefix string, f plan.FieldChange) {
	name := strings.TrimSpace(prefix + " " + f.Name)
	switch f.Action {
	case plan.Add:
		h.line("+", name, f.Element+detail(f.New), belowIndent)
	case plan.Remove:
		h.line("-", name, f.Element, belowIndent)
	case plan.Move:
		h.line(" ", name, fmt.Sprintf("%s   place %v → %v", f.Element, f.Old, f.New), belowIndent)
	default:
		h.set(name, f)
	}
}

// mostLeaves is how many differences inside one value are shown; -o json has them all.
const mostLeaves = 8

// set writes what becomes of a value; of one that holds others, a line for each that differs.
func (h *human) set(name string, f plan.FieldChange) {
	found := leaves("", f.Old, f.New)
	for i, l := range found {
		if i == mostLeaves {
			h.line(" ", name, fmt.Sprintf("and %d more", len(found)-i), belowIndent)
			return
		}
		what := strings.TrimSpace(f.Element + " " + l.path)
		if what != "" {
			what += "   "
		}
		h.line(" ", name, what+value(l.old)+" → "+value(l.new), belowIndent)
	}
}

// detail is an added element's value, where it says more than its label.
func detail(v any) string {
	switch v.(type) {
	case nil, bool, map[string]any:
		return ""
	}
	return "   " + value(v)
}

// The columns of a plan: objects at the top, and what is said below them.
const (
	topIndent, belowIndent = 2, 6
	topColumn, belowColumn = 52, 20 // where the text of a line begins
)

// line writes one line: a sign (" " for none), what it is about, and what is to be said, in columns.
func (h *human) line(sign, what, text string, indent int) {
	column := belowColumn
	if indent == topIndent {
		column = topColumn
	}
	head := strings.Repeat(" ", indent)
	what, text = Escape(what), strings.TrimRight(Escape(text), " ")
	width := utf8.RuneCountInString(what)
	if sign != " " {
		head += string(h.sign(sign)) + " "
		width += 2
	}
	if text == "" {
		h.print("%s%s\n", Styled(head), strings.TrimRight(what, " "))
		return
	}
	h.print("%s%s%s%s\n", Styled(head), what, strings.Repeat(" ", max(2, column-indent-width)), text)
}

func (h *human) sign(s string) Styled {
	switch s {
	case "+":
		return styled(h.style.add, s)
	case "-":
		return styled(h.style.remove, s)
	case "~":
		return styled(h.style.change, s)
	case "!", "?":
		return styled(h.style.warn, s)
	}
	return Styled(Escape(s))
}

func (h *human) notes(head string, notes []plan.Note, text func(plan.Note) string) {
	if len(notes) == 0 {
		return
	}
	h.print("%s\n", styled(h.style.bold, head))
	for _, n := range notes {
		h.print("  %s\n", text(n))
	}
}

func (h *human) print(format string, args ...any) { _ = Print(&h.b, format, args...) } // a builder's writes don't fail

// noteTitle names the object of a note from the top down: "product granite plan free".
func noteTitle(n plan.Note) string {
	return strings.Join(n.Address.Below(plan.Address(n.Address.System()+":")), " ")
}

// belowTitle names an object below root: "plan free", and with what is between: "plan free limits".
func belowTitle(a, root plan.Address) string {
	return strings.Join(a.Below(root), " ")
}

// counts says how many of each kind come along with a new object.
func counts(changes []*plan.Change) string {
	var order []string
	n := map[string]int{}
	count := func(kind string, by int) {
		if by > 0 && n[kind] == 0 {
			order = append(order, kind)
		}
		n[kind] += by
	}
	for _, c := range changes {
		if c.Action == plan.Create && !c.Part {
			count(c.Kind, 1)
			continue
		}
		for _, f := range c.Fields {
			if f.Action == plan.Add && f.Element != "" {
				count(f.Name, 1)
			}
		}
	}
	var out []string
	for _, kind := range order {
		out = append(out, plural(n[kind], kind))
	}
	return strings.Join(out, ", ")
}

func plural(n int, what string) string {
	switch {
	case n == 1 || strings.HasSuffix(what, "s"):
		return fmt.Sprintf("%d %s", n, what)
	case strings.HasSuffix(what, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(what, "y"))
	}
	return fmt.Sprintf("%d %ss", n, what)
}
