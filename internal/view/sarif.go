package view

import (
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/maas"
)

// SARIF 2.1.0, as much of it as findings in a document need.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID          string    `json:"id"`
	Description sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

// LintSARIF writes findings for code scanning: the codes are its rules, their severities its levels.
func LintSARIF(w io.Writer, found maas.Diagnostics, version string) error {
	codes := maas.Codes()
	var rules []sarifRule
	for _, c := range codes {
		rules = append(rules, sarifRule{string(c.Code), sarifText{c.Meaning}})
	}
	run := newSARIFRun(version, rules)
	for _, d := range found {
		pos, message := filed(d)
		run.Results = append(run.Results, sarifResult{
			RuleID: string(d.Code), Level: d.Severity.String(), Message: sarifText{unlinked(message)}, Locations: sarifLocations(pos),
			RuleIndex: slices.IndexFunc(codes, func(c maas.CodeInfo) bool { return c.Code == d.Code }),
		})
	}
	return writeSARIF(w, run)
}

// sarifLink is what a reader of SARIF makes a link of, in a message that is otherwise plain text.
var sarifLink = lazyregexp.New(`\[([^\[\]]*\]\()`)

// unlinked takes the meaning of links from what looks like them.
func unlinked(message string) string { return sarifLink.ReplaceAllString(message, `\[$1`) }

func newSARIFRun(version string, rules []sarifRule) sarifRun {
	return sarifRun{Tool: sarifTool{sarifDriver{Name: "maasctl", Version: version, Rules: rules}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
}

func writeSARIF(w io.Writer, run sarifRun) error {
	return JSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// sarifLocations is where a finding stands; none where no file says it.
func sarifLocations(p maas.Position) []sarifLocation {
	if p.File == "" {
		return nil
	}
	file := filepath.ToSlash(p.File)
	u := url.URL{Path: file}
	if path.IsAbs(file) {
		u.Scheme = "file"
	}
	at := sarifPhysical{Artifact: sarifArtifact{u.String()}}
	if p.Line > 0 {
		at.Region = &sarifRegion{p.Line, p.Column}
	}
	return []sarifLocation{{at}}
}
