package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/maasctl/pkg/maas"
)

func newValidate(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the document; asks no server",
		Long: "Check the document for everything that can be known without a server. References to secrets need not resolve.\n" +
			"Formats: human, json, yaml, sarif, github, junit.",
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := g.format(findingFormats()...); err != nil {
				return err
			}
			doc, found := maas.Load(g.options())
			if g.output != human {
				return errors.Join(g.showFindings(found), broken(found))
			}
			if err := g.report(found); err != nil {
				return err
			}
			_, err := fmt.Fprintf(g.Out, "%s is valid.\n", doc.Name)
			return err
		},
	}
}
