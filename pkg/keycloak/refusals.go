package keycloak

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// Refusal is a wish that this server wouldn't carry out, or would take and not keep. It is found before anything is written.
type Refusal struct {
	Source plan.Source
	Object string // in words
	Why    string
}

func (e *Refusal) Error() string {
	at, what := e.Where()
	return at.Before(what)
}

// Where gives the place in the document, and the message.
func (e *Refusal) Where() (plan.Source, string) { return e.Source, e.Object + ": " + e.Why }

var _ plan.Located = (*Refusal)(nil)

// refuse records that a wanted object can't be as the document says; field is the one that says it, "" the object itself.
func (r *reader) refuse(d *plan.Object, field, format string, args ...any) {
	e := &Refusal{d.Source, words(d.Address), fmt.Sprintf(format, args...)}
	if at, ok := d.Sources[field]; ok {
		e.Source = at
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = append(r.refused, e)
}

// refusals are all of them as one error, in the document's order.
func (r *reader) refusals() error {
	slices.SortFunc(r.refused, func(a, b *Refusal) int {
		return cmp.Or(cmp.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line),
			cmp.Compare(a.Source.Column, b.Source.Column), cmp.Compare(a.Object, b.Object), cmp.Compare(a.Why, b.Why))
	})
	all := make([]error, len(r.refused))
	for i, e := range r.refused {
		all[i] = e
	}
	return errors.Join(all...)
}

// words name an object as messages do: "client web of realm team".
func words(a plan.Address) string {
	steps := a.Below(System + ":")
	var out []string
	for i := 0; i < len(steps); i += 2 {
		out = append(out, strings.Join(steps[i:min(i+2, len(steps))], " "))
	}
	slices.Reverse(out)
	return strings.Join(out, " of ")
}
