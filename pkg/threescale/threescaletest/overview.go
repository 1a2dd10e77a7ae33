package threescaletest

import (
	"fmt"
	"strings"
)

// Overview is what a person wants to see of a tenant at a glance. It has no secrets.
type Overview struct {
	Organization string
	AdminDomain  string
	Products     []ProductOverview // those asked for
	AllProducts  int               // how many there are
	Backends     []BackendOverview // those that the products use
	AllBackends  int
	Templates    []TemplateOverview // of the developer portal
}

// ProductOverview is a product with what it is made of.
type ProductOverview struct {
	Name, SystemName string
	Authentication   string // "1" (one key), "2" (id and key) or "oidc"
	Methods, Metrics []string
	Rules            []RuleOverview
	Backends         []UsageOverview
	Plans            []PlanOverview
	Policies         []string
	Staging          int64 // the version deployed there; 0: none
	Production       int64
}

// RuleOverview is a mapping rule, in the order in which a gateway tries them.
type RuleOverview struct {
	Method, Pattern, Metric string
	Delta                   int64
	Last                    bool
}

// UsageOverview is a product's use of a backend.
type UsageOverview struct{ SystemName, Path string }

// BackendOverview is a backend.
type BackendOverview struct {
	Name, SystemName, Endpoint string
	Rules                      []RuleOverview
}

// PlanOverview is an application plan; its limits read like "tokens 1000/day".
type PlanOverview struct {
	Name, SystemName, State string
	Default                 bool
	Limits                  []string
}

// TemplateOverview is a page, layout or partial.
type TemplateOverview struct {
	Kind, Name, Path string
	Published, Draft bool // whether there is such a text
}

// Overview describes the first tenant: the first most products whose name or system
// name contains the text, and their backends.
func (s *Server) Overview(text string, most int) Overview {
	t := s.world.first()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.purge(s.now())
	o := Overview{Organization: t.OrgName, AdminDomain: t.AdminDomain}
	products := t.liveProducts()
	o.AllProducts, o.AllBackends = len(products), len(t.liveBackends())
	used := map[int64]bool{}
	for _, p := range products {
		if len(o.Products) == most {
			break
		}
		if !strings.Contains(p.SystemName, text) && !strings.Contains(or(p.Name, ""), text) {
			continue
		}
		o.Products = append(o.Products, t.productOverview(p))
		for _, u := range p.Usages {
			used[u.BackendID] = true
		}
	}
	for _, b := range t.liveBackends() {
		if used[b.ID] {
			o.Backends = append(o.Backends, BackendOverview{or(b.Name, ""), b.SystemName, or(b.PrivateEndpoint, ""), b.rulesOverview()})
		}
	}
	for _, x := range t.Templates.rows {
		name := or(x.SystemName, or(x.Title, ""))
		o.Templates = append(o.Templates, TemplateOverview{x.Kind, name, or(x.Path, ""), !blank(x.Published), !blank(x.Draft)})
	}
	return o
}

func (t *tenant) productOverview(p *product) ProductOverview {
	o := ProductOverview{Name: or(p.Name, ""), SystemName: p.SystemName, Authentication: p.Proxy.Authentication, Rules: p.rulesOverview()}
	for _, m := range p.Metrics {
		if m.ParentID != 0 {
			o.Methods = append(o.Methods, m.SystemName)
		} else {
			o.Metrics = append(o.Metrics, m.SystemName)
		}
	}
	for _, u := range p.Usages {
		if b, found := t.Backends.get(u.BackendID); found {
			o.Backends = append(o.Backends, UsageOverview{b.SystemName, u.Path})
		}
	}
	for _, pl := range p.AppPlans {
		if pl.OriginalID == 0 { // a copy belongs to one application
			o.Plans = append(o.Plans, t.planOverview(p, pl))
		}
	}
	for _, i := range p.Proxy.Chain {
		o.Policies = append(o.Policies, fmt.Sprint(i.Name))
	}
	if x := p.latest(sandbox); x != nil {
		o.Staging = x.Version
	}
	if x := p.latest(production); x != nil {
		o.Production = x.Version
	}
	return o
}

func (t *tenant) planOverview(p *product, pl *plan) PlanOverview {
	o := PlanOverview{Name: or(pl.Name, ""), SystemName: pl.SystemName, State: pl.State, Default: pl.ID == p.DefaultAppPlan}
	for _, l := range pl.Limits {
		if w, m, found := t.planMetric(pl, l.MetricID); found {
			o.Limits = append(o.Limits, fmt.Sprintf("%s %d/%s", w.bare(m.SystemName), l.Value, l.Period))
		}
	}
	return o
}

func (o *owner) rulesOverview() []RuleOverview {
	var out []RuleOverview
	for _, r := range o.ordered() {
		name := ""
		if m, found := o.metric(r.MetricID); found {
			name = o.bare(m.SystemName)
		}
		out = append(out, RuleOverview{r.Method, r.Pattern, name, r.Delta, r.Last})
	}
	return out
}
