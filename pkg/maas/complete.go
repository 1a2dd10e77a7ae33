package maas

// complete says what the document means where it leaves something to its place: the metric of a method's rules is the
// method, other rules count on hits.
func complete(doc *Document) {
	for _, p := range doc.Products {
		completeRules(p.Value.Methods, p.Value.MappingRules)
	}
	for _, b := range doc.Backends {
		completeRules(b.Value.Methods, b.Value.MappingRules)
	}
}

// HitsMetric is the metric that every product and backend has, and that methods are below of.
const HitsMetric = "hits"

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
