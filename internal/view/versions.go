package view

import (
	"fmt"
	"io"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

// Versions are what the production gateways of a product have had, as data; the newest first.
type Versions struct {
	FormatVersion string           `json:"formatVersion"`
	Product       string           `json:"product"`
	Versions      []VersionHistory `json:"versions"`
}

// VersionHistory is one of them.
type VersionHistory struct {
	Version int64              `json:"version"`
	Changed string             `json:"changed,omitempty"` // when what it was made of was last changed
	Like    int64              `json:"like,omitempty"`    // an earlier version that gateways can't tell from it
	Changes []plan.FieldChange `json:"changes"`           // compared with the version before
}

// NewVersions gives versions as data.
func NewVersions(product string, found []threescale.Version) Versions {
	out := Versions{FormatVersion: FormatVersion, Product: product, Versions: []VersionHistory{}}
	for _, v := range found {
		out.Versions = append(out.Versions, VersionHistory{
			Version: v.Version, Changed: moment(v.Changed), Like: v.Like, Changes: append([]plan.FieldChange{}, v.Changes...),
		})
	}
	return out
}

// VersionLines writes versions for a person, with what changed in each.
func VersionLines(w io.Writer, v Versions, style Style) error {
	h := &human{style: style}
	h.print("%s\n", styled(style.bold, "product "+v.Product))
	if len(v.Versions) == 0 {
		h.print("  nothing is in production yet\n")
	}
	for i, one := range v.Versions {
		what := ""
		if one.Changed != "" {
			what = "with what was changed until " + one.Changed
		}
		if one.Like != 0 {
			what += fmt.Sprintf(", like version %d", one.Like)
		}
		if i == 0 {
			what += "   (now)"
		}
		h.lineAt(" ", fmt.Sprintf("version %d", one.Version), what, topIndent, belowColumn)
		h.fields("", one.Changes)
	}
	return Print(w, "%s", Styled(h.b.String()))
}
