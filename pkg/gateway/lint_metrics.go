package gateway

import (
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// named is a metric that a configuration names, and where in it.
type named struct {
	metric string
	path   []string
}

// usage is what a configuration of llm-metrics counts and enforces.
type usage struct {
	counts    []named
	enforces  []named
	templated bool // a rule's metric is a template: any may be meant
	hidden    bool // what it enforces comes from the environment or a file
}

// usageOf reads both forms of a configuration: `metrics` and `enforce`, and the `rules` of version 0.1.
func usageOf(configuration map[string]any) usage {
	var u usage
	metrics, _ := configuration["metrics"].(map[string]any)
	for _, metric := range sortedKeys(metrics) {
		u.counts = append(u.counts, named{metric, []string{"metrics", metric}})
	}
	rules, _ := configuration["rules"].([]any)
	for i, r := range rules {
		rule, _ := r.(map[string]any)
		metric, ok := rule["metric"].(string)
		switch {
		case strings.Contains(metric, "{") || unknown(rule["metric"]): // Liquid, or from the environment
			u.templated = true
		case ok:
			u.counts = append(u.counts, named{metric, []string{"rules", strconv.Itoa(i), "metric"}})
		}
	}
	enforce, _ := configuration["enforce"].([]any)
	u.hidden = unknown(configuration["enforce"]) || slices.ContainsFunc(enforce, unknown)
	for i, e := range enforce {
		if metric, ok := e.(string); ok {
			u.enforces = append(u.enforces, named{metric, []string{"enforce", strconv.Itoa(i)}})
		}
	}
	return u
}

// metrics looks for metrics that the product lacks. 3scale's backend refuses a whole report for one of them, and a whole
// authorization: version 0.1 sends both in one, and the gateway then refuses all traffic.
func (l *linter) metrics(p link, u usage) {
	have := l.metricNames()
	for _, set := range []struct {
		verb  string
		names []named
	}{{"counts", u.counts}, {"enforces", u.enforces}} {
		for _, n := range set.names {
			if !slices.Contains(have, n.metric) {
				l.errorf(l.pos(p, append([]string{"configuration"}, n.path...)...), maas.CodePolicyMetric,
					"%s %s %q: product %s has no such metric; it has %s%s", PolicyName, set.verb, n.metric, l.name, strings.Join(have, ", "), suggestion(n.metric, have))
			}
		}
	}
	if len(u.counts)+len(u.enforces) == 0 && !u.templated {
		l.warnf(l.pos(p), maas.CodePolicyMetric, "%s of product %s names no metric, so that it counts nothing in 3scale; say metrics: {total_tokens: total_tokens}", PolicyName, l.name)
	}
}

// metricNames are the metrics that the backend knows of the product: its own, its methods and hits.
func (l *linter) metricNames() []string {
	names := []string{"hits"}
	for _, m := range l.product.Metrics {
		if !m.Value.Absent && m.Name != "hits" {
			names = append(names, m.Name)
		}
	}
	for _, m := range l.product.Methods {
		if !m.Value.Absent {
			names = append(names, m.Name)
		}
	}
	return names
}
