package view

import (
	"io"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// mostMarkdown is how many bytes a comment has room for: GitHub takes 65,536 characters, GitLab a million.
const mostMarkdown = 60000

// Markdown writes a plan for a comment on a change: the summary first, the plan below it, coloured by its signs, with new
// objects as counts; and what is decided about those to be opened below.
func Markdown(w io.Writer, p *plan.Plan, detail Detail) error {
	plain := NewStyle(io.Discard, "never", func(string) string { return "" })
	var short strings.Builder
	if err := Human(&short, p, Counts, plain); err != nil {
		return err
	}
	shown, left := firstLines(signsFirst(short.String()), mostMarkdown)
	text := "**" + Escape(SummaryLine(p)) + "**\n\n" + fenced(shown)
	if left > 0 {
		text += "\nAnd " + plural(left, "more line") + ", too many for a comment: `maasctl diff` shows them.\n"
	}
	if created := newObjects(p, plain); detail == Full && created != "" {
		inner := fenced(signsFirst(created))
		if len(text)+len(inner) > mostMarkdown {
			inner = "They are too many for a comment: `maasctl diff` shows them.\n"
		}
		text += "\n<details>\n<summary>What the new objects are</summary>\n\n" + inner + "\n</details>\n"
	}
	return Print(w, "%s", Styled(text))
}

// firstLines are as many lines as have room, and how many are left.
func firstLines(text string, room int) (first string, left int) {
	if len(text) <= room {
		return text, 0
	}
	at := strings.LastIndexByte(text[:room], '\n') + 1
	return text[:at], strings.Count(text[at:], "\n")
}

// newObjects are those at the top, with all that is decided about them.
func newObjects(p *plan.Plan, style Style) string {
	h := &human{style: style}
	for _, t := range p.Targets {
		for _, b := range blocksOf(p, t.System) {
			if b.isNew() {
				h.created(b)
			}
		}
	}
	return h.b.String()
}

// signsFirst moves each line's sign to its beginning, which is where a reader of diffs colours it.
func signsFirst(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		trimmed := strings.TrimLeft(line, " ")
		switch len(line) - len(trimmed) {
		case topIndent, belowIndent: // elsewhere a sign is part of a text that goes on
		default:
			continue
		}
		if len(trimmed) > 1 && strings.ContainsRune("+-~!?", rune(trimmed[0])) && trimmed[1] == ' ' {
			sign := strings.NewReplacer("~", "!", "?", "!").Replace(trimmed[:1])
			lines[i] = sign + line[:len(line)-len(trimmed)] + trimmed[2:]
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// fenced is a text as a block of code that nothing in it ends.
func fenced(text string) string {
	mark := "```"
	for strings.Contains(text, mark) {
		mark += "`"
	}
	return mark + "diff\n" + text + mark + "\n"
}
