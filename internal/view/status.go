package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

// Status is what the gateways of products have, as data.
type Status struct {
	FormatVersion string          `json:"formatVersion"`
	Agree         bool            `json:"agree"` // of all products, as below
	Products      []ProductStatus `json:"products"`
}

// ProductStatus is what one product's gateways have.
type ProductStatus struct {
	Name  string `json:"name"`
	There bool   `json:"there"`           // the product is on the server
	Owner string `json:"owner,omitempty"` // who manages it, where it is marked

	Staging    *DeployedStatus `json:"staging,omitempty"` // none: nothing was deployed
	Production *DeployedStatus `json:"production,omitempty"`

	Agree       bool               `json:"agree"`       // document, staging and production
	NotDeployed []plan.FieldChange `json:"notDeployed"` // what the document says and staging doesn't have
	NotPromoted []plan.FieldChange `json:"notPromoted"` // what staging has and production doesn't

	Undeployed bool `json:"undeployed"` // the server has changes, by whomever, that staging doesn't have

	LastUsed       string `json:"lastUsed,omitempty"` // the last day with calls, such as 2026-11-29
	LastUseUnknown string `json:"lastUseUnknown,omitempty"`
}

// DeployedStatus is one version of a gateway's configuration.
type DeployedStatus struct {
	Version int64  `json:"version"`
	Changed string `json:"changed,omitempty"` // when what it was made of was last changed
}

// NewStatus gives the state of gateways as data.
func NewStatus(gateways []*threescale.Gateway) Status {
	out := Status{FormatVersion: FormatVersion, Agree: true, Products: []ProductStatus{}}
	for _, g := range gateways {
		p := ProductStatus{
			Name: g.Product, There: g.Found, Owner: g.Owner, Staging: deployedStatus(g.Staging), Production: deployedStatus(g.Production),
			Agree: g.Staging != nil && len(g.NotDeployed) == 0 && !g.Undeployed && !g.Lags(), Undeployed: g.Undeployed,
			NotDeployed: append([]plan.FieldChange{}, g.NotDeployed...), NotPromoted: append([]plan.FieldChange{}, g.NotPromoted...),
			LastUsed: g.Use.Day, LastUseUnknown: g.Use.Unknown,
		}
		out.Agree = out.Agree && p.Agree
		out.Products = append(out.Products, p)
	}
	return out
}

func deployedStatus(c *threescale.Configuration) *DeployedStatus {
	if c == nil {
		return nil
	}
	return &DeployedStatus{Version: c.Version, Changed: moment(c.Changed)}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// StatusLines writes a line for each product.
func StatusLines(w io.Writer, s Status, style Style) error {
	rows := [][]string{{"PRODUCT", "STAGING", "PRODUCTION", "LAST USED", ""}}
	for _, p := range s.Products {
		rows = append(rows, []string{p.Name, p.Staging.short(), p.Production.short(), p.lastUsed(), p.verdict()})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(Escape(cell)))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			line.WriteString(Escape(cell))
			if j < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[j]-utf8.RuneCountInString(Escape(cell))+2))
			}
		}
		text := strings.TrimRight(line.String(), " ")
		if i == 0 {
			text = style.dim.Render(text)
		}
		b.WriteString(text + "\n")
	}
	return Print(w, "%s", Styled(b.String()))
}

func (d *DeployedStatus) short() string {
	if d == nil {
		return "-"
	}
	return fmt.Sprintf("version %d", d.Version)
}

func (p ProductStatus) lastUsed() string {
	switch {
	case p.LastUsed != "":
		return p.LastUsed
	case p.LastUseUnknown != "":
		return "unknown"
	case !p.There:
		return "-"
	}
	return "not in a year"
}

// verdict says in a few words what is still to be done.
func (p ProductStatus) verdict() string {
	var todo []string
	switch {
	case !p.There:
		return "isn't on the server yet"
	case p.Staging == nil:
		return "nothing was deployed yet"
	}
	if n := len(p.NotDeployed); n > 0 {
		todo = append(todo, plural(n, "change")+" of the document not deployed")
	}
	if p.Undeployed {
		todo = append(todo, "changes on the server aren't deployed")
	}
	switch n := len(p.NotPromoted); {
	case p.Production == nil:
		todo = append(todo, "nothing is in production yet")
	case n > 0:
		todo = append(todo, "production is "+plural(n, "change")+" behind staging")
	case !p.Agree && len(todo) == 0:
		todo = append(todo, "production is behind staging")
	}
	return cmp.Or(strings.Join(todo, ", "), "document, staging and production agree")
}

// StatusDetails writes all about each product.
func StatusDetails(w io.Writer, s Status, style Style) error {
	h := &human{style: style}
	for i, p := range s.Products {
		if i > 0 {
			h.b.WriteByte('\n')
		}
		h.print("%s  %s\n", styled(style.bold, "product "+Escape(p.Name)), p.verdict())
		if !p.There {
			continue
		}
		h.line(" ", "managed by", cmp.Or(p.Owner, "nobody says"), topIndent+2)
		h.line(" ", "staging", p.Staging.long(), topIndent+2)
		h.line(" ", "production", p.Production.long(), topIndent+2)
		used := p.lastUsed()
		if p.LastUseUnknown != "" {
			used += ": " + p.LastUseUnknown
		}
		h.line(" ", "last used", used, topIndent+2)
		h.statusFields("Not deployed: what the document says and staging doesn't have", p.NotDeployed)
		if p.Production != nil {
			h.statusFields("Not promoted: what staging has and production doesn't", p.NotPromoted)
		}
	}
	return Print(w, "%s", Styled(h.b.String()))
}

func (h *human) statusFields(head string, fields []plan.FieldChange) {
	if len(fields) > 0 {
		h.print("  %s\n", styled(h.style.bold, head))
		h.fields("", fields)
	}
}

func (d *DeployedStatus) long() string {
	if d == nil {
		return "nothing was deployed"
	}
	text := d.short()
	if d.Changed != "" {
		text += ", with what was changed until " + d.Changed
	}
	return text
}
