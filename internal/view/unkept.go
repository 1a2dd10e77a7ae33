package view

import (
	"io"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// Unkept names what the servers took and didn't keep: the next diff shows it again, and no apply changes that.
func Unkept(w io.Writer, unkept []plan.Unkept, style Style) error {
	if len(unkept) == 0 {
		return nil
	}
	h := &human{style: style}
	h.print("%s\n", styled(style.bold, "Not kept by the server:"))
	for _, u := range unkept {
		if len(u.Fields) == 0 {
			h.line("!", noteTitle(u.Note), u.Why, topIndent)
			continue
		}
		h.line("!", noteTitle(u.Note), "", topIndent)
		for _, f := range u.Fields {
			h.kept(f)
		}
	}
	h.print("Say what the server keeps, or leave it out of the document: applying it again doesn't help.\n")
	return Print(w, "%s", Styled(h.b.String()))
}

// kept writes what was written and what the server has instead.
func (h *human) kept(f plan.FieldChange) {
	name := strings.TrimSpace(f.Name + " " + f.Element)
	switch f.Action {
	case plan.Add:
		h.line(" ", name, "isn't there", belowIndent)
	case plan.Remove:
		h.line(" ", name, "is still there", belowIndent)
	case plan.Move:
		h.line(" ", name, "is in another place", belowIndent)
	case plan.Order: // each that is elsewhere has been named
	default:
		for i, l := range leaves("", f.Old, f.New) {
			if i == mostLeaves {
				h.line(" ", name, "and more", belowIndent)
				return
			}
			h.line(" ", strings.TrimSpace(name+" "+l.path), "is "+value(l.old)+", was written as "+value(l.new), belowIndent)
		}
	}
}
