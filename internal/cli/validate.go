package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the document; asks no server",
		Long:  "Check the document for everything that can be known without a server. References to secrets need not resolve.",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			doc, err := g.load()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(g.Out, "%s is valid.\n", doc.Name)
			return err
		},
	}
}
