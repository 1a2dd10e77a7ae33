package view

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// annotation is what a plan does with one object at the top, for formats that show it beside the document.
type annotation struct {
	level, rule, message string
	pos                  maas.Position
}

// annotate gives an annotation for each object that changes, and for each that somebody should look at.
func annotate(p *plan.Plan, detail Detail) []annotation {
	var out []annotation
	for _, t := range p.Targets {
		for _, b := range blocksOf(p, t.System) {
			h := &human{detail: detail, style: NewStyle(io.Discard, "never", func(string) string { return "" })}
			h.block(b)
			a := annotation{level: "notice", rule: b.rule(), message: dedent(h.b.String()), pos: b.position()}
			if b.alarms() {
				a.level = "warning"
			}
			out = append(out, a)
		}
	}
	return out
}

// alarms tells whether somebody should look before this is done: there is a warning, or customers lose what is in use.
func (b *block) alarms() bool {
	inUse := func(c *plan.Change) bool { return c != nil && c.Loss != nil && c.Loss.Live+c.Loss.Users > 0 }
	return inUse(b.change) || slices.ContainsFunc(b.changes, inUse) || slices.ContainsFunc(b.notes, func(m mark) bool { return m.sign == "!" })
}

// rule is what is done with the object, or that nothing is.
func (b *block) rule() string {
	switch {
	case b.change != nil:
		return string(b.change.Action)
	case len(b.changes) > 0:
		return string(plan.Update)
	}
	return "undeclared"
}

// position is where the document says the object, or, where it says it nowhere, what is wrong with it.
func (b *block) position() maas.Position {
	var sources []*plan.Source
	if b.change != nil {
		sources = append(sources, b.change.Source)
	}
	for _, c := range b.changes {
		sources = append(sources, c.Source)
	}
	for _, m := range b.notes {
		sources = append(sources, m.note.Source)
	}
	for _, e := range b.extras {
		sources = append(sources, e.Source)
	}
	for _, s := range sources {
		if s == nil {
			continue
		}
		if at := (maas.Position{File: s.File, Line: s.Line, Column: s.Column}); inFile(at) {
			return at
		}
	}
	return maas.Position{}
}

// dedent takes away the indentation that a block has below its server.
func dedent(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, strings.Repeat(" ", topIndent))
	}
	return strings.Join(lines, "\n")
}

// PlanGitHub writes a plan as commands of a GitHub workflow, which shows each object beside its place in the document.
func PlanGitHub(w io.Writer, p *plan.Plan, detail Detail) error {
	for _, a := range annotate(p, detail) {
		if err := command(w, a.level, a.pos, a.rule, a.message); err != nil {
			return err
		}
	}
	return command(w, "notice", maas.Position{}, "plan", SummaryLine(p))
}

// command writes one command of a workflow; the message has been escaped, and may have lines.
func command(w io.Writer, level string, pos maas.Position, title, message string) error {
	place := ""
	if pos.File != "" {
		place = "file=" + property(Escape(filepath.ToSlash(pos.File))) + ","
	}
	if pos.Line > 0 {
		place += fmt.Sprintf("line=%d,col=%d,", pos.Line, pos.Column)
	}
	return Print(w, "::%s %stitle=%s::%s\n", level, Styled(place), Styled(property(Escape(title))), Styled(data(message)))
}

// PlanSARIF writes a plan for code scanning: what is done is its rules.
func PlanSARIF(w io.Writer, p *plan.Plan, detail Detail, version string) error {
	rules := []sarifRule{
		{string(plan.Create), sarifText{"The object would be created."}},
		{string(plan.Update), sarifText{"The object would be changed."}},
		{string(plan.Delete), sarifText{"The object would be deleted."}},
		{"undeclared", sarifText{"The object is there, and nothing would be done about it."}},
	}
	run := newSARIFRun(version, rules)
	for _, a := range annotate(p, detail) {
		run.Results = append(run.Results, sarifResult{
			RuleID: a.rule, RuleIndex: slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == a.rule }),
			Level: strings.Replace(a.level, "notice", "note", 1), Message: sarifText{unlinked(a.message)}, Locations: sarifLocations(a.pos),
		})
	}
	return writeSARIF(w, run)
}
