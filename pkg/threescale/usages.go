package threescale

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	porta "github.com/3scale/3scale-porta-go-client/client"

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
		set[e.Name] = maas.UsagePath(e.Value)
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
func (r *reader) backendNames(ctx context.Context) (map[int64]string, error) {
	names := map[int64]string{}
	backends, err := r.backends(ctx)
	for id, b := range backends {
		names[id] = b.SystemName
	}
	return names, err
}

func (usagesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := usagesOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	names, err := r.backendNames(ctx)
	if err != nil {
		return nil, err
	}
	set, ids := plan.Set{}, map[string]int64{}
	o := parent.Child(kindUsages, "", plan.Fields{"backend": set})
	o.Native = ids
	for _, u := range found {
		name := names[u.BackendID]
		set[name], ids[name] = maas.UsagePath(u.Path), u.ID
		o.Refs = append(o.Refs, backendAt(name))
	}
	r.deployAfter(parent, o.Refs)
	return []*plan.Object{o}, nil
}

// deployAfter makes a product's deployment wait for the backends that it uses already: of somebody else's product, those
// stay that the document doesn't name.
func (r *reader) deployAfter(product *plan.Object, backends []plan.Address) {
	d := r.desired[product.Address.Child(kindStaging, "")]
	if d == nil || !r.planning() {
		return
	}
	for _, b := range backends {
		if w := r.desired[b]; w != nil && !w.Absent {
			d.Follows = append(d.Follows, b, b.Child(kindRules, ""))
		}
	}
}

// write takes away what goes before it adds, since a path can be taken once only. The others follow as their paths
// become free; where usages swap theirs, one steps aside for a moment.
func (usagesKind) write(ctx context.Context, s *Session, c *change) error {
	product, err := s.id(c.Parent)
	if err != nil {
		return err
	}
	w := &usageWriter{s: s, c: c, product: product, ids: presentUsages(c), takenBy: map[string]string{}}
	for _, f := range c.Fields {
		if f.Action == plan.Remove {
			err := s.api.porta(ctx, func(c *porta.ThreeScaleClient) error { return c.DeleteBackendapiUsage(product, w.ids[f.Element]) })
			if ignoreGone(err) != nil {
				return fmt.Errorf("backend %s: %w", f.Element, err)
			}
			continue
		}
		w.pending = append(w.pending, f)
		if f.Action == plan.SetField {
			w.takenBy[pathKey(f.Old)] = f.Element
		}
	}
	return w.run(ctx)
}

// usageWriter brings the usages of one product to their paths.
type usageWriter struct {
	s       *Session
	c       *change
	product int64
	ids     map[string]int64
	pending []plan.FieldChange
	takenBy map[string]string // of paths that something pending still has: its backend
}

// pathKey is how 3scale compares paths: without regard to case.
func pathKey(path any) string {
	text, _ := path.(string)
	return strings.ToLower(text)
}

func (w *usageWriter) run(ctx context.Context) error {
	for len(w.pending) > 0 {
		next := slices.IndexFunc(w.pending, func(f plan.FieldChange) bool {
			holder, taken := w.takenBy[pathKey(f.New)]
			return !taken || holder == f.Element
		})
		aside := next < 0
		if aside { // whoever has the first one's path
			holder := w.takenBy[pathKey(w.pending[0].New)]
			next = slices.IndexFunc(w.pending, func(f plan.FieldChange) bool { return f.Element == holder })
		}
		f := w.pending[next]
		if err := w.place(ctx, f, aside); err != nil {
			return fmt.Errorf("backend %s: %w", f.Element, err)
		}
		maps.DeleteFunc(w.takenBy, func(_, holder string) bool { return holder == f.Element })
		if !aside {
			w.pending = slices.Delete(w.pending, next, next+1)
		}
	}
	return nil
}

// place writes one usage to its path, or aside, where nobody else has one.
func (w *usageWriter) place(ctx context.Context, f plan.FieldChange, aside bool) error {
	if f.Action == plan.Add {
		return w.s.addUsage(ctx, w.c, w.product, f)
	}
	path := fmt.Sprint(f.New)
	if aside {
		path = fmt.Sprintf("/maasctl-moving-%d", w.ids[f.Element])
	}
	return w.s.api.porta(ctx, func(c *porta.ThreeScaleClient) error {
		_, err := c.UpdateBackendapiUsage(w.product, w.ids[f.Element], porta.Params{"path": path})
		return err
	})
}

// presentUsages are the numbers of the usages by backend; a new product has none.
func presentUsages(c *change) map[string]int64 {
	if c.Live == nil {
		return nil
	}
	ids, _ := c.Live.Native.(map[string]int64)
	return ids
}

func (s *Session) addUsage(ctx context.Context, c *change, product int64, f plan.FieldChange) error {
	backend, err := s.id(backendAt(f.Element))
	if err != nil {
		return err
	}
	params := porta.Params{"backend_api_id": strconv.FormatInt(backend, 10), "path": fmt.Sprint(f.New)}
	_, err = s.create(ctx, func() (int64, error) {
		return 1, s.api.porta(ctx, func(c *porta.ThreeScaleClient) error {
			_, err := c.CreateBackendapiUsage(product, params)
			return err
		})
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
