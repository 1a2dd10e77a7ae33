package keycloak

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// defaultGroupsKind are the groups that new users of a realm join. The realm shows and takes them as a field too, which 18
// ignores, and for which 26 fails where one of the groups isn't there yet: calls of their own do the same on both.
type defaultGroupsKind struct{}

func (defaultGroupsKind) info() plan.Kind { return plan.Kind{Name: kindDefaultGroups, Part: true} }

func (w *wants) defaultGroups(realm *plan.Object, r *maas.Realm, at []string) {
	if r.DefaultGroups == nil {
		return
	}
	o := realm.Child(kindDefaultGroups, "", plan.Fields{})
	groupsSaid(o, r.DefaultGroups)
	for _, u := range r.Users {
		o.Refs = append(o.Refs, realm.Address.Child(kindUser, userName(u.Name))) // the document says itself which groups its users are in
	}
	w.add(o, join(at, "defaultGroups")...)
}

func defaultGroupsAt(realm string) string { return path(realm, "default-groups") }

func (defaultGroupsKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.list(ctx, defaultGroupsAt(realm.Name))
	if err != nil {
		return nil, err
	}
	set := plan.Set{}
	for _, raw := range found {
		set[r.s.learnGroup(realm.Address, raw)] = true
	}
	return []*plan.Object{realm.Child(kindDefaultGroups, "", plan.Fields{fieldGroup: set})}, nil
}

func (defaultGroupsKind) write(ctx context.Context, s *Session, c *change) error {
	for _, step := range []struct {
		action plan.FieldAction
		method string
	}{{plan.Remove, http.MethodDelete}, {plan.Add, http.MethodPut}} {
		for _, group := range slices.Sorted(slices.Values(c.elements(fieldGroup, step.action))) {
			err := s.membership(ctx, c, step.method, defaultGroupsAt(c.realm()), group)
			if err != nil && (step.action == plan.Add || !isMissing(err) && !gone(err)) { // what is taken away may have gone itself
				return err
			}
		}
	}
	return nil
}

func (defaultGroupsKind) remove(context.Context, *Session, *change) error {
	return errPart(kindDefaultGroups)
}

// leaveDefaultGroups takes a new user out of the groups that the realm has put them in and the document doesn't want.
func (s *Session) leaveDefaultGroups(ctx context.Context, c *change, item string) error {
	wanted, said := c.Desired.Fields[fieldGroup].(plan.Set)
	if c.Live != nil || !said {
		return nil
	}
	given, err := s.givenGroups(ctx, c.Address.Root())
	if err != nil {
		return err
	}
	for _, group := range slices.Sorted(maps.Keys(given)) {
		if _, stays := wanted[group]; stays {
			continue
		}
		if err := s.membership(ctx, c, http.MethodDelete, item+"/groups", group); err != nil && !isMissing(err) && !gone(err) {
			return err
		}
	}
	return nil
}

// givenGroups are the default groups of a realm as they were when the first user of this run was made: those that the run
// changes itself come after the users.
func (s *Session) givenGroups(ctx context.Context, realm plan.Address) (plan.Set, error) {
	return s.given.of(realm, func() (plan.Set, error) {
		var found []map[string]any
		err := s.api.get(ctx, defaultGroupsAt(realm.Name()), &found)
		set := plan.Set{}
		for _, raw := range found {
			set[s.learnGroup(realm, raw)] = true
		}
		return set, err
	})
}
