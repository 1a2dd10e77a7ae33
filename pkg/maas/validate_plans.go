package maas

import (
	"math/big"
	"slices"
	"strings"
)

const (
	scopeApplication = "applicationPlan"
	scopeService     = "servicePlan"
)

// plans checks a product's application plans.
func (p place) plans(o owner, product *Product) {
	first := ""
	for _, plan := range product.Plans {
		if plan.Value.Absent {
			continue
		}
		at := p.at("plans", plan.Name)
		first = at.oneDefault(plan.Value.Default, plan.Name, first)
		at.features(product, plan.Value.Features, scopeApplication)
		at.at("setupFee").notNegative(plan.Value.SetupFee)
		at.at("monthlyCost").notNegative(plan.Value.MonthlyCost)
		for _, l := range plan.Value.Limits {
			o.counted(product, "limit", l.Name, l.Pos)
		}
		for _, l := range plan.Value.Prices {
			o.counted(product, "price", l.Name, l.Pos)
			at.at("prices", l.Name).steps(l.Value)
		}
	}
}

// oneDefault checks the flag of a product's default plan, which 3scale's API can set and never take back.
func (p place) oneDefault(said *bool, name, first string) string {
	switch {
	case said == nil:
		return first
	case !*said:
		p.at("default").errorf(CodeValue, "%s: 3scale's API can't take a default back; leave it out, or make another plan the default", p)
		return first
	case first != "":
		p.at("default").errorf(CodeDuplicate, "%s: %s is the default already", p, first)
		return first
	}
	return name
}

// features checks what a plan offers.
func (p place) features(product *Product, features []string, scope string) {
	for i, name := range features {
		at := p.at("features", index(i))
		if !at.known() {
			continue
		}
		f, ok := product.Features.Get(name)
		if !ok || f.Absent {
			at.errorf(CodeReference, "%s: no feature %q; %s", p, name, strings.Replace(lacks(product.Features, name), "document", "product", 1))
			continue
		}
		if of := scopeOf(f.Scope); of != scope {
			at.errorf(CodeReference, "%s: the feature %q is for plans of scope %s", p, name, of)
		}
		if slices.Contains(features[:i], name) {
			at.errorf(CodeDuplicate, "%s has the feature %q already", p, name)
		}
	}
}

func scopeOf(scope string) string {
	if scope == "" {
		return scopeApplication
	}
	return scope
}

// counted checks that a limit's or price's metric is one of the product, or as backend/metric one of its backends.
func (o owner) counted(product *Product, what, name string, pos Position) {
	if o.has(name) {
		return
	}
	for _, b := range product.Backends {
		metric, ok := strings.CutPrefix(name, b.Name+"/")
		backend, there := o.v.backend(b.Name)
		if !ok || !there {
			continue
		}
		of := owner{o.v.at("backends", b.Name), "backend", backend.Metrics, backend.Methods}
		if !of.has(metric) {
			o.v.errorf(pos, CodeReference, "%s of metric %q: %s", what, name, of.missing("metric", metric))
		}
		return
	}
	o.v.errorf(pos, CodeReference, "%s of metric %q: %s", what, name, o.missing("metric", name))
}

// steps checks that a price's steps follow each other and end where the next begins.
func (p place) steps(steps []Price) {
	var end *int64
	for i, s := range steps {
		at := p.at(index(i))
		at.at("price").notNegative(&s.Price)
		if s.To != nil && *s.To < s.From {
			at.at("to").errorf(CodeValue, "%s ends at %d, before it starts at %d", at, *s.To, s.From)
		}
		if i > 0 && (end == nil || s.From <= *end) {
			at.errorf(CodeValue, "%s starts at %d, which the step before it covers", at, s.From)
		}
		end = s.To
	}
}

// notNegative checks an amount.
func (p place) notNegative(d *Decimal) {
	if d == nil || *d == "" {
		return
	}
	if r, ok := new(big.Rat).SetString(string(*d)); ok && r.Sign() < 0 {
		p.errorf(CodeValue, "%s is %s; 3scale takes none below 0", p, *d)
	}
}

// servicePlans checks a product's service plans.
func (p place) servicePlans(product *Product) {
	first := ""
	for _, plan := range product.ServicePlans {
		if plan.Value.Absent {
			continue
		}
		at := p.at("servicePlans", plan.Name)
		first = at.oneDefault(plan.Value.Default, plan.Name, first)
		at.features(product, plan.Value.Features, scopeService)
		at.renamed(plan.Value.Renamed, plan.Name, product.ServicePlans.Names())
	}
}

// renamed checks the name that an object had until now.
func (p place) renamed(old, name string, names []string) {
	if old != "" && (old == name || slices.Contains(names, old)) {
		p.at("renamed").errorf(CodeDuplicate, "%s: %q is its name until now, so it can't be one of the names now", p, old)
	}
}
