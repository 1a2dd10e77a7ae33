package gateway

import "example.com/maasctl/pkg/maas"

// limits holds what is enforced against what plans limit. A limit is looked at only when a call names its metric, and the
// gateway's own call names what mapping rules count: without enforce, a limit on tokens blocks nobody.
func (l *linter) limits(p link, u usage) {
	limited := map[string]bool{}
	for _, plan := range l.product.Plans {
		if plan.Value.Absent {
			continue
		}
		for _, limit := range plan.Value.Limits {
			if len(limit.Value) == 0 {
				continue
			}
			limited[limit.Name] = true
			if !u.enforced(limit.Name) && u.counted(limit.Name) && !l.ruled(limit.Name) {
				l.warnf(l.doc.Pos("products", l.name, "plans", plan.Name, "limits", limit.Name), maas.CodePolicyLimit,
					"the limit on %s of product %s doesn't block: the gateway asks for hits only; add enforce: [%s] to %s %s",
					limit.Name, l.name, limit.Name, PolicyName, Versions()[0])
			}
		}
	}
	for _, n := range u.enforces {
		if !limited[n.metric] {
			l.warnf(l.pos(p, append([]string{"configuration"}, n.path...)...), maas.CodePolicyLimit,
				"%s enforces %s, but no plan of product %s limits it", PolicyName, n.metric, l.name)
		}
	}
}

// ruled tells whether mapping rules count a metric, so that the gateway asks for it by itself.
func (l *linter) ruled(metric string) bool {
	if metric == "hits" || l.product.Methods.Has(metric) {
		return true
	}
	for _, r := range l.product.Rules() {
		if r.Metric == metric || r.Method == metric {
			return true
		}
	}
	return false
}
