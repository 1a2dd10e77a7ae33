package cli

import (
	"github.com/spf13/cobra"

	"example.com/maasctl/pkg/maas"
)

func newRender(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "render",
		Short: "Print the document with templates, environment and --set merged",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := g.format(human, yaml, json); err != nil {
				return err
			}
			render := maas.Render
			if g.output == json {
				render = maas.RenderJSON
			}
			text, found := render(g.options())
			if err := g.report(found); err != nil {
				return err
			}
			_, err := g.Out.Write(text)
			return err
		},
	}
}
