package keycloak

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const openIDConnect = "openid-connect"

// scopeKind are the client scopes of a realm.
type scopeKind struct{}

func (scopeKind) info() plan.Kind { return plan.Kind{Name: kindScope, Apart: true} }

func (w *wants) scopes(realm *plan.Object, said maas.Map[*maas.ClientScope], at []string) {
	if said == nil {
		return
	}
	w.name(kindScope, realm.Address)
	for _, e := range said {
		path := join(at, "clientScopes", e.Name)
		o := w.add(object(realm.Child(kindScope, e.Name, nil), e.Value.Object, nil), path...)
		if !o.Absent {
			w.mappers(o, e.Value.ProtocolMappers, path)
		}
	}
}

func (scopeKind) shape() *shape {
	return &shape{
		place: place{field: "attributes"},
		defaults: func(c *change) map[string]any {
			return map[string]any{"name": c.Name, "protocol": openIDConnect} // 26 refuses one without, 18 leaves it empty
		},
		collection: func(_ context.Context, _ *Session, a plan.Address) (string, error) {
			return path(a.Root().Name(), "client-scopes"), nil
		},
		item: scopeItem,
		find: findScope,
		drop: []string{"protocolMappers"},
	}
}

func scopeItem(ctx context.Context, s *Session, a plan.Address) (string, error) {
	id, err := s.scopeID(ctx, a.Root(), a.Name())
	return path(a.Root().Name(), "client-scopes", id), err
}

func (k scopeKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.list(ctx, path(realm.Name, "client-scopes"))
	var out []*plan.Object
	for _, raw := range found {
		out = append(out, r.found(realm.Child(kindScope, str(raw, "name"), nil), k.shape().place, raw, str(raw, "id")))
	}
	return out, err
}

func (k scopeKind) write(ctx context.Context, s *Session, c *change) error {
	w := k.shape()
	if c.Live != nil {
		return w.update(ctx, s, c)
	}
	body, err := w.whole(s, c)
	if err != nil {
		return err
	}
	mappers, err := s.embed(c, body)
	if err != nil {
		return err
	}
	made, err := w.create(ctx, s, c, body)
	if made {
		for _, m := range mappers {
			s.embedded(m)
		}
	}
	return err
}

func (k scopeKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}

// assignment are the default and the optional scopes of a client, or of a realm for its new clients: a scope is in one of
// the two lists at most.
type assignment struct {
	fields, paths [2]string
	there         [2]plan.Set
}

// assign takes away and brings in what the document says.
func (s *Session) assign(ctx context.Context, c *change, a assignment) error {
	for i, field := range a.fields {
		leave := c.elements(field, plan.Remove)
		for _, name := range slices.Concat(leave, saidScopes(c, field, false)) {
			if err := s.unassign(ctx, c, a, i, name); err != nil {
				return err
			}
		}
	}
	for i, field := range a.fields {
		for _, name := range saidScopes(c, field, true) {
			if err := s.assignOne(ctx, c, a, i, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// saidScopes are the scopes that the document wants to be there, or not to be there.
func saidScopes(c *change, field string, there bool) []string {
	said, _ := c.Desired.Fields[field].(plan.Set)
	var names []string
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if (said[name] != nil) == there {
			names = append(names, name)
		}
	}
	return names
}

// assignOne brings one scope in. Where it is in the other list it has to leave that first: a PUT of it changes nothing
// otherwise, and says 204.
func (s *Session) assignOne(ctx context.Context, c *change, a assignment, i int, name string) error {
	if _, there := a.there[i][name]; there {
		return nil
	}
	if err := s.unassign(ctx, c, a, 1-i, name); err != nil {
		return err
	}
	id, err := s.scopeID(ctx, c.Address.Root(), name)
	if err != nil {
		return err
	}
	return retried(ctx, func() error {
		_, err := s.api.do(ctx, http.MethodPut, a.paths[i]+path(id), map[string]any{})
		return err
	})
}

func (s *Session) unassign(ctx context.Context, c *change, a assignment, i int, name string) error {
	if _, there := a.there[i][name]; !there {
		return nil
	}
	delete(a.there[i], name)
	scope := c.Address.Root().Child(kindScope, name)
	id, known := s.id(scope)
	if !known {
		var err error
		if id, err = findScope(ctx, s, scope); err != nil || id == "" {
			return err // a scope that is gone is nowhere assigned
		}
	}
	_, err := s.api.do(ctx, http.MethodDelete, a.paths[i]+path(id), nil)
	if gone(err) {
		return nil
	}
	return err
}
