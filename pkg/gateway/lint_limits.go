package gateway

import (
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// limits looks for limits that block nobody. A limit is looked at only when a call names its metric, and the gateway's own
// call names what mapping rules count: a limit on tokens needs a policy that asks for it.
func (l *linter) limits(chain []link) {
	e := enforcementOf(chain)
	if e.hidden {
		return
	}
	for _, plan := range l.product.Plans {
		if plan.Value.Absent {
			continue
		}
		for _, limit := range plan.Value.Limits {
			if len(limit.Value) > 0 && l.countable(limit.Name) && !e.has(limit.Name) && !l.ruled(limit.Name) {
				at := l.doc.Pos("products", l.name, "plans", plan.Name, "limits", limit.Name)
				l.warnf(at, maas.CodePolicyLimit, "the limit on %s blocks nobody: %s", limit.Name, l.wayOut(limit.Name, e))
			}
		}
	}
}

// wayOut says why a limit doesn't hold, and what makes it. It names no product: many share the limits of a template.
func (l *linter) wayOut(metric string, e enforcement) string {
	_, ofBackend, _ := strings.Cut(metric, "/")
	switch {
	case ofBackend != "" && l.backendOf(metric) != nil:
		return fmt.Sprintf("no mapping rule of the backend counts %s, and policies ask for metrics of the product only", ofBackend)
	case e.counts:
		return fmt.Sprintf("the gateway asks for what mapping rules count; add enforce: [%s] to %s %s", metric, PolicyName, Versions()[0])
	case l.product.Policies == nil:
		return fmt.Sprintf("no mapping rule counts it, and the document gives the product no policies; add %s %s with enforce: [%s] before apicast",
			PolicyName, Versions()[0], metric)
	}
	unless := ""
	if len(e.custom) > 0 {
		unless = ", unless " + strings.Join(e.custom, " or ") + " asks for it"
	}
	return fmt.Sprintf("neither a mapping rule nor a policy of the chain asks for it%s; add %s %s with enforce: [%s] before apicast",
		unless, PolicyName, Versions()[0], metric)
}

// enforcement is what the policies of a chain ask for before a call goes through.
type enforcement struct {
	metrics []string
	counts  bool     // the chain has llm-metrics
	hidden  bool     // what a policy is, or asks for, comes from the environment or a file
	custom  []string // policies that may ask for anything
}

func enforcementOf(chain []link) enforcement {
	var e enforcement
	for _, p := range chain {
		switch {
		case reference(p.Name):
			e.hidden = true
		case p.Name == PolicyName:
			u := usageOf(p.Configuration)
			e.counts, e.hidden = true, e.hidden || u.hidden
			for _, n := range u.enforces {
				e.metrics = append(e.metrics, n.metric)
			}
		case p.Version != builtin:
			e.custom = append(e.custom, p.Name)
		}
	}
	return e
}

func (e enforcement) has(metric string) bool { return slices.Contains(e.metrics, metric) }

// unlimited looks for metrics that are enforced for nothing.
func (l *linter) unlimited(p link, u usage) {
	limited := map[string]bool{}
	for _, plan := range l.product.Plans {
		for _, limit := range plan.Value.Limits {
			limited[limit.Name] = limited[limit.Name] || !plan.Value.Absent && len(limit.Value) > 0
		}
	}
	for _, n := range u.enforces {
		if !limited[n.metric] {
			l.warnf(l.pos(p, append([]string{"configuration"}, n.path...)...), maas.CodePolicyLimit,
				"%s enforces %s, but no plan of product %s limits it", PolicyName, n.metric, l.name)
		}
	}
}

// countable tells whether there is such a metric; the document's own checks say where there is none.
func (l *linter) countable(metric string) bool {
	return slices.Contains(l.metricNames(), metric) || l.backendOf(metric) != nil
}

// ruled tells whether mapping rules count a metric, the product's or, for BACKEND/METRIC, the backend's: then the gateway
// asks for it by itself.
func (l *linter) ruled(metric string) bool {
	methods, rules := l.product.Methods, l.product.Rules()
	if b := l.backendOf(metric); b != nil {
		_, metric, _ = strings.Cut(metric, "/")
		methods, rules = b.Methods, b.Rules()
	}
	return metric == maas.HitsMetric || methods.Has(metric) ||
		slices.ContainsFunc(rules, func(r maas.Rule) bool { return r.Metric == metric || r.Method == metric })
}

// backendOf is the backend that a limit's BACKEND/METRIC is of; nil where it is the product's own metric, whose name may
// have a slash too.
func (l *linter) backendOf(metric string) *maas.Backend {
	if slices.Contains(l.metricNames(), metric) {
		return nil
	}
	for _, used := range l.product.Backends {
		if strings.HasPrefix(metric, used.Name+"/") {
			backend, _ := l.doc.Backends.Get(used.Name)
			return backend
		}
	}
	return nil
}
