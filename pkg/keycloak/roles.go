package keycloak

import (
	"context"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// roleKind are the roles of a realm and of its clients.
type roleKind struct{}

func (roleKind) info() plan.Kind { return plan.Kind{Name: kindRole, Apart: true} }

func (w *wants) roles(parent *plan.Object, said maas.Map[*maas.Role], at []string) {
	if said == nil {
		return
	}
	w.name(kindRole, parent.Address)
	for _, e := range said {
		path := join(at, "roles", e.Name)
		o := object(parent.Child(kindRole, e.Name, nil), e.Value.Object, nil)
		listAttributes(o)
		w.add(o, path...)
		if !o.Absent {
			w.composites(o, e.Value.Composites, path)
		}
	}
}

// refOf is the role that stands at an address.
func refOf(a plan.Address) roleRef {
	ref := roleRef{role: a.Name()}
	if kind, parent := kindAndParent(a); kind == kindClient {
		ref.client = parent.Name()
	}
	return ref
}

// rolesOf is where the roles of a realm or of a client are.
func rolesOf(ctx context.Context, s *Session, parent plan.Address) (string, error) {
	if parent == parent.Root() {
		return path(parent.Name(), "roles"), nil
	}
	client, err := clientItem(ctx, s, parent)
	return client + "/roles", err
}

func (roleKind) shape() *shape {
	return &shape{
		place:    place{field: "attributes", listed: true},
		defaults: func(c *change) map[string]any { return map[string]any{"name": c.Name} },
		collection: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			_, parent := kindAndParent(a)
			return rolesOf(ctx, s, parent)
		},
		item: roleItem,
		find: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			return s.roleID(ctx, a.Root(), refOf(a))
		},
		// The location ends with the name.
		named: true,
		drop:  []string{"composites"},
	}
}

// roleItem is a role by its id: a name may have a slash, which not every proxy lets through.
func roleItem(ctx context.Context, s *Session, a plan.Address) (string, error) {
	id, err := s.roleID(ctx, a.Root(), refOf(a))
	return path(a.Root().Name(), "roles-by-id", id), err
}

func (k roleKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	list, err := rolesOf(ctx, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := r.list(ctx, list+"?briefRepresentation=false")
	var out []*plan.Object
	for _, raw := range found {
		name := str(raw, "name")
		o := r.found(parent.Child(kindRole, name, nil), k.shape().place, raw, str(raw, "id"))
		o.Builtin = parent.Kind == kindRealm && name == defaultRole(parent.Name) || parent.Builtin
		out = append(out, o)
	}
	return out, err
}

// defaultRole is the composite of all that every user of a realm has.
func defaultRole(realm string) string { return "default-roles-" + strings.ToLower(realm) }

func (k roleKind) write(ctx context.Context, s *Session, c *change) error {
	return k.shape().write(ctx, s, c)
}

func (k roleKind) remove(ctx context.Context, s *Session, c *change) error {
	if _, ok := s.id(c.Address); !ok && nativeOf(c.Live).raw != nil {
		return nil // it went with another
	}
	return k.shape().remove(ctx, s, c)
}
