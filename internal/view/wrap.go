package view

import (
	"strings"
	"unicode/utf8"
)

// Wrap is a text in lines of a width, those behind the first with a margin.
func Wrap(text string, width int, margin string) string {
	return strings.Join(wrapped(text, width-utf8.RuneCountInString(margin)), "\n"+margin)
}

// wrapped breaks a text into lines of a width, at spaces; what has none stays whole, so that addresses can be copied.
func wrapped(text string, width int) []string {
	var lines []string
	for utf8.RuneCountInString(text) > width {
		runes := []rune(text)
		at := breakAt(runes, width)
		if at == len(runes) {
			break
		}
		lines = append(lines, strings.TrimRight(string(runes[:at]), " "))
		text = strings.TrimLeft(string(runes[at:]), " ")
	}
	return append(lines, text)
}

// breakAt is where the last space before a width is, or the first one behind it, or the end.
func breakAt(text []rune, width int) int {
	for i := width; i > 0; i-- {
		if text[i] == ' ' {
			return i
		}
	}
	for i := width; i < len(text); i++ {
		if text[i] == ' ' {
			return i
		}
	}
	return len(text)
}
