package view

import (
	"io"

	"example.com/maasctl/pkg/maas"
)

// Diagnostics writes what is to be said about a document, a line each, and how much it is.
func Diagnostics(w io.Writer, found maas.Diagnostics) error {
	if len(found) == 0 {
		return nil
	}
	for _, d := range found {
		if err := Print(w, "%s\n", d); err != nil {
			return err
		}
	}
	errors, warnings := found.Count()
	end := ""
	if errors > 0 {
		end = " Nothing was changed."
	}
	return Print(w, "%s.%s\n", tally(errors, warnings), end)
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
