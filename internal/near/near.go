// Package near finds the name that somebody meant who wrote another one.
package near

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Name is the one of the names that is a few edits away at most, fewer for short ones; "" where none is.
func Name(written string, among []string) string {
	best, distance := "", max(1, min(3, len(written)/3))+1
	for _, name := range among {
		if d := levenshtein.ComputeDistance(plain(written), plain(name)); name != written && d < distance {
			best, distance = name, d
		}
	}
	return best
}

// plain leaves out what people mix up: case, and how words are joined.
func plain(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }

// Hint is the end of a message about a name that doesn't exist: which one was meant, or else which there are.
func Hint(written string, among []string) string {
	if name := Name(written, among); name != "" {
		return fmt.Sprintf("; did you mean %q?", name)
	}
	if len(among) == 0 {
		return ""
	}
	return "; there is " + strings.Join(among, ", ")
}
