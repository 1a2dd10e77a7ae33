package view

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/pkg/plan"
)

// order writes a list as it will be, an element a line, with where those come from that are new or have moved.
func (h *human) order(name string, f plan.FieldChange, fields []plan.FieldChange) {
	elements, _ := f.New.([]any)
	before, _ := f.Old.([]any)
	from := origins(elements, before, fields)
	width := 0
	for _, e := range elements {
		width = max(width, utf8.RuneCountInString(Escape(fmt.Sprint(e))))
	}
	lines := make([]string, len(elements))
	for i, e := range elements {
		lines[i] = numbered(i, len(elements)) + columns(fmt.Sprint(e), width, from[i])
	}
	h.list(name, lines)
}

// origins says of each element of a list that it is new, or in which place it was; nothing of those that stay.
func origins(elements, before []any, fields []plan.FieldChange) []string {
	from := make([]string, len(elements))
	there := map[any]int{}
	for _, e := range before {
		there[e]++
	}
	for i, e := range elements {
		if there[e]--; there[e] < 0 {
			from[i] = "new"
		}
	}
	moves := 0
	for _, f := range fields {
		if place, ok := f.New.(int64); ok && f.Action == plan.Move {
			from[place-1] = fmt.Sprintf("was %v", f.Old)
			moves++
		}
	}
	if gone := passed(elements, before); len(gone) <= 2*moves { // two that change places: both have moved to whoever reads it
		for i, old := range gone {
			from[i] = fmt.Sprintf("was %d", old+1)
		}
	}
	return from
}

// passed are the elements, by their new place, that others have gone past, with their old places; none where names are said
// twice, of which nobody knows which is which.
func passed(elements, before []any) map[int]int {
	had, has := map[any]int{}, map[any]bool{}
	for i, e := range before {
		had[e] = i
	}
	for _, e := range elements {
		has[e] = true
	}
	out := map[int]int{}
	if len(had) < len(before) || len(has) < len(elements) {
		return out
	}
	stays := slices.DeleteFunc(slices.Clone(before), func(e any) bool { return !has[e] })
	rank := 0
	for i, e := range elements {
		if _, there := had[e]; !there {
			continue
		}
		if stays[rank] != e {
			out[i] = had[e]
		}
		rank++
	}
	return out
}

// columns puts a text beside a label, in a column behind labels of a width.
func columns(label string, width int, text string) string {
	label = Escape(label)
	if text == "" {
		return label
	}
	return label + strings.Repeat(" ", width-utf8.RuneCountInString(label)+3) + text
}
