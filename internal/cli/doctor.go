package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale"
)

func newDoctor(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look at the servers and say what is missing; changes nothing",
		Long: "Look at the servers that the document names, by reads alone, and say what is missing and what to do about it: reachability,\n" +
			"versions, the token's scopes, what the tenant is allowed, the policies that the document's chains need of the gateway,\n" +
			"Keycloak's base path, and the account's rights on the document's realms. Errors elsewhere in the document don't keep it\n" +
			"from looking.\n" +
			"Ends with exit code 1 where something is missing, and 4 where credentials are refused or lack a right.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return g.doctor(cmd.Context()) },
	}
}

func (g *global) doctor(ctx context.Context) (err error) {
	if err := g.format(human, json, yaml); err != nil {
		return err
	}
	ctx, end := g.readOnly(ctx)
	defer end()
	doc, wrong, err := g.reachable(ctx)
	if err != nil {
		return err
	}
	opts, err := g.transport()
	if err != nil {
		return err
	}
	t, err := g.openTrace(doc, &opts)
	if err != nil {
		return err
	}
	defer func() { err = t.close(g.Err, err) }()
	report, err := doctor.Run(ctx, doc, opts)
	if err != nil {
		return err
	}
	if err := g.showReport(report); err != nil {
		return err
	}
	return errors.Join(wrong, verdict(report))
}

// reachable reads the document for its servers. They are looked at whatever else is wrong with it, which is reported and is
// the second result; a server whose own section can't be used is left out.
func (g *global) reachable(ctx context.Context) (doc *maas.Document, wrong, err error) {
	doc, found, err := g.read(ctx)
	if err == nil && doc != nil {
		found, err = g.resolve(ctx, doc, found)
	}
	if err != nil {
		return nil, nil, err
	}
	if wrong = g.report(found); doc == nil {
		return nil, nil, wrong
	}
	named := doc.ThreeScale != nil || doc.Keycloak != nil
	if !doc.Reaches("threescale", found) {
		doc.ThreeScale = nil
	}
	if !doc.Reaches("keycloak", found) {
		doc.Keycloak = nil
	}
	switch {
	case doc.ThreeScale != nil || doc.Keycloak != nil:
		return doc, wrong, nil
	case named || wrong != nil:
		return nil, nil, wrong
	}
	return nil, nil, errors.New("the document names no server: it needs a threescale or keycloak section")
}

func (g *global) showReport(r *doctor.Report) error {
	if g.output != human {
		return g.print(view.NewChecks(r))
	}
	return view.Doctor(g.Out, r, g.style())
}

// verdict makes an exit code of a report that has been shown.
func verdict(r *doctor.Report) error {
	switch {
	case r.Count(doctor.Refused) > 0:
		return fmt.Errorf("%w: %w", errReported, &threescale.ErrNotAuthorized{Err: errors.New("refused")})
	case r.Count(doctor.Problem) > 0:
		return errReported
	}
	return nil
}
