package threescale

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// limitsKind are the limits of an application plan: one for each metric and period.
type limitsKind struct{}

func (limitsKind) info() plan.Kind { return plan.Kind{Name: kindLimits, Part: true} }

func (w *wants) limits(o *plan.Object, product *maas.Product, p *maas.Plan, path []string) {
	if p.Limits == nil {
		return
	}
	set := plan.Set{}
	part := o.Child(kindLimits, "", plan.Fields{"limit": set})
	for _, m := range p.Limits {
		for _, period := range m.Value {
			set[m.Name+"/"+period.Name] = period.Value
		}
		part.Refs = append(part.Refs, w.planMetric(o.Parent, product, m.Name)...)
	}
	w.add(part, maas.Meta{}, append(path, "limits")...)
}

// planMetric gives what a limit or price of "metric" or "backend/metric" points at; a backend's metric also needs the
// product to use the backend by then.
func (w *wants) planMetric(product plan.Address, p *maas.Product, name string) []plan.Address {
	backend, metric, ok := backendMetric(p, name)
	if !ok {
		return []plan.Address{metricAt(product, name, p.Methods)}
	}
	refs := []plan.Address{product.Child(kindUsages, "")}
	if b, known := w.doc.Backends.Get(backend); known {
		return append(refs, metricAt(backendAt(backend), metric, b.Methods))
	}
	return append(refs, backendAt(backend).Child(kindMetric, metric))
}

// backendMetric splits backend/metric. A metric or method of the product may have slashes in its own name and comes first.
func backendMetric(p *maas.Product, name string) (backend, metric string, ok bool) {
	if p.Metrics.Has(name) || p.Methods.Has(name) {
		return "", name, false
	}
	backend, metric, ok = strings.Cut(name, "/")
	return backend, metric, ok && p.Backends.Has(backend)
}

type limitJSON struct {
	ID       int64  `json:"id"`
	Period   string `json:"period"`
	Value    int64  `json:"value"`
	MetricID int64  `json:"metric_id"`
}

// metricNames are the names of all metrics that plans of a product can limit or price, by number, with their addresses:
// the product's own, and those of the backends it uses as backend/metric.
func (r *reader) metricNames(ctx context.Context, product plan.Address, needed func(id int64) bool) (map[int64]string, map[int64]plan.Address, error) {
	names, addresses := map[int64]string{}, map[int64]plan.Address{}
	add := func(owner plan.Address, prefix string) error {
		found, err := metricsOf(ctx, r, r.s, owner)
		if err != nil {
			return err
		}
		id, err := r.s.id(owner)
		if err != nil {
			return err
		}
		for _, m := range found {
			names[m.ID], addresses[m.ID] = prefix+m.key(id), m.address(owner, id)
			r.s.learn(addresses[m.ID], m.ID)
		}
		return nil
	}
	if err := add(product, ""); err != nil || !needed(0) {
		return names, addresses, err
	}
	return names, addresses, r.eachUsed(ctx, product, func(backend string) error { return add(backendAt(backend), backend+"/") })
}

// eachUsed calls do for each backend that the product uses now.
func (r *reader) eachUsed(ctx context.Context, product plan.Address, do func(backend string) error) error {
	usages, err := usagesOf(ctx, r, r.s, product)
	if err != nil {
		return err
	}
	names, err := r.backendNames(ctx)
	if err != nil {
		return err
	}
	for _, u := range usages {
		name := names[u.BackendID]
		r.s.learn(backendAt(name), u.BackendID)
		if err := do(name); err != nil {
			return err
		}
	}
	return nil
}

// namesFor gives names and addresses for the metrics that some objects of a plan have; backends are asked only where
// the product's own metrics don't suffice.
func (r *reader) namesFor(ctx context.Context, product plan.Address, ids []int64) (map[int64]string, map[int64]plan.Address, error) {
	names, addresses, err := r.metricNames(ctx, product, func(int64) bool { return false })
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		if _, ok := names[id]; !ok {
			return r.metricNames(ctx, product, func(int64) bool { return true })
		}
	}
	return names, addresses, nil
}

