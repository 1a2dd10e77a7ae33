package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale"
)

func newStatus(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "status [PRODUCT]...",
		Short: "Show what is deployed to staging and production; reads only",
		Long: "Show for each product of the document, in a line, which version of its gateway configuration is in staging and which in\n" +
			"production, whether document, staging and production agree, and when the product was called last by 3scale's statistics.\n" +
			"With names, all of that in detail: what isn't deployed yet, and what isn't promoted. Changes that somebody has made on the\n" +
			"server and not deployed are told, too; those of a backend's rules with names only.\n" +
			"Versions that a gateway can't tell apart agree. What a realm's client hands over (an OIDC issuer) isn't compared with the document.",
		Example: "  maasctl status\n" +
			"  maasctl status granite -o json",
		SuggestFor: []string{"versions", "deployed"},
		RunE:       func(cmd *cobra.Command, args []string) error { return g.status(cmd.Context(), args) },
	}
}

func (g *global) status(ctx context.Context, names []string) (err error) {
	if err := g.format(human, json, yaml); err != nil {
		return err
	}
	ctx, end := g.readOnly(ctx)
	defer end()
	begin := g.Now()
	c, err := g.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	defer func() { g.sayCost(c, g.Now().Sub(begin)) }()
	session, err := c.threescale()
	if err != nil {
		return err
	}
	products, err := productsNamed(c.Document, names)
	if err != nil {
		return err
	}
	gateways, err := session.Gateways(ctx, c.Document, products)
	if err == nil {
		err = session.Undeployed(ctx, gateways, len(names) > 0)
	}
	if err == nil {
		err = session.LastUse(ctx, gateways, g.Now())
	}
	if err != nil {
		return err
	}
	s := view.NewStatus(gateways)
	switch {
	case g.output != human:
		return g.print(s)
	case len(names) > 0:
		return view.StatusDetails(g.Out, s, g.style())
	}
	return view.StatusLines(g.Out, s, g.style())
}

// threescale is the session with the tenant, which some commands are about.
func (c *connection) threescale() (*threescale.Session, error) {
	for _, s := range c.Systems {
		if session, ok := s.(*threescale.Session); ok {
			return session, nil
		}
	}
	return nil, errors.New("the document names no tenant: it needs a threescale section")
}

// productsNamed are the document's products, or those of them that are named.
func productsNamed(doc *maas.Document, names []string) ([]string, error) {
	all := threescale.DeclaredProducts(doc)
	if len(names) == 0 {
		return all, nil
	}
	var out []string
	var wrong []error
	for _, name := range all { // in the document's order, each once
		if slices.Contains(names, name) {
			out = append(out, name)
		}
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			wrong = append(wrong, &threescale.UnknownProductError{Name: name, Known: all})
		}
	}
	return out, errors.Join(wrong...)
}
