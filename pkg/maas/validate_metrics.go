package maas

import (
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

// owner is a product or backend with what it counts.
type owner struct {
	place
	kind    string // "product" or "backend"
	metrics Map[*Metric]
	methods Map[*Method]
}

// has tells whether the owner counts on a metric or method of this name.
func (o owner) has(name string) bool { return o.hasMetric(name) || o.hasMethod(name) }

func (o owner) hasMetric(name string) bool {
	m, ok := o.metrics.Get(name)
	return name == HitsMetric || ok && !m.Absent
}

func (o owner) hasMethod(name string) bool {
	m, ok := o.methods.Get(name)
	return ok && !m.Absent
}

// metricNames lists the owner's metrics; "hits" always is one.
func (o owner) metricNames() []string {
	names := []string{HitsMetric}
	for _, m := range o.metrics {
		if m.Name != HitsMetric && !m.Value.Absent {
			names = append(names, m.Name)
		}
	}
	return names
}

func (o owner) methodNames() []string {
	var names []string
	for _, m := range o.methods {
		if !m.Value.Absent {
			names = append(names, m.Name)
		}
	}
	return names
}

// missing says that a metric or method isn't there, and what is.
func (o owner) missing(what, name string) string {
	all := append(o.metricNames(), o.methodNames()...)
	message := "the " + o.kind + " has no such " + what
	if m, ok := o.metrics.Get(name); ok && m.Absent {
		return message + "; it is absent"
	}
	if m, ok := o.methods.Get(name); ok && m.Absent {
		return message + "; it is absent"
	}
	listed := o.metricNames()
	if what == "method" {
		listed = o.methodNames()
	}
	if len(listed) == 0 {
		listed = []string{"none"}
	}
	message += "; it has " + strings.Join(listed, ", ")
	if near := near.Name(name, all); near != "" && !slices.Contains(listed, near) {
		message += `; did you mean "` + near + `"?`
	}
	return message
}

// counts checks an owner's metrics, methods and rules.
func (o owner) counts(rules []Rule) {
	o.names()
	for _, m := range o.metrics {
		at := o.at("metrics", m.Name)
		if m.Name == HitsMetric && m.Value.Absent {
			at.errorf(CodeValue, "3scale doesn't delete the metric hits")
		}
		if m.Name != HitsMetric && !m.Value.Absent {
			at.needs(m.Value.Unit != nil, "a unit", ", such as token")
		}
	}
	for _, m := range o.methods {
		for i, r := range m.Value.Rules {
			at := o.at("methods", m.Name, "rules", index(i))
			at.rule(r)
			if r.Metric != "" && r.Metric != m.Name || r.Method != "" && r.Method != m.Name {
				at.errorf(CodeReference, "%s counts on its method; a rule that counts on another is one of mappingRules", at)
			}
		}
	}
	for i, r := range rules {
		at := o.at("mappingRules", index(i))
		at.rule(r)
		o.target(at, r)
	}
}

// rule checks a rule's verb and pattern.
func (p place) rule(r Rule) {
	if r.Verb == "" {
		return // it has another form altogether, which is reported
	}
	if err := checkRule(r.Verb, r.Pattern); err != nil {
		p.v.errorf(r.Pos, CodeValue, "%s: %v", p, err)
	}
}

// target checks what a rule counts on.
func (o owner) target(at place, r Rule) {
	if r.Metric != "" && r.Method != "" {
		at.errorf(CodeConflict, "%s counts on a metric or on a method, not on both", at)
		return
	}
	if r.Metric != "" && at.at("metric").known() && !o.has(r.Metric) {
		at.at("metric").errorf(CodeReference, "rule of metric %q: %s", r.Metric, o.missing("metric", r.Metric))
	}
	if r.Method != "" && at.at("method").known() && !o.hasMethod(r.Method) {
		at.at("method").errorf(CodeReference, "rule of method %q: %s", r.Method, o.missing("method", r.Method))
	}
}

// names checks that no two metrics or methods have one system name or one friendly name: 3scale keeps both in one table.
func (o owner) names() {
	friendly := map[string]string{}
	say := func(at place, name string, said *string) {
		text := name
		if said != nil {
			text = *said
		}
		if first, twice := friendly[text]; twice && first != name {
			at.errorf(CodeDuplicate, "%s is called %q, and so is %q of the same %s", at, text, first, o.kind)
			return
		}
		friendly[text] = name
	}
	if hits, ok := o.metrics.Get(HitsMetric); !ok || hits.Name == nil {
		friendly["Hits"] = HitsMetric
	}
	for _, m := range o.metrics {
		if !m.Value.Absent && (m.Name != HitsMetric || m.Value.Name != nil) {
			say(o.at("metrics", m.Name), m.Name, m.Value.Name)
		}
	}
	for _, m := range o.methods {
		at := o.at("methods", m.Name)
		if m.Name == HitsMetric || o.metrics.Has(m.Name) {
			o.v.errorf(m.Pos, CodeDuplicate, "%q is a metric of the %s already; a method needs a name of its own", m.Name, o.kind)
			continue
		}
		if !m.Value.Absent {
			say(at, m.Name, m.Value.Name)
		}
	}
}