func (limitsKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.path(parent.Address, plansPath)
	if err != nil {
		return nil, err
	}
	// Not metrics/ID/limits: that lists the limits of all plans.
	found, err := pages[limitJSON](ctx, r, strings.TrimSuffix(base, ".json")+"/limits.json")
	if err != nil {
		return nil, err
	}
	var metrics []int64
	for _, l := range found {
		metrics = append(metrics, l.MetricID)
	}
	names, addresses, err := r.namesFor(ctx, parent.Parent, metrics)
	if err != nil {
		return nil, err
	}
	set, ids := plan.Set{}, map[string]limitJSON{}
	o := parent.Child(kindLimits, "", plan.Fields{"limit": set})
	o.Native = ids
	for _, l := range found {
		key := names[l.MetricID] + "/" + l.Period
		set[key], ids[key] = l.Value, l
		o.Refs = append(o.Refs, addresses[l.MetricID])
	}
	return []*plan.Object{o}, nil
}

func (limitsKind) write(ctx context.Context, s *Session, c *change) error {
	id, err := s.id(c.Parent)
	if err != nil {
		return err
	}
	var ids map[string]limitJSON
	if c.Live != nil {
		ids, _ = c.Live.Native.(map[string]limitJSON)
	}
	for _, f := range c.Fields {
		at := strings.LastIndex(f.Element, "/")
		metric, period := f.Element[:at], f.Element[at+1:]
		base := func(metric int64) string { return fmt.Sprintf("%s/%d/metrics/%d/limits", plansPath, id, metric) }
		old := ids[f.Element]
		switch f.Action {
		case plan.Remove:
			err = s.delete(ctx, itemPath(base(old.MetricID), old.ID, ".json"))
		case plan.SetField:
			err = s.api.do(ctx, http.MethodPut, itemPath(base(old.MetricID), old.ID, ".json"), map[string]any{"value": f.New}, nil)
		default:
			err = s.addLimit(ctx, c, metric, period, f.New, base)
		}
		if err != nil {
			return fmt.Errorf("limit %s: %w", f.Element, err)
		}
	}
	return nil
}

func (s *Session) addLimit(ctx context.Context, c *change, metric, period string, value any, base func(int64) string) error {
	id, err := s.planMetricID(ctx, c, metric)
	if err != nil {
		return err
	}
	body := map[string]any{"period": period, "value": value}
	_, err = s.create(ctx, func() (int64, error) {
		return 1, s.api.do(ctx, http.MethodPost, base(id)+".json", body, nil)
	}, func() (int64, error) {
		plan, err := s.path(c.Parent, plansPath)
		if err != nil {
			return 0, err
		}
		found, err := pages[limitJSON](ctx, s.api, strings.TrimSuffix(plan, ".json")+"/limits.json")
		for _, l := range found {
			if l.MetricID == id && l.Period == period {
				return l.ID, nil
			}
		}
		return 0, err
	})
	return err
}

// planMetricID is the number of "metric" or "backend/metric" for a part of a plan.
func (s *Session) planMetricID(ctx context.Context, c *change, name string) (int64, error) {
	product := c.Address.Root()
	for _, ref := range c.Desired.Refs {
		owner := ref.Root()
		prefix := ""
		if owner != product {
			prefix = owner.Name() + "/"
		}
		if prefix+ref.Name() == name {
			if id, err := s.id(ref); err == nil {
				return id, nil
			}
			return s.metricID(ctx, owner, ref.Name())
		}
	}
	return s.metricID(ctx, product, name)
}

func (limitsKind) remove(context.Context, *Session, *change) error { return errPart(kindLimits) }

func itemPath(base string, id int64, tail string) string {
	return fmt.Sprintf("%s/%d%s", base, id, tail)
}
