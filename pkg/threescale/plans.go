package threescale

import (
	"context"
	"encoding/json"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const plansPath = "/admin/api/application_plans"

// planKind are the application plans of a product.
type planKind struct{}

func (planKind) info() plan.Kind {
	return plan.Kind{Name: kindPlan, Born: func(p *plan.Object) []*plan.Object {
		return []*plan.Object{
			p.Child(kindLimits, "", plan.Fields{"limit": plan.Set{}}),
			p.Child(kindPrices, "", plan.Fields{"price": plan.Set{}}),
			p.Child(kindPlanFeatures, "", plan.Fields{"plan feature": plan.Set{}}),
		}
	}}
}

func (w *wants) plans(product *plan.Object, p *maas.Product, path []string) {
	if p.Plans != nil {
		w.name(kindPlan, product.Address)
	}
	for _, e := range p.Plans {
		at := append(path[:len(path):len(path)], "plans", e.Name)
		o := product.Child(kindPlan, e.Name, said(*e.Value))
		if d, ok := o.Fields["description"]; ok { // 3scale takes it and never shows it
			delete(o.Fields, "description")
			o.Unread = plan.Fields{"description": d}
		}
		w.add(o, e.Value.Meta, at...)
		if e.Value.Absent {
			continue
		}
		w.limits(o, p, e.Value, at)
		w.prices(o, p, e.Value, at)
		w.planFeatures(o, e.Value.Features, at)
	}
}

type planJSON struct {
	ID               int64       `json:"id"`
	SystemName       string      `json:"system_name"`
	Name             string      `json:"name"`
	State            string      `json:"state"`
	SetupFee         json.Number `json:"setup_fee"`
	CostPerMonth     json.Number `json:"cost_per_month"`
	TrialPeriodDays  int64       `json:"trial_period_days"`
	ApprovalRequired bool        `json:"approval_required"`
	Default          bool        `json:"default"`
	Custom           bool        `json:"custom"` // made for one application: nobody's plan to manage
}

const published = "published"

func (planKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.owner(parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := list[planJSON](ctx, r, base+"/application_plans.json")
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, p := range found {
		if p.Custom {
			continue
		}
		out = append(out, r.found(parent.Child(kindPlan, p.SystemName, plan.Fields{
			"name": p.Name, "published": p.State == published, "default": p.Default,
			"approvalRequired": p.ApprovalRequired, "trialDays": p.TrialPeriodDays,
			"setupFee": decimal(p.SetupFee), "monthlyCost": decimal(p.CostPerMonth),
		}), p.ID))
	}
	return out, nil
}

func (planKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	base += "/application_plans"
	return s.writePlan(ctx, c, base, func(body map[string]any) error {
		body["system_name"] = c.Name
		if _, ok := body["name"]; !ok {
			body["name"] = c.Name
		}
		return s.createNamed(ctx, c, base+".json", body, func(ctx context.Context) ([]named, error) {
			return list[named](ctx, s.api, base+".json")
		})
	})
}

// writePlan creates or updates a plan of any of the three types. State and default have ways of their own: an event,
// which 3scale refuses where nothing changes, and a call that only sets.
func (s *Session) writePlan(ctx context.Context, c *change, base string, create func(body map[string]any) error) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	body := params(fields)
	makeDefault := body["default"] == true
	delete(body, "default")
	if p, ok := body["published"]; ok {
		delete(body, "published")
		if p == true {
			body["state_event"] = "publish"
		} else if c.Live != nil {
			body["state_event"] = "hide" // new ones are hidden by themselves
		}
	}
	switch {
	case c.Live == nil:
		err = create(body)
	case len(body) > 0:
		err = s.update(ctx, c, base, body)
	}
	if err != nil || !makeDefault {
		return err
	}
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPut, itemPath(base, id, "/default.json"), nil, nil)
}

func (planKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	return s.removeAt(ctx, c, base+"/application_plans")
}
