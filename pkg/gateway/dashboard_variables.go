package gateway

import (
	"fmt"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// variable is what a dashboard's reader chooses: one of a fixed list, or of what Prometheus has.
type variable struct {
	Type       string      `json:"type"`
	Name       string      `json:"name"`
	Label      string      `json:"label"`
	Query      any         `json:"query"`
	Datasource *datasource `json:"datasource,omitempty"`
	Current    *choice     `json:"current,omitempty"`
	Options    []choice    `json:"options"`
	Multi      bool        `json:"multi"`
	IncludeAll bool        `json:"includeAll"`
	AllValue   string      `json:"allValue,omitempty"`
	Refresh    int         `json:"refresh,omitempty"` // 2: when the time range changes
}

// choice is one of a variable's values.
type choice struct {
	Selected bool `json:"selected"`
	Text     any  `json:"text"`
	Value    any  `json:"value"`
}

const all = "$__all"

// variables are the document's products and the limits of their plans, and the applications and models that Prometheus knows.
func variables(doc *maas.Document) []variable {
	return []variable{
		{Type: "datasource", Name: "datasource", Label: "Prometheus", Query: "prometheus", Options: []choice{}},
		list("product", "Product", productChoices(doc), true),
		list("plan", "Limit of plan", planChoices(doc), false),
		ofLabel("application_id", "application", "Application"),
		ofLabel("model", "model", "Model"),
	}
}

// list is a variable with values that are known.
func list(name, label string, choices []choice, many bool) variable {
	var query []string
	for _, c := range choices {
		query = append(query, fmt.Sprintf("%s : %s", escaped(c.Text), escaped(c.Value)))
	}
	v := variable{Type: "custom", Name: name, Label: label, Query: strings.Join(query, ", "), Options: choices, Multi: many, IncludeAll: many}
	if many {
		v.Current = &choice{Selected: true, Text: []string{"All"}, Value: []string{all}}
		v.Options = append([]choice{{Selected: true, Text: "All", Value: all}}, choices...)
	} else {
		choices[0].Selected = true
		v.Current = &choices[0]
	}
	return v
}

// escaped is a text where Grafana splits a list at commas.
func escaped(text any) string { return strings.ReplaceAll(fmt.Sprint(text), ",", `\,`) }

// ofLabel is a variable with the values that a label has.
func ofLabel(label, name, title string) variable {
	query := fmt.Sprintf("label_values(llm_total_tokens_total{%s}, %s)", products, label)
	return variable{
		Type: "query", Name: name, Label: title, Datasource: &datasource{Type: "prometheus", UID: "${datasource}"}, Query: query, Multi: true, IncludeAll: true,
		AllValue: ".*", // with series that have no such label, too
		Current:  &choice{Selected: true, Text: []string{"All"}, Value: []string{all}}, Options: []choice{}, Refresh: 2,
	}
}

func productChoices(doc *maas.Document) []choice {
	out := []choice{}
	for _, name := range productNames(doc) {
		out = append(out, choice{Text: name, Value: name})
	}
	return out
}

// productNames are the system names of the products that a document wants.
func productNames(doc *maas.Document) []string {
	var out []string
	for _, p := range doc.Products {
		if !p.Value.Absent {
			out = append(out, p.Name)
		}
	}
	return out
}

// secondsOf are those of a period that a rate can be said for; months and years have no fixed length, and eternity no end.
func secondsOf(period string) int {
	switch period {
	case "minute":
		return 60
	case "hour":
		return 60 * 60
	case "day":
		return 24 * 60 * 60
	case "week":
		return 7 * 24 * 60 * 60
	}
	return 0
}

// planChoices are the limits on tokens, each as the rate that uses it up evenly: an expression of Prometheus.
func planChoices(doc *maas.Document) []choice {
	out := []choice{}
	for _, p := range doc.Products {
		if p.Value.Absent {
			continue
		}
		for _, plan := range p.Value.Plans {
			if !plan.Value.Absent {
				out = append(out, limitChoices(p.Name, plan.Name, plan.Value, tokenMetrics(p.Value))...)
			}
		}
	}
	return append(out, choice{Text: "none", Value: "NaN"})
}

func limitChoices(product, name string, plan *maas.Plan, metrics map[string]bool) []choice {
	var out []choice
	for _, limit := range plan.Limits {
		for _, period := range limit.Value {
			if length := secondsOf(period.Name); length > 0 && metrics[limit.Name] {
				out = append(out, choice{
					Text:  fmt.Sprintf("%s %s (%d %s a %s)", product, name, period.Value, limit.Name, period.Name),
					Value: fmt.Sprintf("%d/%d", period.Value, length),
				})
			}
		}
	}
	return out
}

// tokenMetrics are the metrics of a product that llm-metrics counts or limits in its chain.
func tokenMetrics(product *maas.Product) map[string]bool {
	out := map[string]bool{}
	for _, p := range product.Policies {
		if p.Name != PolicyName {
			continue
		}
		u := usageOf(p.Configuration)
		for _, n := range append(u.counts, u.enforces...) {
			out[n.metric] = true
		}
	}
	return out
}
