package threescale

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	porta "github.com/3scale/3scale-porta-go-client/client"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// pricesKind are the price steps of an application plan (pricing_rules). 3scale has no way to change one: a step whose
// price changes is made anew.
type pricesKind struct{}

func (pricesKind) info() plan.Kind { return plan.Kind{Name: kindPrices, Part: true} }

// priceKey names a step: "total_tokens 1-1000" or "total_tokens 1001-".
func priceKey(metric string, from int64, to *int64) string {
	end := ""
	if to != nil {
		end = strconv.FormatInt(*to, 10)
	}
	return fmt.Sprintf("%s %d-%s", metric, from, end)
}

func (w *wants) prices(o *plan.Object, product *maas.Product, p *maas.Plan, path []string) {
	if p.Prices == nil {
		return
	}
	set := plan.Set{}
	part := o.Child(kindPrices, "", plan.Fields{"price": set})
	for _, m := range p.Prices {
		for _, step := range m.Value {
			set[priceKey(m.Name, cmp.Or(step.From, 1), step.To)] = string(step.Price)
		}
		part.Refs = append(part.Refs, w.planMetric(o.Parent, product, m.Name)...)
	}
	w.add(part, maas.Meta{}, append(path, "prices")...)
}

type priceJSON struct {
	ID          int64       `json:"id"`
	MetricID    int64       `json:"metric_id"`
	CostPerUnit json.Number `json:"cost_per_unit"` // text there
	Min         int64       `json:"min"`
	Max         *int64      `json:"max"`
}

func (pricesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.path(parent.Address, plansPath)
	if err != nil {
		return nil, err
	}
	found, err := list[priceJSON](ctx, r, strings.TrimSuffix(base, ".json")+"/pricing_rules.json")
	if err != nil {
		return nil, err
	}
	var metrics []int64
	for _, p := range found {
		metrics = append(metrics, p.MetricID)
	}
	names, addresses, err := r.namesFor(ctx, parent.Parent, metrics)
	if err != nil {
		return nil, err
	}
	set, ids := plan.Set{}, map[string]priceJSON{}
	o := parent.Child(kindPrices, "", plan.Fields{"price": set})
	o.Native = ids
	for _, p := range found {
		key := priceKey(names[p.MetricID], p.Min, p.Max)
		set[key], ids[key] = decimal(p.CostPerUnit), p
		o.Refs = append(o.Refs, addresses[p.MetricID])
	}
	return []*plan.Object{o}, nil
}

// write takes old steps away before it adds new ones: steps of a metric must not overlap.
func (pricesKind) write(ctx context.Context, s *Session, c *change) error {
	id, err := s.id(c.Parent)
	if err != nil {
		return err
	}
	var ids map[string]priceJSON
	if c.Live != nil {
		ids, _ = c.Live.Native.(map[string]priceJSON)
	}
	for _, f := range c.Fields {
		if old, ok := ids[f.Element]; ok {
			err := s.api.porta(ctx, func(c *porta.ThreeScaleClient) error {
				return c.DeleteApplicationPlanPricingRule(id, old.MetricID, old.ID)
			})
			if ignoreGone(err) != nil {
				return fmt.Errorf("price %s: %w", f.Element, err)
			}
		}
	}
	added := slices.DeleteFunc(slices.Clone(c.Fields), func(f plan.FieldChange) bool { return f.Action == plan.Remove })
	slices.SortStableFunc(added, func(a, b plan.FieldChange) int { return cmp.Compare(priceStart(a.Element), priceStart(b.Element)) })
	for _, f := range added {
		if err := s.addPrice(ctx, c, id, f); err != nil {
			return fmt.Errorf("price %s: %w", f.Element, err)
		}
	}
	return nil
}

func splitPrice(key string) (metric, from, to string) {
	at := strings.LastIndex(key, " ")
	from, to, _ = strings.Cut(key[at+1:], "-")
	return key[:at], from, to
}

func priceStart(key string) int64 {
	_, from, _ := splitPrice(key)
	n, _ := strconv.ParseInt(from, 10, 64) // made by priceKey
	return n
}

func (s *Session) addPrice(ctx context.Context, c *change, planID int64, f plan.FieldChange) error {
	name, from, to := splitPrice(f.Element)
	metric, err := s.planMetricID(ctx, c, name)
	if err != nil {
		return err
	}
	params := porta.Params{"min": from, "cost_per_unit": fmt.Sprint(f.New)}
	if to != "" {
		params["max"] = to
	}
	_, err = s.create(ctx, func() (int64, error) {
		return 1, s.api.porta(ctx, func(c *porta.ThreeScaleClient) error {
			_, err := c.CreateApplicationPlanPricingRule(planID, metric, params)
			return err
		})
	}, func() (int64, error) {
		found, err := list[priceJSON](ctx, s.api, fmt.Sprintf("%s/%d/pricing_rules.json", plansPath, planID))
		for _, p := range found {
			if p.MetricID == metric && p.Min == priceStart(f.Element) {
				return p.ID, nil
			}
		}
		return 0, err
	})
	return err
}

func (pricesKind) remove(context.Context, *Session, *change) error { return errPart(kindPrices) }
