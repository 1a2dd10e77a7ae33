package threescaletest

import (
	"fmt"
	"sort"
)

// limit is a usage limit of a plan.
type limit struct {
	stamps
	ID       int64  `json:"id"`
	PlanID   int64  `json:"plan_id"`
	MetricID int64  `json:"metric_id"`
	Period   string `json:"period"`
	Value    int64  `json:"value"`
	Before   *int64 `json:"before,omitempty"` // the value before the last change
}

func limitAttributes() []string {
	return []string{"id", "metric_id", "period", "value", "created_at", "updated_at", "plan_id", "plan_type", "tenant_id"}
}

// inAppPlan gives a handler the application plan of the path.
func inAppPlan(h func(*call, *plan) answer) handler {
	return func(c *call) answer {
		p, found := c.tenant.plan(planApplication, c.id("plan_id"))
		if !found {
			return notFound()
		}
		return h(c, p)
	}
}

// inPlanMetric gives a handler the plan and a metric that can be limited by it: the
// product's own, and those of the backends that it uses.
func inPlanMetric(h func(*call, *plan, int64) answer) handler {
	return inAppPlan(func(c *call, p *plan) answer {
		id := c.id("metric_id")
		if _, _, found := c.tenant.planMetric(p, id); !found {
			return notFound()
		}
		return h(c, p, id)
	})
}

// planMetric finds a metric of the plan's product, or of a backend that it uses.
func (t *tenant) planMetric(p *plan, id int64) (*owner, *metric, bool) {
	x, found := t.Products.get(p.IssuerID)
	if !found {
		return nil, nil, false
	}
	if m, his := x.metric(id); his {
		return &x.owner, m, true
	}
	for _, u := range x.Usages {
		if b, found := t.Backends.get(u.BackendID); found {
			if m, his := b.metric(id); his {
				return &b.owner, m, true
			}
		}
	}
	return nil, nil, false
}

// metricLimits are the limits on a metric in all plans: porta does not look at the
// plan of the path.
func (t *tenant) metricLimits(metricID int64) []*limit {
	var out []*limit
	for _, p := range t.plans.m {
		for _, l := range p.Limits {
			if l.MetricID == metricID {
				out = append(out, l)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// inLimit gives a handler the limit of the path, of whatever plan.
func inLimit(h func(*call, *plan, *limit) answer) handler {
	return inPlanMetric(func(c *call, _ *plan, metricID int64) answer {
		for _, l := range c.tenant.metricLimits(metricID) {
			if l.ID == c.id("id") {
				own, _ := c.tenant.plans.get(l.PlanID)
				return h(c, own, l)
			}
		}
		return notFound()
	})
}

func listPlanLimits(c *call, p *plan) answer {
	return paged(c, "limits", p.Limits, limits500(), showLimit)
}

func listMetricLimits(c *call, _ *plan, metricID int64) answer {
	return listed(c, "limits", c.tenant.metricLimits(metricID), showLimit)
}

func getLimit(c *call, _ *plan, l *limit) answer { return ok(showLimit(c, l)) }

func createLimit(c *call, p *plan, metricID int64) answer {
	in, wrong := c.fetched("usage_limit", limitAttributes()...)
	if wrong != nil {
		return *wrong
	}
	l := &limit{stamps: born(c.now), PlanID: p.ID, MetricID: metricID}
	if a := l.write(c, p, in); a != nil {
		return *a
	}
	l.ID = c.next("limit")
	p.Limits = append(p.Limits, l)
	return created(showLimit(c, l))
}

// write applies what a request says, and returns the answer if that fails. A value
// that is no number or negative becomes 0; one beyond 64 bits makes porta crash.
func (l *limit) write(c *call, p *plan, in params) *answer {
	draft := *l
	in = in.permit("period", "value")
	if v, sent := in["period"]; sent {
		draft.Period = or(castText(v), "")
	}
	var errs problems
	if !contains([]string{"eternity", "year", "month", "week", "day", "hour", "minute"}, draft.Period) {
		errs.add("period", "is invalid")
	}
	for _, x := range p.Limits {
		if x.ID != l.ID && x.MetricID == l.MetricID && x.Period == draft.Period {
			errs.add("period", msgTaken)
		}
	}
	if no := c.verdict(&errs); no != nil {
		return no
	}
	if v, sent := in["value"]; sent {
		n := castInt(v)
		if n != nil && !n.IsInt64() {
			return ptr(crashed())
		}
		draft.Value = 0
		if l.ID != 0 {
			draft.Before = ptr(l.Value)
		}
		if n != nil && n.Sign() > 0 {
			draft.Value = n.Int64()
		}
	}
	*l = draft
	return nil
}

func updateLimit(c *call, p *plan, l *limit) answer {
	in, wrong := c.fetched("usage_limit", limitAttributes()...)
	if wrong != nil {
		return *wrong
	}
	if a := l.write(c, p, in); a != nil {
		return *a
	}
	l.UpdatedAt = c.now
	return ok(showLimit(c, l))
}

func deleteLimit(c *call, p *plan, l *limit) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	p.Limits = without(p.Limits, func(x *limit) bool { return x == l })
	return deleted()
}

func showLimit(c *call, l *limit) object {
	o := object{{"id", l.ID}, {"period", l.Period}, {"value", l.Value}, {"metric_id", l.MetricID}, {"plan_id", l.PlanID}}
	o.putTimes(c, l.stamps)
	o.putLinks(c, c.metricLinks(l.PlanID, l.MetricID, "limits", l.ID)...)
	return wrap("limit", o)
}

// metricLinks are the links of a limit or price to its metric, itself and its plan.
func (c *call) metricLinks(planID, metricID int64, kind string, id int64) []string {
	p, found := c.tenant.plans.get(planID)
	if !found {
		return nil
	}
	var links []string
	if o, _, found := c.tenant.planMetric(p, metricID); found {
		links = append(links, "metric", fmt.Sprintf("%s/metrics/%d", o.path(), metricID))
	}
	self := fmt.Sprintf("/admin/api/application_plans/%d/metrics/%d/%s?id=%d", planID, metricID, kind, id)
	return append(links, "self", self, "plan", fmt.Sprintf("/admin/api/services/%d/application_plans/%d", p.IssuerID, planID))
}
