// Package view turns plans, events and findings into text. It is the only package that prints.
package view

import (
	"io"
	"os"

	"github.com/charmbracelet/lipgloss"
	"github.com/mattn/go-isatty"
	"github.com/muesli/termenv"
)

// Style colours text for one output, or leaves it as it is.
type Style struct {
	add, change, remove, warn, dim, bold lipgloss.Style
}

// NewStyle makes the style for an output: mode is auto, always or never; auto looks at NO_COLOR, CLICOLOR_FORCE, TERM
// and whether the output is a terminal.
func NewStyle(out io.Writer, mode string, getenv func(string) string) Style {
	r := lipgloss.NewRenderer(out)
	switch {
	case mode == "always" || mode == "auto" && getenv("NO_COLOR") == "" && forced(getenv):
		r.SetColorProfile(termenv.ANSI)
	case mode == "never" || getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" || !IsTerminal(out):
		r.SetColorProfile(termenv.Ascii)
	}
	colour := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	return Style{
		add: colour("2"), change: colour("3"), remove: colour("1"), warn: colour("5"),
		dim: r.NewStyle().Faint(true), bold: r.NewStyle().Bold(true),
	}
}

func forced(getenv func(string) string) bool {
	v := getenv("CLICOLOR_FORCE")
	return v != "" && v != "0"
}

// IsTerminal tells whether a person may be looking at the stream, or typing into it.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// CanRewrite tells whether a line that has been written can be written over: on a terminal that knows how to, and not in
// CI, where some pretend to be one.
func CanRewrite(stream any, getenv func(string) string) bool {
	return IsTerminal(stream) && rewrites(getenv)
}

func rewrites(getenv func(string) string) bool { return getenv("TERM") != "dumb" && getenv("CI") == "" }
