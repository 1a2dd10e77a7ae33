package threescaletest

import (
	"fmt"
	"net/http"
	"sort"
	"time"
)

// source is whose usage is asked for: a product's, or an application's.
type source struct {
	products    []*product
	application *owned
	metrics     []*owner
	suffix      int64 // of a backend: its id, which is added to names of metrics
}

// metric finds a metric by its system name.
func (s *source) metric(name string) (*owner, *metric) {
	if s.suffix != 0 {
		name = s.metrics[0].suffixed(name)
	}
	for _, o := range s.metrics {
		for _, m := range o.Metrics {
			if m.SystemName == name {
				return o, m
			}
		}
	}
	return nil, nil
}

// ofProduct is a product with the backends that it uses.
func (c *call) ofProduct(p *product) *source {
	a := &asked{call: c, product: p}
	return &source{products: []*product{p}, metrics: a.owners()}
}

// usageAnswer answers what a source was used for.
type usageAnswer func(*call, *source) answer

// serviceUsage is about a product and the backends that it uses.
func serviceUsage(of usageAnswer) handler {
	return func(c *call) answer {
		p, found := c.product(c.id("id"))
		if !found {
			return failed(http.StatusNotFound, "Service not found")
		}
		return of(c, c.ofProduct(p))
	}
}

// applicationUsage is about one application of a product.
func applicationUsage(of usageAnswer) handler {
	return func(c *call) answer {
		found := c.tenant.applications(func(_ *account, x *application) bool { return x.ID == c.id("id") })
		if len(found) == 0 {
			return failed(http.StatusNotFound, "Application not found")
		}
		p, _ := c.tenant.Products.get(found[0].application.ProductID)
		s := c.ofProduct(p)
		s.application = &found[0]
		return of(c, s)
	}
}

func backendUsage(c *call) answer {
	b, found := c.tenant.backend(c.id("id"))
	if !found {
		return notFound()
	}
	s := &source{metrics: []*owner{&b.owner}, suffix: b.ID}
	for _, p := range c.tenant.liveProducts() {
		if p.usageOf(b.ID) != nil {
			s.products = append(s.products, p)
		}
	}
	return usageOf(c, s)
}

// askedRange is the range of time that a request asks for; what names what is counted.
func (c *call) askedRange(what string) (statsRange, *answer) {
	q := c.params()
	needed := []string{what}
	if blankParam(q, "period") {
		needed = append(needed, "granularity", "since")
	}
	for _, name := range needed {
		if blankParam(q, name) {
			return statsRange{}, ptr(required(name))
		}
	}
	if zone, _ := c.statsZone(q); zone == nil {
		return statsRange{}, ptr(crashed())
	}
	r, wrong := c.statsRange(q)
	if wrong != "" {
		return r, ptr(failed(http.StatusBadRequest, wrong))
	}
	return r, nil
}

// responseCodes answers how often a gateway got a status from the backend. Nobody
// reports that here, so it is never.
func responseCodes(c *call, s *source) answer {
	r, wrong := c.askedRange("response_code")
	if wrong != nil {
		return *wrong
	}
	out := object{{"response_code", object{{"code", c.params().text("response_code")}}}, {"period", r.show()}, {"total", 0}, {"values", make([]int64, len(r.parts()))}}
	if s.application != nil {
		out.put("application", statsApplication(c, s.application))
	}
	if c.params().text("skip_change") == "false" {
		out.put("previous_total", 0)
		out.put("change", decimal(0))
	}
	return ok(out)
}

// usageOf answers how much of a metric was used in the parts of a range of time.
func usageOf(c *call, s *source) answer {
	r, wrong := c.askedRange("metric_name")
	if wrong != nil {
		return *wrong
	}
	q := c.params()
	o, m := s.metric(q.text("metric_name"))
	if m == nil {
		name := q.text("metric_name")
		if s.suffix != 0 {
			name = s.metrics[0].suffixed(name)
		}
		return failed(http.StatusBadRequest, "metric "+name+" not found")
	}
	values, total := []int64{}, int64(0)
	for _, part := range r.parts() {
		n := s.used(c.tenant, m.ID, r.granularity, part[0], part[1])
		values, total = append(values, n), total+n
	}
	out := object{{"metric", statsMetric(o, m)}, {"period", r.show()}, {"total", total}, {"values", values}}
	if s.application != nil {
		out.put("application", statsApplication(c, s.application))
	}
	if q.text("skip_change") == "false" {
		back := r.until.Sub(r.since)
		previous := s.used(c.tenant, m.ID, "hour", r.since.Add(-back), r.since)
		out.put("previous_total", previous)
		out.put("change", decimal(change(previous, total)))
	}
	return ok(out)
}

