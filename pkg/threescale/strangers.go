package threescale

import (
	"errors"
	"slices"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// strangers refuses to give an application to an account that only has the name of one of the document's. Anybody can sign
// up with any name: an account that doesn't carry the owner's mark is meant where it has one of the users that the document
// names, or where the document names none.
func (r *reader) strangers() error {
	var errs []error
	for _, d := range r.collections[collection{kind: kindAccount}] {
		live := r.state[d.Address]
		if d.Absent || live == nil || live.Owner == r.s.config.Owner {
			continue
		}
		theirs := r.usersBelow(d)
		if theirs == nil || !r.makesApplication(d) {
			continue
		}
		errs = append(errs, d.Errorf("account %s (number %v) isn't this document's and has none of its users, but %s; an application there would be theirs: "+
			"give yours another name, or name one of its users to take it over", d.Name, live.Outputs["id"], strings.Join(theirs, ", ")))
	}
	return errors.Join(errs...)
}

// usersBelow are the users that an account has, where none of them is one that the document names for it.
func (r *reader) usersBelow(account *plan.Object) []string {
	named := false
	for _, d := range r.collections[collection{account.Address, kindUser}] {
		if d.Absent {
			continue
		}
		named = true
		if r.state[d.Address] != nil {
			return nil
		}
	}
	if !named {
		return nil
	}
	theirs := []string{}
	for _, o := range r.state {
		if o.Kind == kindUser && o.Parent == account.Address {
			theirs = append(theirs, o.Name)
		}
	}
	slices.Sort(theirs)
	if len(theirs) == 0 {
		return []string{"nobody"}
	}
	return theirs
}

// makesApplication tells whether the document gives an account an application that it hasn't yet.
func (r *reader) makesApplication(account *plan.Object) bool {
	return slices.ContainsFunc(r.collections[collection{account.Address, kindApplication}], func(d *plan.Object) bool {
		return !d.Absent && r.state[d.Address] == nil
	})
}
