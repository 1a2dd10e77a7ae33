package keycloak

import (
	"errors"
	"fmt"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// twins refuses objects of one name where the document means one of them: Keycloak keeps most names unique, but not all of
// them, and storages beside it may bring users of any name. Nobody chooses.
func (r *reader) twins(found []*plan.Object) error {
	same := map[plan.Address][]string{}
	for _, o := range found {
		same[o.Address] = append(same[o.Address], fmt.Sprint(o.Outputs["id"]))
	}
	var errs []error
	for _, o := range found {
		ids, d := same[o.Address], r.desired[o.Address]
		if len(ids) < 2 || d == nil {
			continue
		}
		delete(same, o.Address)
		errs = append(errs, d.Errorf("%s %s of realm %s: Keycloak has %d of the name, with the ids %s, and nothing tells which of them is meant: rename or delete the others there",
			d.Kind, d.Name, d.Address.Root().Name(), len(ids), strings.Join(ids, " and ")))
	}
	return errors.Join(errs...)
}