// change is the change in percent.
func change(from, to int64) float64 {
	switch from {
	case to:
		return 0
	case 0:
		return 100
	}
	return float64(to-from) / float64(from) * 100
}

// used adds up the usage between two times.
func (s *source) used(t *tenant, metricID int64, granularity string, from, to time.Time) int64 {
	unit, app, n := "hour", int64(0), int64(0)
	if granularity == "month" {
		unit = "month"
	}
	if s.application != nil {
		app = s.application.application.ID
	}
	for _, p := range s.products {
		n += t.Traffic.sum(p.ID, app, metricID, unit, from, to)
	}
	return n
}

func statsMetric(o *owner, m *metric) object {
	unit := m.Unit
	if parent, found := o.metric(m.ParentID); found {
		unit = parent.Unit
	}
	return object{{"id", m.ID}, {"name", or(m.FriendlyName, "")}, {"system_name", m.SystemName}, {"unit", unit}}
}

func statsApplication(c *call, x *owned) object {
	a := x.application
	pl, _ := c.tenant.plans.get(a.PlanID)
	var description any
	if d, has := a.Fields["description"]; has {
		description = d
	}
	return object{{"id", a.ID}, {"name", a.Fields["name"]}, {"state", a.State}, {"link", fmt.Sprintf("/p/admin/applications/%d", a.ID)}, {"description", description},
		{"plan", object{{"id", pl.ID}, {"name", pl.Name}}},
		{"account", object{{"id", x.account.ID}, {"name", x.account.Fields["org_name"]}, {"link", fmt.Sprintf("/buyers/accounts/%d", x.account.ID)}}},
		{"service", object{{"id", a.ProductID}}}}
}

// topApplications are the ten applications that used most of a metric in a period.
func topApplications(c *call) answer {
	p, found := c.product(c.id("id"))
	if !found {
		return failed(http.StatusNotFound, "Service not found")
	}
	q := c.params()
	for _, name := range []string{"metric_name", "period", "since"} {
		if blankParam(q, name) {
			return required(name)
		}
	}
	if zone, _ := c.statsZone(q); zone == nil {
		return crashed()
	}
	r, wrong := c.periodFrom(q)
	if wrong != "" {
		return failed(http.StatusBadRequest, wrong)
	}
	s := c.ofProduct(p)
	o, m := s.metric(q.text("metric_name"))
	if m == nil {
		return failed(http.StatusBadRequest, "metric "+q.text("metric_name")+" not found")
	}
	shown := []object{}
	for _, x := range c.topUsers(p, m.ID, r) {
		pl, _ := c.tenant.plans.get(x.application.PlanID)
		n := c.tenant.Traffic.sum(p.ID, x.application.ID, m.ID, "hour", r.since, r.until)
		shown = append(shown, object{{"name", x.application.Fields["name"]}, {"id", x.application.ID}, {"value", fmt.Sprint(n)},
			{"account", object{{"id", x.account.ID}, {"name", x.account.Fields["org_name"]}}}, {"plan", object{{"id", pl.ID}, {"name", pl.Name}}}, {"service", object{{"id", p.ID}}}})
	}
	period := object{{"name", q.text("period")}, {"since", c.time(r.since)}, {"until", c.time(r.until.Add(-time.Second))}}
	return ok(object{{"applications", shown}, {"metric", statsMetric(o, m)}, {"period", period}})
}

// topUsers are the applications with usage in a range, those with most first.
func (c *call) topUsers(p *product, metricID int64, r statsRange) []owned {
	used := func(o owned) int64 {
		return c.tenant.Traffic.sum(p.ID, o.application.ID, metricID, "hour", r.since, r.until)
	}
	all := c.tenant.applications(func(_ *account, x *application) bool {
		return x.ProductID == p.ID && c.tenant.Traffic.sum(p.ID, x.ID, metricID, "hour", r.since, r.until) > 0
	})
	sort.SliceStable(all, func(i, j int) bool { return used(all[i]) > used(all[j]) })
	return all[:min(len(all), 10)]
}
