package threescaletest

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// planKind is the type of a plan.
type planKind string

const (
	planApplication planKind = "application_plan"
	planService     planKind = "service_plan"
	planAccount     planKind = "account_plan"
)

// class is the plan's type as features name it.
func (k planKind) class() string {
	return map[planKind]string{planApplication: "ApplicationPlan", planService: "ServicePlan", planAccount: "AccountPlan"}[k]
}

// plan is an application, service or account plan.
type plan struct {
	stamps
	ID         int64    `json:"id"`
	Kind       planKind `json:"kind"`
	IssuerID   int64    `json:"issuer_id"` // the product, or the tenant
	Name       *string  `json:"name"`
	SystemName string   `json:"system_name"`
	State      string   `json:"state"`
	SetupFee   float64  `json:"setup_fee"`
	Cost       float64  `json:"cost_per_month"`
	TrialDays  *int64   `json:"trial_period_days"`
	Approval   *bool    `json:"approval_required"`
	OriginalID int64    `json:"original_id,omitempty"`
	Limits     []*limit `json:"limits,omitempty"`
	Prices     []*price `json:"prices,omitempty"`
	Features   []int64  `json:"features,omitempty"`
}

func (p *plan) id() int64 { return p.ID }

func newPlan(id int64, kind planKind, issuer int64, name, systemName string, at time.Time) *plan {
	return &plan{stamps: born(at), ID: id, Kind: kind, IssuerID: issuer, Name: &name, SystemName: systemName, State: "hidden", Approval: ptr(false)}
}

func planAttributes() []string {
	return strings.Fields(`id issuer_id name rights full_legal cost_per_month trial_period_days created_at updated_at position state cancellation_period
		cost_aggregation_rule setup_fee master original_id type issuer_type description approval_required tenant_id system_name partner_id
		contracts_count state_event`)
}

// planShelf is where plans of a kind and issuer are kept.
type planShelf struct {
	kind    planKind
	issuer  int64
	product *product // nil for account plans
	list    []*plan
	keep    func([]*plan)
	normal  *int64 // the id of the default plan
}

// shelf is the shelf of the product's plans of a kind.
func (p *product) shelf(kind planKind) *planShelf {
	if kind == planService {
		return &planShelf{kind, p.ID, p, p.ServicePlans, func(l []*plan) { p.ServicePlans = l }, &p.DefaultServicePlan}
	}
	return &planShelf{kind, p.ID, p, p.AppPlans, func(l []*plan) { p.AppPlans = l }, &p.DefaultAppPlan}
}

// accountShelf is the shelf of the tenant's account plans.
func (t *tenant) accountShelf() *planShelf {
	return &planShelf{planAccount, t.ID, nil, t.AccountPlans.rows, func(l []*plan) { t.AccountPlans.rows = l }, &t.DefaultAccount}
}

// onShelf gives a handler the shelf of the path.
func onShelf(kind planKind, h func(*call, *planShelf) answer) handler {
	if kind == planAccount {
		return func(c *call) answer { return h(c, c.tenant.accountShelf()) }
	}
	return inProduct(func(c *call, p *product) answer { return h(c, p.shelf(kind)) })
}

// inPlan gives a handler a plan of the shelf of the path.
func inPlan(kind planKind, h func(*call, *planShelf, *plan) answer) handler {
	return onShelf(kind, func(c *call, s *planShelf) answer {
		for _, p := range s.list {
			if p.ID == c.id("id") {
				return h(c, s, p)
			}
		}
		return notFound()
	})
}

// plan finds a plan of a kind anywhere in the tenant, but for deleted products.
func (t *tenant) plan(kind planKind, id int64) (*plan, bool) {
	p, found := t.plans.get(id)
	return p, found && p.Kind == kind && (kind == planAccount || t.live(p.IssuerID))
}

func listPlans(c *call, s *planShelf) answer { return listed(c, "plans", s.list, showPlan) }

// listAllPlans lists the plans of a kind of all products.
func listAllPlans(kind planKind) handler {
	return func(c *call) answer {
		var all []*plan
		for _, p := range c.tenant.liveProducts() {
			all = append(all, p.shelf(kind).list...)
		}
		return listed(c, "plans", byID(all), showPlan)
	}
}

func getPlan(c *call, _ *planShelf, p *plan) answer { return ok(showPlan(c, p)) }

func createPlan(c *call, s *planShelf) answer {
	in, wrong := c.required(string(s.kind), planAttributes()...)
	if wrong != nil {
		return *wrong
	}
	p := newPlan(0, s.kind, s.issuer, "", "", c.now)
	p.Name = nil
	var errs problems
	p.SystemName = or(castText(in.permit("system_name")["system_name"]), "")
	p.assign(&errs, in)
	p.SystemName = *systemName(&errs, string(s.kind), &p.SystemName, p.Name, s.taken)
	p.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if !p.fits(in) {
		return crashed()
	}
	p.ID = c.next("plan")
	s.keep(append(s.list, p))
	c.tenant.plans.set(p.ID, p)
	return created(showPlan(c, p))
}

func (s *planShelf) taken(name string) bool {
	for _, p := range s.list {
		if p.SystemName == name {
			return true
		}
	}
	return false
}

