package threescale

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const servicePlansPath = "/admin/api/service_plans"

// servicePlanKind are the service plans of a product. Their JSON has no system name, so their name is their key.
type servicePlanKind struct{}

func (servicePlanKind) info() plan.Kind {
	return plan.Kind{Name: kindServicePlan, Born: func(p *plan.Object) []*plan.Object {
		return []*plan.Object{p.Child(kindPlanFeatures, "", plan.Fields{"plan feature": plan.Set{}})}
	}}
}

const defaultServicePlan = "Default"

// servicePlanAtBirth is the service plan of each new product. It isn't the product's default until somebody says so.
func servicePlanAtBirth(product *plan.Object) *plan.Object {
	return product.Child(kindServicePlan, defaultServicePlan, plan.Fields{
		"name": defaultServicePlan, "published": true, "default": false, "approvalRequired": false,
	})
}

func (w *wants) servicePlans(product *plan.Object, p *maas.Product, path []string) {
	if p.ServicePlans != nil {
		w.name(kindServicePlan, product.Address)
	}
	for _, e := range p.ServicePlans {
		at := append(path[:len(path):len(path)], "servicePlans", e.Name)
		o := product.Child(kindServicePlan, e.Name, said(*e.Value))
		o.Fields["name"] = e.Name
		o.Was = e.Value.Renamed
		w.add(o, e.Value.Meta, at...)
		if !e.Value.Absent {
			w.planFeatures(o, e.Value.Features, at)
		}
	}
}

func (s *Session) servicePlansOf(ctx context.Context, g getter, product plan.Address) ([]planJSON, error) {
	base, err := s.owner(product)
	if err != nil {
		return nil, err
	}
	return list[planJSON](ctx, g, base+"/service_plans.json")
}

func (servicePlanKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := r.s.servicePlansOf(ctx, r, parent.Address)
	if err != nil {
		return nil, err
	}
	rows := make([]listed, len(found))
	for i, p := range found {
		rows[i] = listed{name: p.Name, id: p.ID}
	}
	keys, err := r.keysOf(collection{parent.Address, kindServicePlan}, rows)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for i, p := range found {
		o := parent.Child(kindServicePlan, keys[i], plan.Fields{
			"name": p.Name, "published": p.State == published, "default": p.Default, "approvalRequired": p.ApprovalRequired,
		})
		out = append(out, r.found(o, p.ID))
	}
	return out, nil
}

func (servicePlanKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	base += "/service_plans"
	if c.Live != nil && !s.known(c.Address) { // born with the product in this run
		if err := s.learnBorn(ctx, c); err != nil {
			return err
		}
	}
	return s.writePlan(ctx, c, base, func(body map[string]any) error { return s.createServicePlan(ctx, c, base+".json", body) })
}

// createServicePlan leaves the system name to 3scale, which makes it of the plan's name. Where that can't be, because a
// plan that has another name by now was made by this one, or because too little is left of the name, it gets one of the
// form that 3scale itself takes where nothing is left of a name. Nobody sees it.
func (s *Session) createServicePlan(ctx context.Context, c *change, path string, body map[string]any) error {
	byName := func(ctx context.Context) ([]named, error) {
		found, err := s.servicePlansOf(ctx, s.api, c.Parent)
		var out []named
		for _, p := range found {
			out = append(out, named{ID: p.ID, SystemName: p.Name})
		}
		return out, err
	}
	err := s.createNamed(ctx, c, path, body, byName)
	if !refusedSystemName(err) {
		return err
	}
	var random [6]byte
	if _, err := rand.Read(random[:]); err != nil {
		return err
	}
	body["system_name"] = "service_plan_" + hex.EncodeToString(random[:])
	return s.createNamed(ctx, c, path, body, byName)
}

// learnBorn learns the number of a service plan that came with its product, perhaps under another name than it is to have.
func (s *Session) learnBorn(ctx context.Context, c *change) error {
	if err := s.learnServicePlans(ctx, c.Parent, c.Live.Name); err != nil {
		return err
	}
	id, err := s.id(c.Live.Address)
	if err == nil {
		s.learn(c.Address, id)
	}
	return err
}

// learnServicePlans learns the numbers of a product's service plans, to look one of them up by its name.
func (s *Session) learnServicePlans(ctx context.Context, product plan.Address, name string) error {
	found, err := s.servicePlansOf(ctx, s.api, product)
	if err != nil {
		return err
	}
	seen := map[string]int64{}
	for _, p := range found {
		if first, twice := seen[p.Name]; twice && p.Name == name {
			return ambiguous(&plan.Object{Kind: kindServicePlan, Name: name, Parent: product}, name, []int64{first, p.ID})
		}
		seen[p.Name] = p.ID
		s.learn(product.Child(kindServicePlan, p.Name), p.ID)
	}
	return nil
}

func (servicePlanKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	if err := s.removeAt(ctx, c, base+"/service_plans"); err != nil {
		return fmt.Errorf("service plan %s: %w", c.Name, err)
	}
	return nil
}
