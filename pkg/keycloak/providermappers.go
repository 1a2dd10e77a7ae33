package keycloak

import (
	"context"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// providerMapperKind are the mappers of identity providers.
type providerMapperKind struct{}

func (providerMapperKind) info() plan.Kind { return plan.Kind{Name: kindProviderMapper} }

func (w *wants) providerMappers(provider *plan.Object, said maas.Map[*maas.Object], at []string) {
	if said == nil {
		return
	}
	w.name(kindProviderMapper, provider.Address)
	for _, e := range said {
		w.add(object(provider.Child(kindProviderMapper, e.Name, nil), *e.Value, nil), join(at, "mappers", e.Name)...)
	}
}

func (k providerMapperKind) shape() *shape {
	return &shape{
		place: place{field: "config"},
		defaults: func(c *change) map[string]any {
			return map[string]any{"name": c.Name, "identityProviderAlias": c.Parent.Name()}
		},
		collection: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			_, parent := kindAndParent(a)
			above, err := providerItem(ctx, s, parent)
			return above + "/mappers", err
		},
		item: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			return itemByName(ctx, s, k.shape(), a)
		},
		find: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			return findByName(ctx, s, k.shape(), a)
		},
	}
}

func (k providerMapperKind) read(ctx context.Context, r *reader, provider *plan.Object) ([]*plan.Object, error) {
	above, err := providerItem(ctx, r.s, provider.Address)
	if err != nil {
		return nil, err
	}
	found, err := r.list(ctx, above+"/mappers")
	var out []*plan.Object
	for _, raw := range found {
		out = append(out, r.found(provider.Child(kindProviderMapper, str(raw, "name"), nil), k.shape().place, raw, str(raw, "id")))
	}
	return out, err
}

func (k providerMapperKind) write(ctx context.Context, s *Session, c *change) error {
	return k.shape().write(ctx, s, c)
}

func (k providerMapperKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
