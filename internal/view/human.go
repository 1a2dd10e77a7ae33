package view

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/pkg/plan"
)

// Detail is how much of new objects is shown.
type Detail int

// The details: all that is decided about new objects, or how many come along with each.
const (
	Full Detail = iota
	Counts
)

// Human writes a plan for a person.
func Human(w io.Writer, p *plan.Plan, detail Detail, style Style) error {
	h := &human{style: style, detail: detail}
	for _, t := range p.Targets {
		h.target(p, t)
	}
	h.notes("Manual", p.Manual, func(n plan.Note) string { return "· " + noteTitle(n) + " " + n.Why })
	h.notes("Not promoted; maasctl promote shows it and asks", p.Behind, func(n plan.Note) string { return "· " + noteTitle(n) + ": " + n.Why })
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
	}{{s.Create, "to create"}, {s.Update, "to update"}, {s.Delete, "to delete"}, {s.Along, "to go along"}, {s.Prune, "to delete with --prune"}} {
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
	style  Style
	detail Detail
	b      strings.Builder
}

// block is what is to be said about one object at the top.
type block struct {
	root    plan.Address
	change  *plan.Change
	changes []*plan.Change // below it
	notes   []mark
	extras  []plan.Extra
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
	for _, e := range p.Extras {
		if e.Address.System() == system {
			b := at(e.Address)
			b.extras = append(b.extras, e)
		}
	}
	return order
}

func (h *human) block(b *block) {
	switch {
	case b.isNew():
		h.created(b)
	case b.change != nil && b.change.Action == plan.Delete:
		h.line("-", title(b.root), "", topIndent)
		h.loss(b.change, belowIndent)
	case b.change == nil && len(b.changes) == 0: // nothing but notes
		for _, m := range b.notes {
			h.line(m.sign, noteTitle(m.note), m.note.Why, topIndent)
		}
		if len(b.extras) > 0 {
			h.line(" ", title(b.root), "", topIndent)
			h.extras(b)
		}
		return
	default:
		h.line(b.sign(), title(b.root), "", topIndent)
		h.rows(b)
	}
	for _, m := range b.notes {
		what, why := belowTitle(m.note.Address, b.root), m.note.Why
		if what == "" { // about the object at the top itself
			what, why = why, ""
		}
		h.line(m.sign, what, why, belowIndent)
	}
	h.extras(b)
}

// isNew tells whether the object at the top is created.
func (b *block) isNew() bool {
	return b.change != nil && b.change.Action == plan.Create && !b.change.Part
}

// sign tells whether the object at the top changes, itself or a part of it, or only others below it.
func (b *block) sign() string {
	if b.change != nil || slices.ContainsFunc(b.changes, func(c *plan.Change) bool { return c.Part && c.Parent == b.root }) {
		return "~"
	}
	return " "
}

// rows are the single changes of one object and of what stands below it.
func (h *human) rows(b *block) {
	if b.change != nil {
		h.fields("", b.change.Fields)
		h.sent("", b.change)
	}
	below := b.belowNew()
	for _, c := range b.changes {
		switch _, comesAlong := below[c.Parent]; {
		case c.Action != plan.Create:
			h.change(b.root, c)
		case comesAlong && h.detail == Counts:
		case comesAlong && c.Part:
			h.said(prefixOf(c, b.root), c)
		case !c.Part:
			h.child(b, c, below)
		default:
			h.change(b.root, c)
		}
	}
}

// belowNew are the changes below each object that is created, as far as they stand directly below it.
func (b *block) belowNew() map[plan.Address][]*plan.Change {
	out := map[plan.Address][]*plan.Change{}
	for _, c := range b.changes {
		if c.Action == plan.Create && !c.Part {
			out[c.Address] = nil
		}
	}
	for _, c := range b.changes {
		if known, isNew := out[c.Parent]; isNew {
			out[c.Parent] = append(known, c)
		}
	}
	return out
}

func (h *human) change(root plan.Address, c *plan.Change) {
	if c.Action == plan.Delete {
		h.line("-", belowTitle(c.Address, root), "", belowIndent)
		h.loss(c, childIndent)
		return
	}
	h.fields(prefixOf(c, root), c.Fields)
	h.sent(prefixOf(c, root), c)
}

// sent writes what an update takes along, changed or not.
func (h *human) sent(prefix string, c *plan.Change) {
	for _, f := range c.Sent {
		h.line(" ", strings.TrimSpace(prefix+" "+f.Name), value(f.New)+"   sent along, for the server never shows it", belowIndent)
	}
}

// prefixOf is what a change's fields are said of: the object, and of a part what that is a part of, for the names of its
// elements say what it is.
func prefixOf(c *plan.Change, root plan.Address) string {
	if !c.Part {
		return belowTitle(c.Address, root)
	}
	prefix := belowTitle(c.Parent, root)
	if len(c.Fields) > 0 && c.Fields[0].Element == "" {
		prefix = strings.TrimSpace(prefix + " " + c.Kind)
	}
	return prefix
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

// list writes lines below each other, with what they are about beside the first.
func (h *human) list(name string, lines []string) {
	column := max(belowColumn, belowIndent+utf8.RuneCountInString(Escape(name))+2)
	if column > pageWidth-narrowest {
		h.line(" ", name, "", belowIndent)
		name, column = "", belowIndent+8
	}
	for _, line := range lines {
		h.lineAt(" ", name, line, belowIndent, column)
		name = ""
	}
}

func (h *human) field(prefix string, f plan.FieldChange) {
	name := strings.TrimSpace(prefix + " " + f.Name)
	switch f.Action {
	case plan.Add:
		h.line("+", name, f.Element+spaced(element(f.Name, f.New)), belowIndent)
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

// The columns of a plan: objects at the top, and what is said below them.
const (
	topIndent, belowIndent, childIndent = 2, 6, 10

	topColumn, belowColumn = 52, 20 // where the text of a line begins

	pageWidth = 100 // beyond it, a line goes on below where its text began
)

// line writes one line: a sign (" " for none), what it is about, and what is to be said, in columns.
func (h *human) line(sign, what, text string, indent int) {
	column := belowColumn
	if indent == topIndent {
		column = topColumn
	}
	h.lineAt(sign, what, text, indent, column)
}

// lineAt writes a line whose text begins in a column, or behind what it is about where that is longer.
func (h *human) lineAt(sign, what, text string, indent, column int) {
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
	column = max(column, indent+width+2)
	between := strings.Repeat(" ", column-indent-width)
	if column > pageWidth-narrowest && column+utf8.RuneCountInString(text) > pageWidth { // no room beside it
		column = indent + 8
		between = "\n" + strings.Repeat(" ", column)
	}
	text = strings.Join(wrapped(text, pageWidth-column), "\n"+strings.Repeat(" ", column))
	h.print("%s%s%s%s\n", Styled(head), what, Styled(between), Styled(text))
}

// narrowest is how many characters a column of text has at least; where there are fewer, it begins on a line of its own.
const narrowest = 30

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
		h.sentence(text(n), topIndent)
	}
}

// sentence writes a text that is no table, and goes on below its third character.
func (h *human) sentence(text string, indent int) {
	lines := wrapped(Escape(text), pageWidth-indent-2)
	margin := strings.Repeat(" ", indent)
	h.print("%s%s\n", margin, Styled(strings.Join(lines, "\n"+margin+"  ")))
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
