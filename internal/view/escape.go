package view

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/maasctl/internal/lazyregexp"
)

// Escape makes text that others have chosen fit to stand in a line that a person, a terminal or a pipeline reads: an
// application's name comes from whoever signed up, and an error's text from whatever answered. What would move the cursor,
// begin a line, turn the reading direction, show nothing at all or command a pipeline is shown as what it is, in the form of
// Go's strings. All else stays as it is, so nothing is escaped twice.
func Escape(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			fmt.Fprintf(&b, `\x%02x`, text[i]) // no UTF-8
			continue
		}
		b.WriteString(visible(r))
	}
	return uncommanded(b.String())
}

// plain tells whether there is nothing to escape, at the cost of one look: nearly all texts are.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || i > 0 && c == text[i-1] && (c == '#' || c == ':') {
			return false
		}
	}
	return true
}

func visible(r rune) string {
	if strconv.IsPrint(r) {
		return string(r)
	}
	quoted := strconv.QuoteRune(r)
	return quoted[1 : len(quoted)-1]
}

var (
	// workflowCommand begins what a GitHub workflow takes for a command at the beginning of a line: ::error file=x::text.
	workflowCommand = lazyregexp.New(`::([A-Za-z])`)
	// logCommand is what GitHub's, Azure's and TeamCity's logs take for one anywhere in a line: ##[error], ##vso[...].
	logCommand = lazyregexp.New(`##([A-Za-z]*\[)`)
)

func uncommanded(text string) string {
	if strings.Count(text, "::") > 1 {
		text = workflowCommand.ReplaceAllString(text, `:\x3a$1`)
	}
	if strings.Contains(text, "##") {
		text = logCommand.ReplaceAllString(text, `#\x23$1`)
	}
	return text
}

// Styled is text that has been escaped already and carries the colours of a Style.
type Styled string

// styled escapes a text and gives it a style.
func styled(style lipgloss.Style, text string) Styled { return Styled(style.Render(Escape(text))) }

// Print writes a text for people: the format is the program's own, and all that is put into it is escaped. Nothing that
// people read is printed in another way.
func Print(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, escaped(args)...)
	return err
}

func escaped(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = escapedArg(a)
	}
	return out
}

func escapedArg(a any) any {
	switch a := a.(type) {
	case Styled:
		return string(a)
	case error:
		return Escape(a.Error())
	case fmt.Stringer:
		return Escape(a.String())
	}
	switch v := reflect.ValueOf(a); v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return a
	case reflect.String:
		return Escape(v.String())
	default:
		return Escape(fmt.Sprint(a))
	}
}
