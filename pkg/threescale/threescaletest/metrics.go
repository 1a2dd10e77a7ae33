package threescaletest

import (
	"fmt"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
)

// metric is a metric or, if it has a parent, a method.
type metric struct {
	stamps
	ID           int64   `json:"id"`
	ParentID     int64   `json:"parent_id,omitempty"`
	SystemName   string  `json:"system_name"`
	FriendlyName *string `json:"friendly_name"`
	Description  *string `json:"description"`
	Unit         *string `json:"unit"`
}

func (m *metric) id() int64 { return m.ID }

var hitsForm = lazyregexp.New(`\Ahits(\.\d+)?\z`)

// ownerKind says whose metrics and rules they are.
type ownerKind string

const (
	ownerProduct ownerKind = "services"
	ownerBackend ownerKind = "backend_apis"
)

// owner is what products and backends have in common: metrics and mapping rules.
type owner struct {
	Kind    ownerKind `json:"kind"`
	ID      int64     `json:"id"`
	Metrics []*metric `json:"metrics"`
	Rules   []*rule   `json:"rules"`
}

// path is where the API has the owner.
func (o *owner) path() string { return fmt.Sprintf("/admin/api/%s/%d", o.Kind, o.ID) }

// suffixed is a backend metric's system name as it is stored: with the backend's id.
func (o *owner) suffixed(name string) string {
	if o.Kind != ownerBackend {
		return name
	}
	return fmt.Sprintf("%s.%d", o.bare(name), o.ID)
}

// bare is a system name without that suffix.
func (o *owner) bare(name string) string {
	if o.Kind != ownerBackend {
		return name
	}
	return strings.TrimSuffix(name, fmt.Sprintf(".%d", o.ID))
}

func (o *owner) metric(id int64) (*metric, bool) {
	for _, m := range o.Metrics {
		if m.ID == id {
			return m, true
		}
	}
	return nil, false
}

// inOwner gives a handler the product or backend of the path.
func inOwner(h func(*call, *owner) answer) handler {
	return func(c *call) answer {
		if _, isProduct := c.args["service_id"]; isProduct {
			if p, found := c.product(c.id("service_id")); found {
				return h(c, &p.owner)
			}
			return notFound()
		}
		if b, found := c.tenant.backend(c.id("backend_id")); found {
			return h(c, &b.owner)
		}
		return notFound()
	}
}

// inMetric gives a handler a metric of the owner, by the name of the argument.
func inMetric(name string, h func(*call, *owner, *metric) answer) handler {
	return inOwner(func(c *call, o *owner) answer {
		m, found := o.metric(c.id(name))
		if !found {
			return notFound()
		}
		return h(c, o, m)
	})
}

// inMethod gives a handler a method of the metric of the path.
func inMethod(h func(*call, *owner, *metric) answer) handler {
	return inMetric("metric_id", func(c *call, o *owner, parent *metric) answer {
		m, found := o.metric(c.id("id"))
		if !found || m.ParentID != parent.ID {
			return notFound()
		}
		return h(c, o, m)
	})
}

func hitsMetric(id int64, at time.Time) *metric {
	return &metric{stamps: born(at), ID: id, SystemName: "hits", FriendlyName: ptr("Hits"), Description: ptr("Number of API hits"), Unit: ptr("hit")}
}

func listMetrics(c *call, o *owner) answer {
	show := func(c *call, m *metric) object { return showMetric(c, o, m) }
	if o.Kind == ownerBackend {
		return paged(c, "metrics", o.Metrics, limits500(), show)
	}
	return listed(c, "metrics", o.Metrics, show)
}

func listMethods(c *call, o *owner, parent *metric) answer {
	var methods []*metric
	for _, m := range o.Metrics {
		if m.ParentID == parent.ID {
			methods = append(methods, m)
		}
	}
	show := func(c *call, m *metric) object { return showMethod(c, o, m) }
	if o.Kind == ownerBackend {
		return paged(c, "methods", methods, limits500(), show)
	}
	return listed(c, "methods", methods, show)
}

func getMetric(c *call, o *owner, m *metric) answer { return ok(showMetric(c, o, m)) }
func getMethod(c *call, o *owner, m *metric) answer { return ok(showMethod(c, o, m)) }

func createMetric(c *call, o *owner) answer { return newMetric(c, o, nil) }

func createMethod(c *call, o *owner, parent *metric) answer { return newMetric(c, o, parent) }

func newMetric(c *call, o *owner, parent *metric) answer {
	in, wrong := c.fetched("metric", "name", "system_name", "friendly_name", "unit", "description")
	if wrong != nil {
		return *wrong
	}
	m := &metric{stamps: born(c.now)}
	if parent != nil {
		m.ParentID = parent.ID
	}
	m.assign(in.permit("friendly_name", "unit", "description"))
	var errs problems
	name := castText(in.permit("system_name")["system_name"])
	if name != nil && parent == nil { // a new method doesn't know its backend yet, and its suffix is no valid name
		name = ptr(o.bare(*name))
	}
	m.SystemName = o.suffixed(*systemName(&errs, "metric", name, m.FriendlyName, func(n string) bool {
		return o.has(func(x *metric) bool { return x.SystemName == o.suffixed(n) })
	}))
	m.validate(&errs, o, parent)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	m.ID = c.next("metric")
	o.Metrics = append(o.Metrics, m)
	if parent != nil {
		return created(showMethod(c, o, m))
	}
	return created(showMetric(c, o, m))
}

