package view

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/maasctl/internal/doctor"
)

// Doctor writes what was found at the servers for a person: a line each, and below what is missing what to do.
func Doctor(w io.Writer, r *doctor.Report, style Style) error {
	var b strings.Builder
	for _, s := range r.Systems {
		_ = Print(&b, "%s  %s\n", styled(style.bold, strings.ToUpper(s.System[:1])+s.System[1:]), host(s.URL))
		width := 0
		for _, c := range s.Checks {
			width = max(width, utf8.RuneCountInString(Escape(c.Name)))
		}
		for _, c := range s.Checks {
			word, colour := statusWord(c.Status, style)
			_ = Print(&b, "  %s%s  %-*s  %s\n", styled(colour, word), strings.Repeat(" ", len(string(doctor.Problem))-len(word)), width, c.Name, c.Found)
			if c.Do != "" {
				_ = Print(&b, "  %s  → %s\n", strings.Repeat(" ", len(string(doctor.Problem))+2+width), c.Do)
			}
		}
	}
	wrong := r.Count(doctor.Problem) + r.Count(doctor.Refused)
	end := "Nothing is missing"
	if wrong > 0 {
		end = plural(wrong, "problem")
	}
	_ = Print(&b, "\n%s, %d ok.\n", end, r.Count(doctor.OK))
	return Print(w, "%s", Styled(b.String()))
}

func statusWord(s doctor.Status, style Style) (string, lipgloss.Style) {
	switch s {
	case doctor.OK:
		return string(s), style.add
	case doctor.Note:
		return string(s), style.dim
	case doctor.Problem, doctor.Refused:
	}
	return string(s), style.remove
}

// Checks are a report as data, with how many checks ended how.
type Checks struct {
	FormatVersion string `json:"formatVersion"`
	*doctor.Report
	OK       int `json:"ok"`
	Notes    int `json:"notes"`
	Problems int `json:"problems"`
	Refused  int `json:"refused"`
}

// NewChecks gives a report as data.
func NewChecks(r *doctor.Report) Checks {
	return Checks{FormatVersion, r, r.Count(doctor.OK), r.Count(doctor.Note), r.Count(doctor.Problem), r.Count(doctor.Refused)}
}
