package maas

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// nearest finds the name that was probably meant; "" where none is near.
func nearest(name string, among []string) string {
	best, distance := "", max(1, min(3, len(name)/3))+1
	plain, lower := folded(name), strings.ToLower(name)
	for _, c := range among {
		if c == name {
			continue
		}
		if folded(c) == plain {
			return c
		}
		if max(len(c)-len(name), len(name)-len(c)) >= distance*utf8.UTFMax {
			continue // so many characters more or less can't be so few edits
		}
		if d := levenshtein.ComputeDistance(lower, strings.ToLower(c)); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// folded leaves out what people mix up: case, and how words are joined.
func folded(s string) string {
	return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "_", ""), "-", ""))
}

// suggestion is the end of a message about a name that doesn't exist.
func suggestion(name string, among []string) string {
	if s := nearest(name, among); s != "" {
		return `; did you mean "` + s + `"?`
	}
	return ""
}
