package threescale

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// usagesKind are the backends that a product uses, each at a path (backend_usages).
type usagesKind struct{}

func (usagesKind) info() plan.Kind { return plan.Kind{Name: kindUsages, Part: true} }

func (w *wants) usages(product *plan.Object, p *maas.Product, path []string) {
	if p.Backends == nil {
		return
	}
	set := plan.Set{}
	o := product.Child(kindUsages, "", plan.Fields{"backend": set})
	for _, e := range p.Backends {
		set[e.Name] = withSlash(e.Value)
		o.Refs = append(o.Refs, backendAt(e.Name))
	}
	w.add(o, maas.Meta{}, append(path, "backends")...)
}

type usageJSON struct {
	ID        int64  `json:"id"`
	Path      string `json:"path"`
	BackendID int64  `json:"backend_id"`
}

func usagesOf(ctx context.Context, g getter, s *Session, product plan.Address) ([]usageJSON, error) {
	base, err := s.owner(product)
	if err != nil {
		return nil, err
	}
	return pages[usageJSON](ctx, g, base+"/backend_usages.json")
}

// backendNames are the backends' system names by number.
func backendNames(ctx context.Context, g getter) (map[int64]string, error) {
	found, err := pages[named](ctx, g, backendsPath+".json")
	names := map[int64]string{}
	for _, b := range found {
		names[b.ID] = b.SystemName
	}
	return names, err
}

func (usagesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := usagesOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	names, err := backendNames(ctx, r)
	if err != nil {
		return nil, err
	}
	set, ids := plan.Set{}, map[string]int64{}
	o := parent.Child(kindUsages, "", plan.Fields{"backend": set})
	o.Native = ids
	for _, u := range found {
		name := names[u.BackendID]
		set[name], ids[name] = withSlash(u.Path), u.ID
		o.Refs = append(o.Refs, backendAt(name))
	}
	return []*plan.Object{o}, nil
}

// write takes away what goes before it adds, since a path can be taken once only; two usages that swap their paths meet
// at a path of their own for a moment.
func (usagesKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	base += "/backend_usages"
	ids := presentUsages(c)
	set := func(f plan.FieldChange, path any) error {
		return s.api.do(ctx, http.MethodPut, fmt.Sprintf("%s/%d.json", base, ids[f.Element]), map[string]any{"path": path}, nil)
	}
	taken := map[any]bool{}
	for _, f := range c.Fields {
		if f.Action == plan.SetField {
			taken[f.Old] = true
		}
	}
	for _, f := range c.Fields {
		var err error
		switch {
		case f.Action == plan.Remove:
			err = s.delete(ctx, fmt.Sprintf("%s/%d.json", base, ids[f.Element]))
		case f.Action == plan.SetField && taken[f.New]:
			err = set(f, fmt.Sprintf("/maasctl-moving-%d", ids[f.Element]))
		}
		if err != nil {
			return fmt.Errorf("backend %s: %w", f.Element, err)
		}
	}
	for _, f := range c.Fields {
		var err error
		switch f.Action {
		case plan.SetField:
			err = set(f, f.New)
		case plan.Add:
			err = s.addUsage(ctx, c, base, f)
		}
		if err != nil {
			return fmt.Errorf("backend %s: %w", f.Element, err)
		}
	}
	return nil
}

// presentUsages are the numbers of the usages by backend; a new product has none.
func presentUsages(c *change) map[string]int64 {
	if c.Live == nil {
		return nil
	}
	ids, _ := c.Live.Native.(map[string]int64)
	return ids
}

func (s *Session) addUsage(ctx context.Context, c *change, base string, f plan.FieldChange) error {
	backend, err := s.id(backendAt(f.Element))
	if err != nil {
		return err
	}
	body := map[string]any{"backend_api_id": backend, "path": f.New}
	_, err = s.create(ctx, func() (int64, error) {
		return 1, s.api.do(ctx, http.MethodPost, base+".json", body, nil)
	}, func() (int64, error) {
		found, err := usagesOf(ctx, s.api, s, c.Parent)
		for _, u := range found {
			if u.BackendID == backend {
				return u.ID, nil
			}
		}
		return 0, err
	})
	return err
}

func (usagesKind) remove(context.Context, *Session, *change) error { return errPart(kindUsages) }

// errPart is a change that the planner never makes.
func errPart(kind string) error {
	return errors.New(kind + " are a part of their object; they aren't deleted by themselves")
}
