package keycloak

import (
	"context"
	"fmt"

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
		for name, p := range nativeOf(o).paths {
			if isFlowField(kindProvider, p) && o.Fields[name] == "" {
				o.Fields[name] = nil // 18 would look for a flow of that name
			}
		}
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

// movedHide is where 18 has whether the sign-in page hides a provider. 26 takes it there, and keeps it as hideOnLogin.
const movedHide = "config.hideOnLoginPage"

func (k providerKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	list, err := k.shape().collection(ctx, r.s, realm.Address)
	if err != nil {
		return nil, err
	}
	found, err := r.list(ctx, list+"?"+all)
	if err != nil {
		return nil, err
	}
	r.renamed(realm, found)
	var out []*plan.Object
	for _, raw := range found {
		o := realm.Child(kindProvider, str(raw, "alias"), nil)
		r.endpoints(r.desired[o.Address], raw)
		r.found(o, k.shape().place, raw, str(raw, "alias"))
		d := r.desired[o.Address]
		if d != nil && raw[forgotten] == nil && d.Fields[forgotten] != nil {
			o.Fields[forgotten] = d.Fields[forgotten]
		}
		if d != nil && d.Fields[movedHide] != nil && at(raw, "config", "hideOnLoginPage") == nil {
			o.Fields[movedHide] = text(flag(raw, "hideOnLogin"))
		}
		out = append(out, o)
	}
	return out, nil
}

// renamed warns of a new provider that is one under another alias. Keycloak can't change an alias: there would be two, and who
// has signed in by the first is nobody to the second.
func (r *reader) renamed(realm *plan.Object, found []map[string]any) {
	there := map[string]bool{}
	for _, raw := range found {
		there[str(raw, "alias")] = true
	}
	for _, d := range r.desired {
		if d.Kind != kindProvider || d.Parent != realm.Address || d.Absent || there[d.Name] {
			continue
		}
		for _, raw := range found {
			old := str(raw, "alias")
			if r.desired[realm.Address.Child(kindProvider, old)] == nil && sameUpstream(d, raw) {
				at := d.Source
				r.s.warn(d, &at, fmt.Sprintf("%s is there with the same client and address, and an alias can't be changed: this makes a second one, "+
					"at which the upstream has to know another redirect URI (.../broker/%s/endpoint), and users who have signed in by %[1]s "+
					"aren't linked to it; keep the alias, or say %[1]s: {absent: true}", old, d.Name))
			}
		}
	}
}

// sameUpstream tells whether a wanted provider and one that is there send users to the same place, as the same client.
func sameUpstream(d *plan.Object, raw map[string]any) bool {
	same := func(key string) bool { return d.Fields["config."+key] == at(raw, "config", key) }
	return d.Fields["providerId"] == raw["providerId"] && d.Fields["config.clientId"] != nil && same("clientId") && same("authorizationUrl")
}

func (k providerKind) write(ctx context.Context, s *Session, c *change) error {
	return k.shape().write(ctx, s, c)
}

func (k providerKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
