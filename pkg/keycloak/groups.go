package keycloak

import (
	"context"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// groupKind are the groups of a realm, and the groups below them.
type groupKind struct{}

func (groupKind) info() plan.Kind { return plan.Kind{Name: kindGroup, Apart: true} }

func (w *wants) groups(parent *plan.Object, said maas.Map[*maas.Group], at []string) {
	if said == nil {
		return
	}
	w.name(kindGroup, parent.Address)
	for _, e := range said {
		path := join(at, "groups", e.Name)
		o := object(parent.Child(kindGroup, e.Name, nil), e.Value.Object, nil)
		listAttributes(o)
		if e.Value.Roles != nil {
			rolesSaid(o, e.Value.Roles)
		}
		w.add(o, path...)
		if !o.Absent {
			w.groups(o, e.Value.Groups, path)
		}
	}
}

// groupPath is how Keycloak names a group: "/platform/on-call".
func groupPath(a plan.Address) string {
	var b strings.Builder
	for at := a; at != at.Root(); _, at = kindAndParent(at) {
		rest := b.String()
		b.Reset()
		b.WriteString("/" + at.Name() + rest)
	}
	return b.String()
}

func (groupKind) shape() *shape {
	return &shape{
		place:    place{field: "attributes", listed: true},
		defaults: func(c *change) map[string]any { return map[string]any{"name": c.Name} },
		collection: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			_, parent := kindAndParent(a)
			if parent == parent.Root() {
				return path(parent.Name(), "groups"), nil
			}
			above, err := groupItem(ctx, s, parent)
			return above + "/children", err
		},
		item: groupItem,
		find: func(ctx context.Context, s *Session, a plan.Address) (string, error) { return s.groupID(ctx, a) },
		drop: []string{"subGroups", "subGroupCount", "realmRoles", "clientRoles", "access", "path", "parentId"},
	}
}

func groupItem(ctx context.Context, s *Session, a plan.Address) (string, error) {
	id, err := s.groupID(ctx, a)
	return path(a.Root().Name(), "groups", id), err
}

// all is a number of results that no realm reaches: 26 gives ten children of a group, or a hundred identity providers, otherwise.
const all = "max=1000000"

// read lists one level. 18 gives the whole tree at once; 26 says how many groups are below, and lists them by another call.
func (k groupKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := r.groupsBelow(ctx, parent)
	var out []*plan.Object
	for _, raw := range found {
		o := r.found(parent.Child(kindGroup, str(raw, "name"), nil), k.shape().place, raw, str(raw, "id"))
		if d := r.desired[o.Address]; d != nil && d.Fields[fieldRole] != nil {
			o.Fields[fieldRole] = groupRoles(o, raw)
		}
		out = append(out, o)
	}
	return out, err
}

func (r *reader) groupsBelow(ctx context.Context, parent *plan.Object) ([]map[string]any, error) {
	if parent.Kind == kindRealm {
		return r.list(ctx, path(parent.Name, "groups")+"?briefRepresentation=false&"+all)
	}
	raw := nativeOf(parent).raw
	if below := objectsIn(raw["subGroups"]); len(below) > 0 || text(plan.Normal(raw["subGroupCount"])) == "0" || raw["subGroupCount"] == nil {
		return below, nil
	}
	return r.list(ctx, path(parent.Address.Root().Name(), "groups", str(raw, "id"))+"/children?briefRepresentation=false&"+all)
}

func groupRoles(o *plan.Object, raw map[string]any) plan.Set {
	set, n := plan.Set{}, nativeOf(o)
	add := func(client string, roles any) {
		for name := range setOf(roles) {
			ref := roleRef{client: client, role: name}
			set[ref.label()], n.refs[ref.label()] = true, ref
		}
	}
	add("", raw["realmRoles"])
	clients, _ := raw["clientRoles"].(map[string]any)
	for client, roles := range clients {
		add(client, roles)
	}
	return set
}

func (k groupKind) write(ctx context.Context, s *Session, c *change) error {
	if err := k.shape().writeFields(ctx, s, c); err != nil {
		return err
	}
	item, err := groupItem(ctx, s, c.Address)
	if err != nil {
		return err
	}
	return s.mapTo(ctx, c, item)
}

func (k groupKind) remove(ctx context.Context, s *Session, c *change) error {
	if _, ok := s.id(c.Address); !ok {
		return nil // it went with the group above
	}
	return k.shape().remove(ctx, s, c)
}