// assign writes what a request says; a method has no unit of its own.
func (m *metric) assign(in params) {
	for name, to := range map[string]**string{"friendly_name": &m.FriendlyName, "description": &m.Description, "unit": &m.Unit} {
		if v, sent := in[name]; sent && (name != "unit" || m.ParentID == 0) {
			*to = castText(v)
		}
	}
}

func (m *metric) validate(errs *problems, o *owner, parent *metric) {
	if m.ParentID == 0 {
		errs.presence("unit", m.Unit)
	}
	if m.FriendlyName != nil && o.has(func(x *metric) bool { return x.ID != m.ID && or(x.FriendlyName, "") == *m.FriendlyName }) {
		errs.add("friendly_name", msgTaken)
	}
	errs.presence("friendly_name", m.FriendlyName)
	errs.maxLength("system_name", ptr(o.bare(m.SystemName)), 255)
	errs.maxLength("unit", m.Unit, 255)
	errs.maxLength("friendly_name", m.FriendlyName, 255)
	if parent != nil && !hitsForm.MatchString(parent.SystemName) {
		errs.add("parent_id", "You can only create methods under 'hits'")
	}
}

func (o *owner) has(is func(*metric) bool) bool {
	for _, m := range o.Metrics {
		if is(m) {
			return true
		}
	}
	return false
}

func updateMetric(c *call, o *owner, m *metric) answer {
	in, wrong := c.fetched("metric", "name", "system_name", "friendly_name", "unit", "description")
	if wrong != nil {
		return *wrong
	}
	draft := *m
	draft.assign(in.permit("friendly_name", "unit", "description"))
	parent, _ := o.metric(m.ParentID)
	var errs problems
	draft.validate(&errs, o, parent)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*m = draft
	if _, byMethod := c.args["metric_id"]; byMethod {
		return ok(showMethod(c, o, m))
	}
	return ok(showMetric(c, o, m))
}

// deleteMetric refuses to delete what a gateway still counts, and a product's hits.
// A backend's hits are called hits.ID and escape the check by name.
func deleteMetric(c *call, o *owner, m *metric) answer {
	var errs problems
	if c.tenant.deployed(o, m.ID) {
		kind := "Metric"
		if m.ParentID != 0 {
			kind = "Method"
		}
		errs.add("base", kind+" is used by the latest gateway configuration and cannot be deleted")
	}
	if m.SystemName == "hits" {
		errs.add("base", "The Hits metric cannot be deleted")
	}
	if no := c.verdict(&errs); no != nil {
		if errs.any() {
			no.status = 403
		}
		return *no
	}
	for _, x := range o.Metrics {
		if x.ParentID == m.ID { // acts_as_tree: methods go with their metric
			c.tenant.dropMetric(o, x.ID)
		}
	}
	c.tenant.dropMetric(o, m.ID)
	return deleted()
}

// dropMetric takes a metric away with its rules, limits and prices.
func (t *tenant) dropMetric(o *owner, id int64) {
	o.Metrics = without(o.Metrics, func(m *metric) bool { return m.ID == id })
	for _, r := range append([]*rule(nil), o.Rules...) {
		if r.MetricID == id {
			o.Rules = closeGap(o.Rules, r)
		}
	}
	for _, p := range t.plans.m {
		p.Limits = without(p.Limits, func(l *limit) bool { return l.MetricID == id })
		p.Prices = without(p.Prices, func(r *price) bool { return r.MetricID == id })
	}
}

// without is a list without the elements for which the condition holds.
func without[T any](list []T, is func(T) bool) []T {
	var out []T
	for _, x := range list {
		if !is(x) {
			out = append(out, x)
		}
	}
	return out
}

func showMetric(c *call, o *owner, m *metric) object {
	out := metricFields(o, m)
	unit := m.Unit
	if parent, found := o.metric(m.ParentID); found {
		unit = parent.Unit
	}
	out.putText("unit", unit)
	if m.ParentID != 0 {
		out.put("parent_id", m.ParentID)
	}
	out.putTimes(c, m.stamps)
	out.putLinks(c, strings.TrimSuffix(strings.TrimSuffix(string(o.Kind), "s"), "_apis"), o.path(), "self", fmt.Sprintf("%s/metrics/%d", o.path(), m.ID))
	return wrap("metric", out)
}

func showMethod(c *call, o *owner, m *metric) object {
	out := metricFields(o, m)
	out.put("parent_id", m.ParentID)
	out.putTimes(c, m.stamps)
	parent := fmt.Sprintf("%s/metrics/%d", o.path(), m.ParentID)
	out.putLinks(c, "parent", parent, "self", fmt.Sprintf("%s/methods?id=%d", parent, m.ID))
	return wrap("method", out)
}

// metricFields are those that metrics and methods share.
func metricFields(o *owner, m *metric) object {
	var out object
	out.put("id", m.ID)
	if o.Kind == ownerProduct {
		out.put("name", m.SystemName)
	}
	out.put("system_name", m.SystemName)
	out.putText("friendly_name", m.FriendlyName)
	out.putText("description", m.Description)
	return out
}
