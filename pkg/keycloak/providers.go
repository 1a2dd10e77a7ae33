package keycloak

import (
	"context"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// providerKind are the identity providers of a realm: upstreams that users sign in by.
type providerKind struct{}

func (providerKind) info() plan.Kind { return plan.Kind{Name: kindProvider, Apart: true} }

func (w *wants) providers(realm *plan.Object, said maas.Map[*maas.IdentityProvider], at []string) {
	if said == nil {
		return
	}
	w.name(kindProvider, realm.Address)
	for _, e := range said {
		path := join(at, "identityProviders", e.Name)
		o := object(realm.Child(kindProvider, e.Name, nil), e.Value.Object, nil)
		w.add(o, path...)
		if o.Absent {
			continue
		}
		if e.Value.Discovery != "" {
			nativeOf(o).discovery = &discovery{issuer: e.Value.Discovery, source: source(w.doc.Pos(join(path, "discovery")...))}
		}
		w.providerMappers(o, e.Value.Mappers, path)
	}
}

func (providerKind) shape() *shape {
	return &shape{
		place:    place{field: "config"},
		defaults: func(c *change) map[string]any { return map[string]any{"alias": c.Name} },
		collection: func(_ context.Context, _ *Session, a plan.Address) (string, error) {
			return path(a.Root().Name(), "identity-provider", "instances"), nil
		},
		item: providerItem,
		drop: []string{"types"}, // 26 shows what the provider can do
	}
}

func providerItem(_ context.Context, _ *Session, a plan.Address) (string, error) {
	return path(a.Root().Name(), "identity-provider", "instances", a.Name()), nil
}

// forgotten are fields that 26 takes and no longer keeps: what the document says of them counts as done there.
const forgotten = "updateProfileFirstLoginMode"

func (k providerKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	list, err := k.shape().collection(ctx, r.s, realm.Address)
	if err != nil {
		return nil, err
	}
	found, err := r.list(ctx, list)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, raw := range found {
		o := realm.Child(kindProvider, str(raw, "alias"), nil)
		r.endpoints(r.desired[o.Address], raw)
		r.found(o, k.shape().place, raw, str(raw, "alias"))
		if d := r.desired[o.Address]; d != nil && raw[forgotten] == nil && d.Fields[forgotten] != nil {
			o.Fields[forgotten] = d.Fields[forgotten]
		}
		out = append(out, o)
	}
	return out, nil
}

func (k providerKind) write(ctx context.Context, s *Session, c *change) error {
	return k.shape().write(ctx, s, c)
}

func (k providerKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
