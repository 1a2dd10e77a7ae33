package keycloak

import (
	"context"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// actionKind are the required actions of a realm. A new realm has all that the server knows, so that creating one is changing
// it, but where somebody has taken it out.
type actionKind struct{}

func (actionKind) info() plan.Kind { return plan.Kind{Name: kindAction} }

func (w *wants) actions(realm *plan.Object, said maas.Map[*maas.Object], at []string) {
	if said == nil {
		return
	}
	w.name(kindAction, realm.Address)
	for _, e := range said {
		o := w.add(object(realm.Child(kindAction, e.Name, nil), *e.Value, nil), join(at, "requiredActions", e.Name)...)
		for _, u := range w.objects {
			if u.Kind == kindUser && u.Parent == realm.Address {
				o.Refs = append(o.Refs, u.Address) // a default action is for those who come later
			}
		}
	}
}

func (actionKind) shape() *shape {
	return &shape{item: func(_ context.Context, _ *Session, a plan.Address) (string, error) {
		return path(a.Root().Name(), "authentication", "required-actions", a.Name()), nil
	}}
}

func (k actionKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.list(ctx, path(realm.Name, "authentication", "required-actions"))
	var out []*plan.Object
	for _, raw := range found {
		o := r.found(realm.Child(kindAction, str(raw, "alias"), nil), k.shape().place, raw, str(raw, "alias"))
		o.Owner = plan.Nobody // the server's own: --prune takes none
		out = append(out, o)
	}
	return out, err
}

func (k actionKind) write(ctx context.Context, s *Session, c *change) error {
	w := k.shape()
	if c.Live == nil {
		look := func() (bool, error) { return w.look(ctx, s, c.Address) }
		there, err := look()
		if err == nil && !there {
			to := path(c.realm(), "authentication", "register-required-action")
			err = insist(ctx, func() error {
				_, err := s.api.do(ctx, http.MethodPost, to, map[string]any{"providerId": c.Name, "name": c.Name})
				return err
			}, look)
		}
		if err != nil {
			return err
		}
	}
	return w.update(ctx, s, c)
}

func (k actionKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
