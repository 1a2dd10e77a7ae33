package gateway

import (
	"fmt"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// Dashboard is a dashboard of Grafana, as its import takes it. Only what is used of Grafana's model is here.
type Dashboard struct {
	UID           string     `json:"uid"`
	Title         string     `json:"title"`
	Tags          []string   `json:"tags"`
	Editable      bool       `json:"editable"`
	GraphTooltip  int        `json:"graphTooltip"` // 1: one crosshair for all panels
	SchemaVersion int        `json:"schemaVersion"`
	Time          timeRange  `json:"time"`
	Refresh       string     `json:"refresh"`
	Templating    templating `json:"templating"`
	Annotations   struct {
		List []struct{} `json:"list"`
	} `json:"annotations"`
	Panels []panel `json:"panels"`
}

type timeRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type templating struct {
	List []variable `json:"list"`
}

type panel struct {
	ID          int          `json:"id"`
	Type        string       `json:"type"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Datasource  *datasource  `json:"datasource,omitempty"`
	GridPos     gridPos      `json:"gridPos"`
	FieldConfig *fieldConfig `json:"fieldConfig,omitempty"`
	Targets     []target     `json:"targets,omitempty"`
	*rowParts
}

// rowParts are what a row has beside its title: it is open, so the panels stand below it.
type rowParts struct {
	Collapsed bool    `json:"collapsed"`
	Panels    []panel `json:"panels"`
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type gridPos struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

type fieldConfig struct {
	Defaults  fieldDefaults `json:"defaults"`
	Overrides []struct{}    `json:"overrides"`
}

type fieldDefaults struct {
	Unit string   `json:"unit,omitempty"`
	Min  *float64 `json:"min,omitempty"`
}

type target struct {
	RefID        string      `json:"refId"`
	Datasource   *datasource `json:"datasource"`
	Expr         string      `json:"expr"`
	LegendFormat string      `json:"legendFormat"`
}

const (
	schemaVersion = 39 // of Grafana 10.4; newer ones take it
	halfWidth     = 12 // of 24 columns
	panelHeight   = 8
	longestUID    = 40 // of what Grafana takes
)

// NewDashboard is the dashboard of the gateways that serve a document's products: every series of the policy llm-metrics,
// with the products and the limits of their plans to choose from. The same document makes the same bytes.
func NewDashboard(doc *maas.Document) Dashboard {
	uid := "maasctl-llm-" + doc.Name
	d := Dashboard{
		UID:           uid[:min(len(uid), longestUID)],
		Title:         "Language models: " + doc.Name,
		Tags:          []string{"3scale", "llm", "maasctl"},
		Editable:      true,
		GraphTooltip:  1,
		SchemaVersion: schemaVersion,
		Time:          timeRange{From: "now-6h", To: "now"},
		Refresh:       "1m",
		Templating:    templating{List: variables(doc)},
		Panels:        laidOut(dashboardRows()),
	}
	d.Annotations.List = []struct{}{}
	return d
}

// laidOut gives panels their places: a row's title, and below it two panels beside each other.
func laidOut(rows []row) []panel {
	source := &datasource{Type: "prometheus", UID: "${datasource}"}
	zero := 0.0
	var out []panel
	y := 0
	for _, r := range rows {
		out = append(out, panel{
			ID: len(out) + 1, Type: "row", Title: r.title, GridPos: gridPos{H: 1, W: 2 * halfWidth, Y: y},
			rowParts: &rowParts{Panels: []panel{}},
		})
		y++
		for i, c := range r.charts {
			p := panel{
				ID: len(out) + 1, Type: "timeseries", Title: c.title, Description: c.says, Datasource: source,
				GridPos:     gridPos{H: panelHeight, W: halfWidth, X: i % 2 * halfWidth, Y: y + i/2*panelHeight},
				FieldConfig: &fieldConfig{Defaults: fieldDefaults{Unit: c.unit, Min: &zero}, Overrides: []struct{}{}},
			}
			for j, l := range c.lines {
				p.Targets = append(p.Targets, target{RefID: string(rune('A' + j)), Datasource: source, Expr: l.expr, LegendFormat: l.legend})
			}
			out = append(out, p)
		}
		y += (len(r.charts) + 1) / 2 * panelHeight
	}
	return out
}

// row is a part of the dashboard with its title.
type row struct {
	title  string
	charts []chart
}

// chart is a panel: what it shows, in words and as queries.
type chart struct {
	title, unit, says string
	lines             []line
}

// line is a query of a chart.
type line struct{ expr, legend string }

// products selects, of series that name a product, those of the chosen ones.
const products = `service=~"$product"`

// ofProducts keeps, of what is summed by service_id, what belongs to selected products, and names the product: most series
// of the policy's own troubles have the id alone.
func ofProducts(expr, selector string) string {
	return fmt.Sprintf("%s * on (service_id) group_left (service) group by (service_id, service) (llm_requests_total{%s})", expr, selector)
}

// chosen are those that the dashboard's reader has chosen.
func chosen(expr string) string { return ofProducts(expr, products) }

func rate(by, series, selector string) string {
	return rateOver("$__rate_interval", by, series, selector)
}

func rateOver(window, by, series, selector string) string {
	if selector != "" {
		selector = "{" + selector + "}"
	}
	return fmt.Sprintf("sum by (%s) (rate(%s%s[%s]))", by, series, selector, window)
}

func quantile(q, series string) string {
	return fmt.Sprintf("histogram_quantile(%s, %s)", q, rate("le, service, model", series+"_bucket", products+`, model=~"$model"`))
}

func quantiles(series string) []line {
	return []line{{quantile("0.5", series), "{{service}} {{model}} median"}, {quantile("0.95", series), "{{service}} {{model}} 95%"}}
}

// tokens is a chart of one of the counters of tokens.
func tokens(kind string) chart {
	series := "llm_" + kind + "_tokens_total"
	return chart{
		title: strings.ToUpper(kind[:1]) + kind[1:] + " tokens by model", unit: "suffix:/s",
		lines: []line{{rate("service, model", series, products+`, application_id=~"$application", model=~"$model"`), "{{service}} {{model}}"}},
	}
}
