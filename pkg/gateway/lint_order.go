package gateway

import "example.com/maasctl/pkg/maas"

// order looks at who stands where. A chain without apicast gets it at its end from 3scale.
func (l *linter) order(chain []link) {
	passed := map[string]bool{}
	for _, p := range chain {
		at := l.pos(p)
		switch {
		case p.Name == apicast && passed[apicast]:
			l.errorf(at, maas.CodePolicyOrder, "product %s has apicast twice in its chain: every call would be authorized and counted twice", l.name)
		case p.Name == PolicyName && passed[PolicyName]:
			l.errorf(at, maas.CodePolicyOrder, "product %s has %s twice in its chain: every token would be counted twice", l.name, PolicyName)
		case p.Name == PolicyName && passed[apicast]:
			l.errorf(at, maas.CodePolicyOrder, "%s stands after apicast: a refused call would be counted as a hit, and an older version loses tokens; put it before", PolicyName)
		case passed[apicast] && tooLate(p.Name) != "":
			l.warnf(at, maas.CodePolicyOrder, "%s stands after apicast, where it is too late: %s; put it before", p.Name, tooLate(p.Name))
		}
		passed[p.Name] = true
	}
}
