package keycloak

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// userKind are the users of a realm. Keycloak has no place for an owner's mark on them, so they are never pruned: the document
// names no collection.
type userKind struct{}

func (userKind) info() plan.Kind { return plan.Kind{Name: kindUser, Apart: true} }

const (
	fieldGroup       = "group"
	fieldPassword    = "password"
	fieldCredentials = "credentials" // taken on create only: those of an existing user are never touched
)

func (w *wants) users(realm *plan.Object, said maas.Map[*maas.RealmUser], at []string) {
	for _, e := range said {
		u, path := e.Value, join(at, "users", e.Name)
		o := object(realm.Child(kindUser, userName(e.Name), nil), u.Object, nil)
		o.Name = userName(e.Name)
		if p, ok := o.Fields[fieldPassword].(secret.Value); ok {
			nativeOf(o).credentials = []any{map[string]any{"type": fieldPassword, "value": p, "temporary": u.Temporary}}
		}
		nativeOf(o).temporary = u.Temporary
		more, _ := u.Fields[fieldCredentials].([]any)
		nativeOf(o).credentials = append(nativeOf(o).credentials, more...)
		o.Initial = plan.Fields{}
		for _, field := range []string{fieldPassword, fieldCredentials} {
			if said, ok := o.Fields[field]; ok {
				o.Initial[field] = said
			}
			delete(o.Fields, field)
			delete(nativeOf(o).paths, field)
		}
		listAttributes(o)
		for _, field := range []string{"username", "email"} {
			if said, ok := o.Fields[field].(string); ok {
				o.Fields[field] = strings.ToLower(said)
			}
		}
		if u.Roles != nil {
			rolesSaid(o, u.Roles)
		}
		if u.Groups != nil {
			groupsSaid(o, u.Groups)
		}
		w.add(o, path...)
	}
}

// userName is a user's name as the server makes it.
func userName(said string) string { return strings.ToLower(said) }

func (userKind) shape() *shape {
	return &shape{
		defaults: func(c *change) map[string]any {
			body := map[string]any{"username": c.Name, "enabled": true} // a user is made disabled otherwise
			if list := nativeOf(c.Desired).credentials; list != nil {
				body[fieldCredentials], _ = c.wire(list) // nothing in it is handed over
			}
			return body
		},
		collection: func(_ context.Context, _ *Session, a plan.Address) (string, error) {
			return path(a.Root().Name(), "users"), nil
		},
		item: userItem,
		find: findUser,

		complete: func(_ context.Context, _ *Session, c *change, body map[string]any) error {
			addKeptActions(c, body)
			return nil
		},
		drop: []string{"access", "userProfileMetadata", "disableableCredentialTypes", "totp"},
	}
}

func userItem(ctx context.Context, s *Session, a plan.Address) (string, error) {
	id, ok := s.id(a)
	var err error
	if !ok {
		if id, err = findUser(ctx, s, a); err == nil && id == "" {
			err = fmt.Errorf("realm %s has no user %q", a.Root().Name(), a.Name())
		}
	}
	return path(a.Root().Name(), "users", id), err
}

func usersNamed(realm, name string) string {
	return path(realm, "users") + "?exact=true&username=" + url.QueryEscape(name)
}

func findUser(ctx context.Context, s *Session, a plan.Address) (string, error) {
	var found []map[string]any
	err := s.api.get(ctx, usersNamed(a.Root().Name(), a.Name()), &found)
	for _, raw := range found {
		if str(raw, "username") == a.Name() {
			return str(raw, "id"), nil
		}
	}
	return "", err
}

// read looks up the users of the document, one by one: a realm may have a million others.
func (k userKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	var out []*plan.Object
	for _, d := range r.desired {
		if d.Kind != kindUser || d.Parent != realm.Address || !r.asks(d) {
			continue
		}
		found, err := r.list(ctx, usersNamed(realm.Name, d.Name))
		if err != nil {
			return nil, err
		}
		for _, raw := range found {
			if str(raw, "username") != d.Name {
				continue
			}
			o := r.found(realm.Child(kindUser, d.Name, nil), k.shape().place, raw, str(raw, "id"))
			keptActions(o, d)
			if err := r.memberships(ctx, o, d); err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	return out, nil
}

func (r *reader) memberships(ctx context.Context, o, d *plan.Object) error {
	realm := o.Address.Root()
	id := str(nativeOf(o).raw, "id")
	if d.Fields[fieldRole] != nil {
		set, refs, err := r.mapped(ctx, realm, id, d)
		if err != nil {
			return err
		}
		o.Fields[fieldRole], nativeOf(o).refs = set, refs
	}
	if d.Fields[fieldGroup] != nil {
		set, err := r.s.groupsOf(ctx, realm, path(realm.Name(), "users", id))
		if err != nil {
			return err
		}
		o.Fields[fieldGroup] = set
	}
	return nil
}

func (k userKind) write(ctx context.Context, s *Session, c *change) error {
	if err := k.shape().writeFields(ctx, s, c); err != nil {
		return err
	}
	item, err := userItem(ctx, s, c.Address)
	if err != nil {
		return err
	}
	if err := s.onlyActions(ctx, c, item); err != nil {
		return err
	}
	if err := s.leaveDefaultGroups(ctx, c, item); err != nil {
		return err
	}
	if err := s.joinGroups(ctx, c, item); err != nil {
		return err
	}
	if err := s.mapTo(ctx, c, item); err != nil {
		return err
	}
	return s.keptAttributes(ctx, c, item)
}

// keptAttributes looks whether the server has kept a user's attributes: 26 drops those that the realm's user profile doesn't
// have, and says nothing.
func (s *Session) keptAttributes(ctx context.Context, c *change, item string) error {
	var names []string
	for _, p := range nativeOf(c.Desired).paths {
		if p[0] == "attributes" {
			names = append(names, p[1])
		}
	}
	if names == nil {
		return nil
	}
	var raw map[string]any
	if err := s.api.get(ctx, item, &raw); err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		if want, _ := c.Desired.Fields["attributes."+name].(plan.Set); len(want) > 0 && at(raw, "attributes", name) == nil {
			return fmt.Errorf("the server didn't keep the attribute %q: the realm's user profile doesn't have it, and its unmanagedAttributePolicy allows no others", name)
		}
	}
	return nil
}

func (k userKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
