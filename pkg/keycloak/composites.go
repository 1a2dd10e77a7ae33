package keycloak

import (
	"context"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// compositesKind are the roles that a role brings along.
type compositesKind struct{}

func (compositesKind) info() plan.Kind { return plan.Kind{Name: kindComposites, Part: true} }

// fieldRole is the field of all sets of roles.
const fieldRole = "role"

func (w *wants) composites(role *plan.Object, said []maas.RoleRef, at []string) {
	if said == nil {
		return
	}
	o := role.Child(kindComposites, "", plan.Fields{})
	rolesSaid(o, said)
	w.add(o, join(at, "composites")...)
}

func (compositesKind) read(ctx context.Context, r *reader, role *plan.Object) ([]*plan.Object, error) {
	o := role.Child(kindComposites, "", plan.Fields{})
	n := &native{refs: map[string]roleRef{}}
	o.Native = n
	set := plan.Set{}
	o.Fields[fieldRole] = set
	if !flag(nativeOf(role).raw, "composite") {
		return []*plan.Object{o}, nil
	}
	realm := role.Address.Root()
	found, err := r.list(ctx, path(realm.Name(), "roles-by-id", str(nativeOf(role).raw, "id"))+"/composites")
	if err != nil {
		return nil, err
	}
	isDefault := r.isDefaultRole(role)
	for _, raw := range found {
		ref, err := r.roleRef(ctx, realm.Name(), raw)
		if err != nil {
			return nil, err
		}
		r.s.learn(ref.address(realm), str(raw, "id"))
		if isDefault && !saysRole(r.desired[o.Address], ref.label()) && slices.Contains(givenToAll(), ref.label()) {
			continue
		}
		set[ref.label()], n.refs[ref.label()] = true, ref
	}
	return []*plan.Object{o}, nil
}

// givenToAll are the roles that the server puts into the default role of a new realm. They stay, as what it gives to users does.
func givenToAll() []string {
	return []string{"offline_access", "uma_authorization", "account/manage-account", "account/view-profile"}
}

// isDefaultRole tells whether every user of the realm has the role.
func (r *reader) isDefaultRole(role *plan.Object) bool {
	realm := role.Address.Root()
	if role.Parent != realm {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	name, _ := at(nativeOf(r.state[realm]).raw, "defaultRole", "name").(string)
	return role.Name == name || role.Name == defaultRole(realm.Name())
}

// roleRef names a role of the server. 18 leaves out names in lists of composites, and a client stands there by its id only.
func (r *reader) roleRef(ctx context.Context, realm string, raw map[string]any) (roleRef, error) {
	ref := roleRef{role: str(raw, "name")}
	if ref.role == "" {
		full, err := r.one(ctx, path(realm, "roles-by-id", str(raw, "id")))
		if err != nil {
			return ref, err
		}
		ref.role = str(full, "name")
	}
	if !flag(raw, "clientRole") {
		return ref, nil
	}
	clients, err := r.clients(ctx, realm)
	for _, c := range clients {
		if str(c, "id") == str(raw, "containerId") {
			ref.client = str(c, "clientId")
		}
	}
	return ref, err
}

func (compositesKind) write(ctx context.Context, s *Session, c *change) error {
	item, err := roleItem(ctx, s, c.Parent)
	if err != nil {
		return err
	}
	for _, step := range c.roleSteps() {
		reps, err := s.represent(ctx, c.Address.Root(), step.method, step.refs)
		if err != nil {
			return err
		}
		if err := s.mapRoles(ctx, step.method, item+"/composites", reps); err != nil {
			return err
		}
	}
	return nil
}

func (compositesKind) remove(context.Context, *Session, *change) error {
	return errPart(kindComposites)
}
