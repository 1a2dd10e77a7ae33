package maas

// HitsMetric is the metric that every product and backend has; methods are below it.
const HitsMetric = "hits"

// apicastPolicy is the policy that calls the backend; 3scale puts it at the end of a chain that lacks it.
const apicastPolicy = "apicast"

// complete says what the document means where it leaves something to its place, and brings to one form what 3scale would
// change: addresses get their port, paths one slash before and none after, chains their apicast.
func complete(doc *Document) {
	for _, p := range doc.Products {
		completeRules(p.Value.Methods, p.Value.MappingRules)
		for i, b := range p.Value.Backends {
			if checkUsagePath(b.Value) == nil {
				p.Value.Backends[i].Value = UsagePath(b.Value)
			}
		}
		if e := p.Value.Endpoints; e != nil {
			withPort(e.Staging)
			withPort(e.Production)
		}
		p.Value.Policies = completeChain(p.Value.Policies, doc.Pos("products", p.Name, policiesKey))
	}
	for _, b := range doc.Backends {
		completeRules(b.Value.Methods, b.Value.MappingRules)
		withPort(b.Value.URL)
	}
}

func withPort(address *string) {
	if address != nil {
		*address = WithPort(*address)
	}
}

// completeChain adds the policy that 3scale adds to a chain which is said.
func completeChain(chain []Policy, pos Position) []Policy {
	if chain == nil {
		return nil
	}
	for _, p := range chain {
		if p.Name == apicastPolicy {
			return chain
		}
	}
	return append(chain, Policy{Name: apicastPolicy, Version: builtinVersion, Configuration: map[string]any{}, Pos: pos})
}

// completeRules names what rules count on: those of a method the method, others hits unless they say more.
func completeRules(methods Map[*Method], own []Rule) {
	for _, m := range methods {
		for i := range m.Value.Rules {
			if r := &m.Value.Rules[i]; r.Method == "" && r.Metric == "" {
				r.Method = m.Name
			}
		}
	}
	for i := range own {
		if own[i].Metric == "" && own[i].Method == "" {
			own[i].Metric = HitsMetric
		}
	}
}
