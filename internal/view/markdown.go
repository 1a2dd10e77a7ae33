package view

import (
	"io"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// Markdown writes a plan for a comment on a change: the summary first, the plan below it, coloured by its signs.
func Markdown(w io.Writer, p *plan.Plan) error {
	var b strings.Builder
	if err := Human(&b, p, NewStyle(&b, "never", func(string) string { return "" })); err != nil {
		return err
	}
	text := signsFirst(b.String())
	mark := Styled(fence(text))
	return Print(w, "**%s**\n\n%sdiff\n%s%s\n", SummaryLine(p), mark, Styled(text), mark)
}

// signsFirst moves each line's sign to its beginning, which is where a reader of diffs colours it.
func signsFirst(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		trimmed := strings.TrimLeft(line, " ")
		if len(trimmed) > 1 && strings.ContainsRune("+-~!?", rune(trimmed[0])) && trimmed[1] == ' ' {
			sign := strings.NewReplacer("~", "!", "?", "!").Replace(trimmed[:1])
			lines[i] = sign + line[:len(line)-len(trimmed)] + trimmed[2:]
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// fence is one that nothing in the text ends.
func fence(text string) string {
	mark := "```"
	for strings.Contains(text, mark) {
		mark += "`"
	}
	return mark
}
