package view

import (
	"fmt"
	"io"

	"example.com/maasctl/pkg/maas"
)

// Diagnostics writes what is to be said about a document, a line each, and how much it is.
func Diagnostics(w io.Writer, found maas.Diagnostics) error {
	if len(found) == 0 {
		return nil
	}
	for _, d := range found {
		if _, err := fmt.Fprintln(w, d); err != nil {
			return err
		}
	}
	errors, warnings := found.Count()
	end := ""
	if errors > 0 {
		end = " Nothing was changed."
	}
	_, err := fmt.Fprintf(w, "%s.%s\n", tally(errors, warnings), end)
	return err
}

func tally(errors, warnings int) string {
	switch {
	case warnings == 0:
		return plural(errors, "error")
	case errors == 0:
		return plural(warnings, "warning")
	}
	return plural(errors, "error") + ", " + plural(warnings, "warning")
}
