// Package near finds the name that somebody meant who wrote another one.
package near

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Name is the one of the names that is a few edits away at most, fewer for short ones; "" where none is.
func Name(written string, among []string) string {
	best, distance := "", max(1, min(3, len(written)/3))+1
	plain, lower := folded(written), strings.ToLower(written)
	for _, name := range among {
		if name == written {
			continue
		}
		if folded(name) == plain {
			return name
		}
		if max(len(name)-len(written), len(written)-len(name)) >= distance*utf8.UTFMax {
			continue // so many characters more or less can't be so few edits
		}
		if d := edits(lower, strings.ToLower(name)); d < distance {
			best, distance = name, d
		}
	}
	return best
}

// edits counts how many characters differ; two that have changed places are one mistake.
func edits(a, b string) int {
	d := levenshtein.ComputeDistance(a, b)
	if d == 2 && slices.Equal(slices.Sorted(slices.Values([]rune(a))), slices.Sorted(slices.Values([]rune(b)))) {
		return 1
	}
	return d
}

// folded leaves out what people mix up: case, and how words are joined.
func folded(s string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "_", ""), "-", ""))
}

// Meant is the end of a message about a name that doesn't exist: which one was meant; "" where none is near.
func Meant(written string, among []string) string {
	if name := Name(written, among); name != "" {
		return fmt.Sprintf("; did you mean %q?", name)
	}
	return ""
}

// Hint is Meant, or else which names there are.
func Hint(written string, among []string) string {
	if meant := Meant(written, among); meant != "" || len(among) == 0 {
		return meant
	}
	return "; there is " + strings.Join(among, ", ")
}
