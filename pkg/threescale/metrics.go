package threescale

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// metricKind are the metrics of a product or backend, or, with method, the methods below its metric hits. 3scale gives
// both in one list and keeps their names apart in one space.
type metricKind struct{ method bool }

const hitsName = "hits"

func (k metricKind) info() plan.Kind { return plan.Kind{Name: k.name()} }

func (k metricKind) name() string {
	if k.method {
		return kindMethod
	}
	return kindMetric
}

// hits is the metric that every product and backend is born with.
func hits(parent *plan.Object) *plan.Object {
	o := parent.Child(kindMetric, hitsName, plan.Fields{"name": "Hits", "unit": "hit", "description": "Number of API hits"})
	o.Builtin = true
	return o
}

func (w *wants) metrics(parent *plan.Object, metrics maas.Map[*maas.Metric], methods maas.Map[*maas.Method], path []string) {
	if metrics != nil {
		w.name(kindMetric, parent.Address)
	}
	for _, e := range metrics {
		w.add(parent.Child(kindMetric, e.Name, said(*e.Value)), e.Value.Meta, append(path, "metrics", e.Name)...)
	}
	if methods != nil {
		w.name(kindMethod, parent.Address)
	}
	for i, e := range methods {
		o := w.add(parent.Child(kindMethod, e.Name, said(*e.Value)), e.Value.Meta, append(path, "methods", e.Name)...)
		o.Order = i + 1
	}
}

// metricAt is the address of a metric or method of the document, whichever of the two it is.
func metricAt(parent plan.Address, name string, methods maas.Map[*maas.Method]) plan.Address {
	if methods.Has(name) {
		return parent.Child(kindMethod, name)
	}
	return parent.Child(kindMetric, name)
}

type metricJSON struct {
	ID           int64   `json:"id"`
	SystemName   string  `json:"system_name"`
	FriendlyName string  `json:"friendly_name"`
	Unit         string  `json:"unit"`
	Description  *string `json:"description"`
	ParentID     *int64  `json:"parent_id"` // methods only
}

// key is the system name without the ".ID" that a backend's metrics have.
func (m metricJSON) key(ownerID int64) string {
	return strings.TrimSuffix(m.SystemName, "."+strconv.FormatInt(ownerID, 10))
}

func (m metricJSON) address(owner plan.Address, ownerID int64) plan.Address {
	return owner.Child(metricKind{method: m.ParentID != nil}.name(), m.key(ownerID))
}

// metricsOf lists metrics and methods of a product or backend.
func metricsOf(ctx context.Context, g getter, s *Session, owner plan.Address) ([]metricJSON, error) {
	base, err := s.owner(owner)
	if err != nil {
		return nil, err
	}
	if owner.TopKind() == kindBackend { // in pages there, whole for products
		return pages[metricJSON](ctx, g, base+"/metrics.json")
	}
	return list[metricJSON](ctx, g, base+"/metrics.json")
}

func (k metricKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := metricsOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	id, err := r.s.id(parent.Address)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, m := range found {
		if m.SystemName == hitsName || m.key(id) == hitsName {
			r.s.learn(parent.Address.Child(kindMetric, hitsName), m.ID)
		}
		if (m.ParentID != nil) != k.method {
			continue
		}
		o := parent.Child(k.name(), m.key(id), plan.Fields{"name": m.FriendlyName, "description": text(m.Description)})
		if !k.method {
			o.Fields["unit"] = m.Unit
			o.Builtin = o.Name == hitsName
		}
		out = append(out, r.found(o, m.ID))
	}
	return out, nil
}

func (k metricKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := k.base(ctx, s, c)
	if err != nil {
		return err
	}
	fields, err := c.changed()
	if err != nil {
		return err
	}
	body := params(fields)
	if name, ok := body["name"]; ok {
		body["friendly_name"] = name
		delete(body, "name")
	}
	if c.Live != nil {
		if !s.known(c.Address) { // hits, of an owner made in this run
			if err := s.learnMetrics(ctx, c.Parent); err != nil {
				return err
			}
		}
		return s.update(ctx, c, base, body)
	}
	body["system_name"] = c.Name
	if _, ok := body["friendly_name"]; !ok {
		body["friendly_name"] = c.Name
	}
	if _, ok := body["unit"]; !ok && !k.method {
		body["unit"] = "hit" // 3scale wants one
	}
	return s.createNamed(ctx, c, base+".json", body, func(ctx context.Context) ([]named, error) {
		return k.names(ctx, s, c.Parent)
	})
}

func (k metricKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := k.base(ctx, s, c)
	if err != nil {
		return err
	}
	return s.removeAt(ctx, c, base)
}

// base is the collection's path: methods stand below the metric hits.
func (k metricKind) base(ctx context.Context, s *Session, c *change) (string, error) {
	base, err := s.owner(c.Parent)
	if err != nil {
		return "", err
	}
	base += "/metrics"
	if k.method {
		id, err := s.hitsID(ctx, c.Parent)
		if err != nil {
			return "", err
		}
		base = fmt.Sprintf("%s/%d/methods", base, id)
	}
	return base, nil
}

// hitsID is the number of the metric hits, asked for once where the owner was made in this session.
func (s *Session) hitsID(ctx context.Context, owner plan.Address) (int64, error) {
	at := owner.Child(kindMetric, hitsName)
	if !s.known(at) {
		if err := s.learnMetrics(ctx, owner); err != nil {
			return 0, err
		}
	}
	return s.id(at)
}

// learnMetrics asks for the numbers of all metrics and methods.
func (s *Session) learnMetrics(ctx context.Context, owner plan.Address) error {
	found, err := metricsOf(ctx, s.api, s, owner)
	if err != nil {
		return err
	}
	id, err := s.id(owner)
	if err != nil {
		return err
	}
	for _, m := range found {
		s.learn(m.address(owner, id), m.ID)
	}
	return nil
}

// names are the metrics of an owner, or its methods. The two share their names, and the one isn't the other.
func (k metricKind) names(ctx context.Context, s *Session, owner plan.Address) ([]named, error) {
	found, err := metricsOf(ctx, s.api, s, owner)
	if err != nil {
		return nil, err
	}
	id, err := s.id(owner)
	if err != nil {
		return nil, err
	}
	var out []named
	for _, m := range found {
		if (m.ParentID != nil) != k.method {
			continue
		}
		out = append(out, named{ID: m.ID, SystemName: m.key(id)})
	}
	return out, nil
}

// metricID is the number of a metric or method by its system name.
func (s *Session) metricID(ctx context.Context, owner plan.Address, name string) (int64, error) {
	for range 2 {
		for _, kind := range []string{kindMethod, kindMetric} {
			if id, err := s.id(owner.Child(kind, name)); err == nil {
				return id, nil
			}
		}
		if err := s.learnMetrics(ctx, owner); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("there is no metric or method %q", name)
}
