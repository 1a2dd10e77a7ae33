package cli

import (
	"github.com/spf13/cobra"

	"example.com/maasctl/pkg/maas"
)

func newSchema(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema (2020-12) of the document, for editors",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := maas.Schema()
			if err != nil {
				return err
			}
			_, err = g.Out.Write(text)
			return err
		},
	}
}
