package threescaletest

import (
	"fmt"
	"strings"
)

// feature is something that plans can offer. Products have features for their
// application and service plans, the tenant has them for account plans.
type feature struct {
	stamps
	ID          int64   `json:"id"`
	Name        *string `json:"name"`
	SystemName  string  `json:"system_name"`
	Scope       string  `json:"scope"` // the class of plans
	Description *string `json:"description"`
	Hidden      bool    `json:"hidden,omitempty"` // "visible" the other way round
}

func (f *feature) id() int64 { return f.ID }

func featureAttributes() []string {
	return []string{"id", "featurable_id", "name", "description", "created_at", "updated_at", "system_name", "visible", "featurable_type", "scope", "tenant_id"}
}

// featureShelf is where the features of a product or of the tenant are kept.
type featureShelf struct {
	product *product
	list    []*feature
	keep    func([]*feature)
}

// onFeatures gives a handler the shelf of the path.
func onFeatures(h func(*call, *featureShelf) answer) handler {
	return func(c *call) answer {
		if _, ofProduct := c.args["service_id"]; !ofProduct {
			return h(c, c.tenant.featureShelf(nil))
		}
		p, found := c.product(c.id("service_id"))
		if !found {
			return notFound()
		}
		return h(c, c.tenant.featureShelf(p))
	}
}

func (t *tenant) featureShelf(p *product) *featureShelf {
	if p == nil {
		return &featureShelf{nil, t.Features.rows, func(l []*feature) { t.Features.rows = l }}
	}
	return &featureShelf{p, p.Features, func(l []*feature) { p.Features = l }}
}

func (s *featureShelf) find(id int64) (*feature, bool) {
	for _, f := range s.list {
		if f.ID == id {
			return f, true
		}
	}
	return nil, false
}

// inFeature gives a handler the feature of the path.
func inFeature(h func(*call, *featureShelf, *feature) answer) handler {
	return onFeatures(func(c *call, s *featureShelf) answer {
		if f, found := s.find(c.id("id")); found {
			return h(c, s, f)
		}
		return notFound()
	})
}

func listFeatures(c *call, s *featureShelf) answer {
	return listed(c, "features", s.list, s.show)
}

func getFeature(c *call, s *featureShelf, f *feature) answer { return ok(s.show(c, f)) }

func createFeature(c *call, s *featureShelf) answer {
	in, wrong := c.fetched("feature", featureAttributes()...)
	if wrong != nil {
		return *wrong
	}
	f := &feature{stamps: born(c.now), Scope: "ApplicationPlan"}
	f.assign(in)
	var errs problems
	f.validate(&errs, s, true, nil)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if in.nullFlag("visible") {
		return crashed()
	}
	f.ID = c.next("feature")
	s.keep(append(s.list, f))
	return created(s.show(c, f))
}

func (f *feature) assign(in params) {
	in = in.permit("name", "system_name", "description", "scope", "visible")
	if v, sent := in["visible"]; sent {
		f.Hidden = !or(castBool(v), true)
	}
	if v, sent := in["name"]; sent {
		f.Name = castText(v)
	}
	if v, sent := in["description"]; sent {
		f.Description = castText(v)
	}
	if v, sent := in["system_name"]; sent {
		f.SystemName = or(castText(v), "")
	}
	if v, sent := in["scope"]; sent {
		f.Scope = or(castText(v), "")
	}
}

// validate checks a feature; given is the system name that the request has, nil if
// it has none or null.
func (f *feature) validate(errs *problems, s *featureShelf, isNew bool, given *string) {
	taken := func(name string) bool {
		for _, x := range s.list {
			if x.ID != f.ID && x.SystemName == name {
				return true
			}
		}
		return false
	}
	if s.product == nil {
		f.Scope = "AccountPlan"
	} else if f.Scope != "ApplicationPlan" && f.Scope != "ServicePlan" {
		errs.add("scope", "must be ApplicationPlan or ServicePlan")
	}
	if isNew {
		f.SystemName = *systemName(errs, "feature", &f.SystemName, f.Name, taken)
	} else {
		checkSystemName(errs, given, taken)
	}
	errs.maxLength("system_name", &f.SystemName, 255)
	errs.maxLength("name", f.Name, 255)
}

func updateFeature(c *call, s *featureShelf, f *feature) answer {
	in, wrong := c.fetched("feature", featureAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *f
	draft.assign(in)
	given := &draft.SystemName
	if in.has("system_name") {
		given = castText(in["system_name"])
	}
	var errs problems
	draft.validate(&errs, s, false, given)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if in.nullFlag("visible") {
		return crashed()
	}
	draft.UpdatedAt = c.now
	*f = draft
	return ok(s.show(c, f))
}

func deleteFeature(c *call, s *featureShelf, f *feature) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	s.keep(without(s.list, func(x *feature) bool { return x == f }))
	for _, p := range c.tenant.plans.m {
		p.Features = without(p.Features, func(id int64) bool { return id == f.ID })
	}
	return deleted()
}

func (s *featureShelf) show(c *call, f *feature) object {
	var o object
	o.put("id", f.ID)
	o.putText("name", f.Name)
	o.put("system_name", f.SystemName)
	o.put("scope", strings.ToLower(strings.Replace(f.Scope, "Plan", "_plan", 1)))
	o.put("visible", !f.Hidden)
	o.putText("description", f.Description)
	o.putTimes(c, f.stamps)
	if s.product != nil {
		o.putLinks(c, "self", fmt.Sprintf("%s/features/%d", s.product.path(), f.ID), "service", s.product.path())
	} else {
		o.putLinks(c, "self", fmt.Sprintf("/admin/api/features/%d", f.ID))
	}
	return wrap("feature", o)
}

// onPlanFeatures gives a handler a plan of a kind and the features it may have.
func onPlanFeatures(kind planKind, h func(*call, *plan, *featureShelf) answer) handler {
	return func(c *call) answer {
		p, found := c.tenant.plan(kind, c.id("plan_id"))
		if !found {
			return notFound()
		}
		if kind == planAccount {
			return h(c, p, c.tenant.featureShelf(nil))
		}
		x, found := c.product(p.IssuerID)
		if !found {
			return notFound()
		}
		return h(c, p, c.tenant.featureShelf(x))
	}
}

func listPlanFeatures(c *call, p *plan, s *featureShelf) answer {
	var own []*feature
	for _, f := range s.list {
		if containsID(p.Features, f.ID) {
			own = append(own, f)
		}
	}
	return listed(c, "features", own, s.show)
}

// addPlanFeature answers 409 without a body when the plan has the feature: the
// database refuses it.
func addPlanFeature(c *call, p *plan, s *featureShelf) answer {
	f, found := s.find(castID(c.params()["feature_id"]))
	if !found {
		return notFound()
	}
	var errs problems
	if f.Scope != p.Kind.class() {
		errs.add("plan_type", "mismatch")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if containsID(p.Features, f.ID) {
		return conflictEmpty()
	}
	p.Features = append(p.Features, f.ID)
	return created(s.show(c, f))
}

func removePlanFeature(c *call, p *plan, s *featureShelf) answer {
	f, found := s.find(c.id("id"))
	if !found || !containsID(p.Features, f.ID) {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	p.Features = without(p.Features, func(id int64) bool { return id == f.ID })
	return deleted()
}
