package threescale

import (
	"cmp"
	"context"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// rulesKind are the mapping rules of a product or backend, in their order.
type rulesKind struct{}

func (rulesKind) info() plan.Kind { return plan.Kind{Name: kindRules, Part: true} }

// rulesAtBirth is what 3scale gives each new product.
func rulesAtBirth(product *plan.Object) *plan.Object {
	return product.Child(kindRules, "", plan.Fields{"rule": plan.List{
		ruleItem("GET", "/", hitsName, 1, false),
	}})
}

// ruleItem is a rule as an element of a list: what it matches identifies it.
func ruleItem(verb, pattern, metric string, delta int64, last bool) plan.Item {
	return plan.Item{Label: verb + " " + pattern, Value: map[string]any{"metric": metric, "delta": delta, "last": last}}
}

func (w *wants) rules(parent *plan.Object, methods maas.Map[*maas.Method], rules []maas.Rule, own bool, path []string) {
	named := own
	for _, m := range methods {
		named = named || m.Value.Rules != nil
	}
	if !named {
		return
	}
	items := plan.List{}
	o := parent.Child(kindRules, "", nil)
	for _, r := range rules {
		metric := cmp.Or(r.Method, r.Metric, hitsName)
		items = append(items, ruleItem(r.Verb, r.Pattern, metric, cmp.Or(r.Delta, 1), r.Last))
		o.Refs = append(o.Refs, metricAt(parent.Address, metric, methods))
	}
	o.Fields = plan.Fields{"rule": items}
	at := append(path[:len(path):len(path)], "mappingRules")
	if !own {
		at[len(at)-1] = "methods"
	}
	w.add(o, maas.Meta{}, at...)
}

type ruleJSON struct {
	ID         int64  `json:"id"`
	MetricID   int64  `json:"metric_id"`
	Pattern    string `json:"pattern"`
	HTTPMethod string `json:"http_method"`
	Delta      int64  `json:"delta"`
	Position   int64  `json:"position"`
	Last       bool   `json:"last"`
}

// rulesPath is where the rules of a product or backend are.
func (s *Session) rulesPath(owner plan.Address) (string, error) {
	base, err := s.owner(owner)
	if owner.TopKind() == kindProduct {
		base += "/proxy"
	}
	return base + "/mapping_rules", err
}

// rulesOf lists the rules in the order in which the gateway tries them.
func rulesOf(ctx context.Context, g getter, s *Session, owner plan.Address) ([]ruleJSON, error) {
	path, err := s.rulesPath(owner)
	if err != nil {
		return nil, err
	}
	var found []ruleJSON
	if owner.TopKind() == kindBackend { // in pages there, whole for products
		found, err = pages[ruleJSON](ctx, g, path+".json")
	} else {
		found, err = list[ruleJSON](ctx, g, path+".json")
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b ruleJSON) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return found, err
}

func (rulesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := rulesOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	metrics, err := metricsOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	o, err := rulesObject(r.s, parent, found, metrics)
	return []*plan.Object{o}, err
}

func rulesObject(s *Session, parent *plan.Object, found []ruleJSON, metrics []metricJSON) (*plan.Object, error) {
	id, err := s.id(parent.Address)
	if err != nil {
		return nil, err
	}
	byID := map[int64]metricJSON{}
	for _, m := range metrics {
		byID[m.ID] = m
	}
	o := parent.Child(kindRules, "", nil)
	items := plan.List{}
	for _, f := range found {
		m := byID[f.MetricID]
		items = append(items, ruleItem(f.HTTPMethod, f.Pattern, m.key(id), f.Delta, f.Last))
		if address := m.address(parent.Address, id); !slices.Contains(o.Refs, address) {
			o.Refs = append(o.Refs, address)
		}
	}
	o.Fields, o.Native = plan.Fields{"rule": items}, found
	return o, nil
}

// write brings the rules into the wanted state with the fewest requests: what stays isn't touched, an element that goes
// is turned into one that comes, and only what is out of order moves. Positions are written one by one, from the first
// to the last: each write shifts what stands behind it.
func (rulesKind) write(ctx context.Context, s *Session, c *change) error {
	path, err := s.rulesPath(c.Parent)
	if err != nil {
		return err
	}
	have, items, err := s.presentRules(ctx, c)
	if err != nil {
		return err
	}
	want, _ := c.Desired.Fields["rule"].(plan.List)
	e := &ruleEditor{s: s, owner: c.Parent, path: path, want: want, have: items, rules: have}
	return e.run(ctx)
}

// presentRules are the rules as they stand: as they were read, or, where the owner was made in this run, as they are now.
func (s *Session) presentRules(ctx context.Context, c *change) ([]ruleJSON, plan.List, error) {
	if c.Live != nil {
		if have, ok := c.Live.Native.([]ruleJSON); ok {
			return have, c.Live.Fields["rule"].(plan.List), nil
		}
	}
	have, err := rulesOf(ctx, s.api, s, c.Parent)
	if err != nil {
		return nil, nil, err
	}
	metrics, err := metricsOf(ctx, s.api, s, c.Parent)
	if err != nil {
		return nil, nil, err
	}
	o, err := rulesObject(s, &plan.Object{Address: c.Parent}, have, metrics)
	if err != nil {
		return nil, nil, err
	}
	return have, o.Fields["rule"].(plan.List), nil
}

func (rulesKind) remove(context.Context, *Session, *change) error { return errPart(kindRules) }
