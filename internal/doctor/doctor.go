// Package doctor looks at the servers of a document, by reads alone, and says what is missing there before the document can
// be applied and its models called.
package doctor

import (
	"context"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
)

// Status is what came of a check.
type Status string

// What can come of a check.
const (
	OK      Status = "ok"
	Note    Status = "note"    // worth knowing; the document needs nothing of it, or reading can't tell
	Problem Status = "problem" // something is missing
	Refused Status = "refused" // the credentials aren't taken, or lack a right
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Found  string `json:"found"`        // what was seen
	Do     string `json:"do,omitempty"` // what to do about it
}

// System is a server with all that was looked at there.
type System struct {
	System string  `json:"system"` // 3scale or keycloak
	URL    string  `json:"url"`    // of Keycloak with the base path, once it is found
	Checks []Check `json:"checks"`
}

// Report is all that was found.
type Report struct {
	Systems []System `json:"systems"`
}

// Count says how many checks ended so.
func (r *Report) Count(s Status) int {
	n := 0
	for _, system := range r.Systems {
		for _, c := range system.Checks {
			if c.Status == s {
				n++
			}
		}
	}
	return n
}

// attempts of a read: one more than needed, since a server that fails every other time is there, and no more, since one that
// isn't there should be reported soon.
const attempts = 2

// Run looks at the servers that the document names. The document's references have to be resolved. It fails only where ctx
// ends; what is wrong with a server stands in the report.
func Run(ctx context.Context, doc *maas.Document, opts transport.Options) (*Report, error) {
	if opts.Redactor == nil {
		opts.Redactor = transport.NewRedactor()
	}
	opts.Attempts, opts.Message = attempts, words
	report := &Report{Systems: []System{}}
	if doc.ThreeScale != nil {
		t := newTenant(doc, opts)
		t.look(ctx)
		report.Systems = append(report.Systems, t.System)
	}
	if doc.Keycloak != nil {
		k := newSSO(doc, opts)
		k.look(ctx)
		report.Systems = append(report.Systems, k.System)
	}
	return report, ctx.Err()
}

func (s *System) add(name string, status Status, found, do string) {
	s.Checks = append(s.Checks, Check{Name: name, Status: status, Found: found, Do: do})
}
