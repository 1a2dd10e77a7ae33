package cli

import (
	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

func newVersion(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the commit that it was built from",
		Args:  nothing,
		RunE: func(*cobra.Command, []string) error {
			if err := g.format(human, json, yaml); err != nil {
				return err
			}
			built := builtAs()
			if g.output != human {
				return g.print(built)
			}
			return view.Print(g.Out, "%s\n", built.Line())
		},
	}
}