// assign writes what a request says. Costs and trial periods are settable on
// application plans only.
func (p *plan) assign(errs *problems, in params) {
	if v, sent := in.permit("name")["name"]; sent {
		p.Name = castText(v)
	}
	if v, sent := in.permit("approval_required")["approval_required"]; sent {
		p.Approval = castBool(v)
	}
	if p.Kind == planApplication {
		p.assignCosts(errs, in.permit("trial_period_days", "cost_per_month", "setup_fee"))
		errs.maxLength("description", castText(in.permit("description")["description"]), 65535) // and never shown
	}
	if event := in.text("state_event"); event != "" {
		p.State = planEvents().fire(errs, p.State, event)
	}
}

func (p *plan) assignCosts(errs *problems, in params) {
	for _, f := range []struct {
		name string
		to   *float64
	}{{"setup_fee", &p.SetupFee}, {"cost_per_month", &p.Cost}} {
		if v, sent := in[f.name]; sent {
			errs.number(f.name, v, bounds{from: ptr(int64(0)), fromText: "0.0"})
			if d := castDecimal(v); d != nil {
				*f.to = rounded(d, 4)
			}
		}
	}
	if v, sent := in["trial_period_days"]; sent {
		errs.number("trial_period_days", v, bounds{from: ptr(int64(0)), nilIsAllowed: true})
		p.TrialDays = nil
		if n := castInt(v); n != nil {
			p.TrialDays = ptr(clamp(n))
		}
	}
}

// rounded is a decimal with the digits that its column keeps.
func rounded(d *big.Rat, digits int) float64 {
	r, _ := new(big.Rat).SetString(d.FloatString(digits))
	f, _ := r.Float64()
	return f
}

func (p *plan) validate(errs *problems) {
	errs.presence("name", p.Name)
	errs.maxLength("system_name", &p.SystemName, 255)
	errs.maxLength("name", p.Name, 255)
}

// fits says whether the columns can hold a plan: costs have 20 digits, 4 of them
// behind the point, days 32 bits, and whether approval is required cannot be null.
func (p *plan) fits(in params) bool {
	const most = 1e16
	return p.Cost < most && p.SetupFee < most && fits32(true, or(p.TrialDays, 0)) && !in.nullFlag("approval_required")
}

func updatePlan(c *call, s *planShelf, p *plan) answer {
	in, wrong := c.required(string(s.kind), planAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *p
	var errs problems
	draft.assign(&errs, in)
	draft.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if !draft.fits(in) {
		return crashed()
	}
	draft.UpdatedAt = c.now
	*p = draft
	return ok(showPlan(c, p))
}

func defaultPlan(c *call, s *planShelf, p *plan) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	*s.normal = p.ID
	return ok(showPlan(c, p))
}

func deletePlan(c *call, s *planShelf, p *plan) answer {
	if c.tenant.contracts(p) > 0 {
		return refused(map[planKind]string{
			planApplication: "This application plan cannot be deleted! At least one application depends on it.",
			planService:     "This service plan cannot be deleted! At least one contract depends on it.",
			planAccount:     "This account plan cannot be deleted! At least one account depends on it.",
		}[s.kind])
	}
	for _, x := range s.list {
		if x.OriginalID == p.ID && c.tenant.contracts(x) > 0 {
			return refused("This application plan cannot be deleted!  At least one customized version of this application plan exists.")
		}
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	s.keep(without(s.list, func(x *plan) bool { return x == p }))
	c.tenant.plans.drop(p.ID)
	if *s.normal == p.ID {
		*s.normal = 0
	}
	return deleted()
}

// isDefault says whether a plan is its issuer's default.
func (t *tenant) isDefault(p *plan) bool {
	if p.Kind == planAccount {
		return t.DefaultAccount == p.ID
	}
	x, found := t.Products.get(p.IssuerID)
	return found && (x.DefaultAppPlan == p.ID || x.DefaultServicePlan == p.ID)
}

func showPlan(c *call, p *plan) object {
	var o object
	o.put("id", p.ID)
	o.putText("name", p.Name)
	o.put("state", p.State)
	o.put("setup_fee", decimal(p.SetupFee))
	o.put("cost_per_month", decimal(p.Cost))
	o.put("trial_period_days", or(p.TrialDays, 0))
	o.put("cancellation_period", 0)
	if p.Approval != nil {
		o.put("approval_required", *p.Approval)
	}
	o.put("default", c.tenant.isDefault(p))
	o.putTimes(c, p.stamps)
	base := fmt.Sprintf("/admin/api/services/%d", p.IssuerID)
	switch p.Kind {
	case planApplication:
		o.put("custom", p.OriginalID != 0)
		o.put("system_name", p.SystemName)
		o.putLinks(c, "service", base, "self", fmt.Sprintf("%s/application_plans/%d", base, p.ID))
	case planAccount:
	case planService:
		o.putLinks(c, "service", base, "self", fmt.Sprintf("%s/service_plans/%d", base, p.ID))
	}
	return wrap(string(p.Kind), o)
}

// decimal is a number that is always written with a decimal point, as Ruby writes
// its floats.
type decimal float64

// MarshalJSON writes 1 as 1.0.
func (d decimal) MarshalJSON() ([]byte, error) {
	raw := mustJSON(float64(d))
	if !strings.ContainsAny(string(raw), ".e") {
		raw = append(raw, ".0"...)
	}
	return raw, nil
}
