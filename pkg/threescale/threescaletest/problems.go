package threescaletest

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"example.com/maasctl/internal/lazyregexp"
)

// problems are the validation errors of an object: messages by field, fields in
// the order in which they were found.
type problems struct {
	fields   []string
	messages map[string][]any
}

// add notes a message, which is a text or nil: porta answers null for a message
// that it has no translation for.
func (p *problems) add(field string, message any) {
	if p.messages == nil {
		p.messages = map[string][]any{}
	}
	if _, ok := p.messages[field]; !ok {
		p.fields = append(p.fields, field)
	}
	p.messages[field] = append(p.messages[field], message)
}

func (p *problems) any() bool { return len(p.fields) > 0 }

// object is the body of the answer that refuses the object.
func (p *problems) object() object {
	var errs object
	for _, f := range p.fields {
		errs.put(f, p.messages[f])
	}
	return wrap("errors", errs)
}

const (
	msgBlank    = "can't be blank"
	msgTaken    = "has already been taken"
	msgInvalid  = "invalid"
	msgNotInSet = "is not included in the list"
	msgNumber   = "is not a number"
	msgReserved = "is reserved"
)

func (p *problems) presence(field string, v *string) {
	if blank(v) {
		p.add(field, msgBlank)
	}
}

func (p *problems) maxLength(field string, v *string, limit int) {
	if v != nil && utf8.RuneCountInString(*v) > limit {
		p.add(field, fmt.Sprintf("is too long (maximum is %d characters)", limit))
	}
}

func (p *problems) inclusion(field, v string, list ...string) {
	for _, x := range list {
		if v == x {
			return
		}
	}
	p.add(field, msgNotInSet)
}

func (p *problems) format(field string, v *string, with *lazyregexp.Regexp, message string) {
	if !with.MatchString(or(v, "")) {
		p.add(field, message)
	}
}

// bounds are what a number has to keep to.
type bounds struct {
	integer      bool
	above        *int64 // greater than
	from, below  *int64 // at least, less than
	most         *int64 // at most
	fromText     string // how the bound is written in the message, "0.0" for decimals
	nilIsAllowed bool
}

// integerForm is what passes for an integer: 1.0 does not.
var integerForm = lazyregexp.New(`\A[+-]?\d+\z`)

// number checks the value as it was sent, before it is cast.
func (p *problems) number(field string, raw any, b bounds) {
	if raw == nil && b.nilIsAllowed {
		return
	}
	n, ok := numberText(raw)
	if !ok {
		p.add(field, msgNumber)
		return
	}
	if b.integer && !integerForm.MatchString(or(castText(raw), "")) {
		p.add(field, "must be an integer")
		return
	}
	if b.above != nil && n.Cmp(new(big.Rat).SetInt64(*b.above)) <= 0 {
		p.add(field, fmt.Sprintf("must be greater than %d", *b.above))
	}
	if b.from != nil && n.Cmp(new(big.Rat).SetInt64(*b.from)) < 0 {
		text := b.fromText
		if text == "" {
			text = fmt.Sprint(*b.from)
		}
		p.add(field, "must be greater than or equal to "+text)
	}
	if b.most != nil && n.Cmp(new(big.Rat).SetInt64(*b.most)) > 0 {
		p.add(field, fmt.Sprintf("must be less than or equal to %d", *b.most))
	}
	if b.below != nil && n.Cmp(new(big.Rat).SetInt64(*b.below)) >= 0 {
		p.add(field, fmt.Sprintf("must be less than %d", *b.below))
	}
}
