package view

import (
	"io"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// Lint writes findings for a person, a line each and how many there are.
func Lint(w io.Writer, found maas.Diagnostics) error {
	for _, d := range found {
		if err := Print(w, "%s\n", d); err != nil {
			return err
		}
	}
	errors, warnings := found.Count()
	end := tally(errors, warnings)
	if len(found) == 0 {
		end = "No errors, no warnings"
	}
	return Print(w, "%s.\n", end)
}

// finding is a diagnostic as JSON.
type finding struct {
	File     string    `json:"file,omitempty"`
	Line     int       `json:"line,omitempty"`
	Column   int       `json:"column,omitempty"`
	Severity string    `json:"severity"`
	Code     maas.Code `json:"code"`
	Message  string    `json:"message"`
}

// Findings are diagnostics as data.
type Findings struct {
	FormatVersion string `json:"formatVersion"`

	Diagnostics []finding `json:"diagnostics"`
	Errors      int       `json:"errors"`
	Warnings    int       `json:"warnings"`
}

// NewFindings gives diagnostics as data.
func NewFindings(found maas.Diagnostics) Findings {
	out := Findings{FormatVersion: FormatVersion, Diagnostics: []finding{}}
	for _, d := range found {
		out.Diagnostics = append(out.Diagnostics, finding{d.Pos.File, d.Pos.Line, d.Pos.Column, d.Severity.String(), d.Code, d.Message})
	}
	out.Errors, out.Warnings = found.Count()
	return out
}

// LintGitHub writes findings as commands of a GitHub workflow, which shows them beside the lines of a pull request.
func LintGitHub(w io.Writer, found maas.Diagnostics) error {
	for _, d := range found {
		pos, message := filed(d)
		if err := command(w, d.Severity.String(), pos, string(d.Code), message); err != nil {
			return err
		}
	}
	return nil
}

// filed is where a finding stands, and its message; where that is in no file, the message says it.
func filed(d maas.Diagnostic) (maas.Position, string) {
	if !inFile(d.Pos) && d.Pos != (maas.Position{}) {
		return maas.Position{}, Escape(d.Pos.String() + ": " + d.Message)
	}
	return d.Pos, Escape(d.Message)
}

// inFile tells whether a place is one in a file: a word of the command line isn't, and what came from stdin may be no file
// of the repository that is looked at.
func inFile(p maas.Position) bool {
	return p.File != "" && p.File != maas.StdinName && !strings.HasPrefix(p.File, "--")
}

// data escapes what would end a workflow command; property also what would end one of its properties.
func data(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func property(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(text))
}
