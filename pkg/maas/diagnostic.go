package maas

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity tells whether a document can be used as it is.
type Severity uint8

// Severities of a diagnostic.
const (
	Error   Severity = iota // the document can't be used
	Warning                 // it can, and somebody should look
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Diagnostic is one thing to say about a document.
type Diagnostic struct {
	Severity Severity
	Pos      Position
	Message  string
	Code     Code
}

// String gives the line that a user reads: "file:line:column: error: message [code]".
func (d Diagnostic) String() string {
	at := d.Pos.String()
	if at != "" {
		at += ": "
	}
	return fmt.Sprintf("%s%s: %s [%s]", at, d.Severity, d.Message, d.Code)
}

// Diagnostics are all there is to say about a document, by position.
type Diagnostics []Diagnostic

// HasErrors tells whether the document can't be used.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count tells how many errors and warnings are among the diagnostics.
func (ds Diagnostics) Count() (errors, warnings int) {
	for _, d := range ds {
		if d.Severity == Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Err joins the errors into one error; nil where there are only warnings.
func (ds Diagnostics) Err() error {
	var errs []error
	for _, d := range ds {
		if d.Severity == Error {
			errs = append(errs, errors.New(d.String()))
		}
	}
	return errors.Join(errs...)
}

// sorted gives the diagnostics by file, line and column, each said once.
func (ds Diagnostics) sorted() Diagnostics {
	out := slices.Clone(ds)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(out)
}

// reporter collects diagnostics.
type reporter struct{ found Diagnostics }

func (r *reporter) errorf(pos Position, code Code, format string, args ...any) {
	r.found = append(r.found, Diagnostic{Error, pos, oneLineOf(format, args), code})
}

func (r *reporter) warnf(pos Position, code Code, format string, args ...any) {
	r.found = append(r.found, Diagnostic{Warning, pos, oneLineOf(format, args), code})
}

// hasError tells whether something is wrong at a position already: what else would be said of it follows from that.
func (r *reporter) hasError(pos Position) bool {
	return slices.ContainsFunc(r.found, func(d Diagnostic) bool { return d.Severity == Error && d.Pos == pos })
}

// oneLineOf formats a message: a diagnostic is one line, whatever names and errors stand in it.
func oneLineOf(format string, args []any) string {
	return strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "; ")
}
