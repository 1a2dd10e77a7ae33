package keycloak

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// roleStep are roles that are added to, or taken from, something.
type roleStep struct {
	method string // POST adds, DELETE takes away
	refs   []roleRef
}

// roleSteps are what the change does to a set of roles, in the field "role".
func (c *change) roleSteps() []roleStep {
	var steps []roleStep
	for _, step := range []struct {
		method string
		action plan.FieldAction
		names  *native
	}{
		{http.MethodDelete, plan.Remove, nativeOf(c.Live)},
		{http.MethodPost, plan.Add, nativeOf(c.Desired)},
	} {
		var refs []roleRef
		for _, label := range c.elements(fieldRole, step.action) {
			refs = append(refs, step.names.refs[label])
		}
		if refs != nil {
			steps = append(steps, roleStep{step.method, refs})
		}
	}
	return steps
}

// represent gives roles in the form in which they are sent: the server looks at id and name. Roles that are to be taken away
// and are gone themselves are left out.
func (s *Session) represent(ctx context.Context, realm plan.Address, method string, refs []roleRef) ([]map[string]any, error) {
	var out []map[string]any
	for _, ref := range refs {
		id, err := s.roleID(ctx, realm, ref)
		if method == http.MethodDelete && isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"id": id, "name": ref.role})
	}
	return out, nil
}

// mapRoles adds or takes away. What is there needs no adding and what is gone no taking, so it can be sent twice.
func (s *Session) mapRoles(ctx context.Context, method, to string, reps []map[string]any) error {
	if len(reps) == 0 {
		return nil
	}
	_, err := s.api.do(ctx, method, to, reps)
	for attempt := 1; attempt < attempts && (transport.Uncertain(err) || attempt < worth(err)); attempt++ {
		if waitErr := wait(ctx, attempt); waitErr != nil {
			return waitErr
		}
		_, err = s.api.do(ctx, method, to, reps)
	}
	if method == http.MethodDelete && gone(err) {
		return s.unmapEach(ctx, to, reps)
	}
	return err
}

// unmapEach takes roles away one by one: where one of several is gone itself, deleted in the same run, the server takes
// none of them.
func (s *Session) unmapEach(ctx context.Context, to string, reps []map[string]any) error {
	if len(reps) == 1 {
		return nil
	}
	for i := range reps {
		if err := s.mapRoles(ctx, http.MethodDelete, to, reps[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// mapTo carries out what the change does to the roles of a user or a group: item is where that one is. Roles of the realm are
// one call, those of each client another.
func (s *Session) mapTo(ctx context.Context, c *change, item string) error {
	realm := c.Address.Root()
	for _, step := range c.roleSteps() {
		slices.SortStableFunc(step.refs, func(a, b roleRef) int { return cmp.Compare(a.client, b.client) })
		for start := 0; start < len(step.refs); {
			end := start + 1
			for end < len(step.refs) && step.refs[end].client == step.refs[start].client {
				end++
			}
			if err := s.mapSome(ctx, realm, step.method, item, step.refs[start:end]); err != nil {
				return err
			}
			start = end
		}
	}
	return nil
}

// mapSome maps roles that are all of the realm, or all of one client.
func (s *Session) mapSome(ctx context.Context, realm plan.Address, method, item string, refs []roleRef) error {
	to := item + "/role-mappings/realm"
	if refs[0].client != "" {
		id, err := s.clientID(ctx, realm, refs[0].client)
		if method == http.MethodDelete && isMissing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		to = item + "/role-mappings/clients" + path(id)
	}
	reps, err := s.represent(ctx, realm, method, refs)
	if err != nil {
		return err
	}
	return s.mapRoles(ctx, method, to, reps)
}

// mapped reads the roles of a user, without the one that every user has, unless what is wanted names it.
func (r *reader) mapped(ctx context.Context, realm plan.Address, user string, d *plan.Object) (plan.Set, map[string]roleRef, error) {
	raw, err := r.one(ctx, path(realm.Name(), "users", user, "role-mappings"))
	if err != nil {
		return nil, nil, err
	}
	set, refs := plan.Set{}, map[string]roleRef{}
	add := func(client string, roles any) {
		for _, role := range objectsIn(roles) {
			ref := roleRef{client: client, role: str(role, "name")}
			if ref == (roleRef{role: defaultRole(realm.Name())}) && !saysRole(d, ref.label()) {
				continue
			}
			r.s.learn(ref.address(realm), str(role, "id"))
			set[ref.label()], refs[ref.label()] = true, ref
		}
	}
	add("", raw["realmMappings"])
	clients, _ := raw["clientMappings"].(map[string]any)
	for name := range clients {
		add(name, at(clients, name, "mappings"))
	}
	return set, refs, nil
}

// saysRole tells whether the document names a role among those of an object.
func saysRole(d *plan.Object, label string) bool {
	if d == nil {
		return false
	}
	set, _ := d.Fields[fieldRole].(plan.Set)
	_, ok := set[label]
	return ok
}
