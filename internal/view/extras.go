package view

import (
	"fmt"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// fewExtras is how many of a kind are named; -o json has them all.
const fewExtras = 5

// extras says what an object of somebody else keeps that the document doesn't have.
func (h *human) extras(b *block) {
	n := map[string]int{}
	for i, e := range b.extras {
		group, name := extraName(b.root, e)
		n[group]++
		if n[group] <= fewExtras {
			h.sentence("· "+strings.TrimSpace(group+" "+name)+": "+e.Why, belowIndent)
		}
		last := i+1 == len(b.extras)
		if !last {
			next, _ := extraName(b.root, b.extras[i+1])
			last = next != group
		}
		if more := n[group] - fewExtras; last && more > 0 {
			h.sentence(fmt.Sprintf("· and %s: %s", plural(more, "more "+group), e.Why), belowIndent)
		}
	}
}

// extraName is what an extra is one of, and its own name: policy and headers, client 3scale role and admin.
func extraName(root plan.Address, e plan.Extra) (group, name string) {
	path := e.Address.Below(root)
	if len(path)%2 == 1 { // a part, whose elements say what it is
		path = path[:len(path)-1]
	}
	if e.Field == "" {
		return strings.Join(path[:len(path)-1], " "), path[len(path)-1]
	}
	return strings.Join(append(path, e.Field), " "), e.Element
}
