package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

func newRender(g *global) *cobra.Command {
	return &cobra.Command{
		Use:        "render",
		Short:      "Print the document with templates, environment and --set merged",
		SuggestFor: []string{"show", "template"},
		Args:       noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.format(human, yaml, json); err != nil {
				return err
			}
			ctx, end := g.readOnly(cmd.Context())
			defer end()
			doc, found, err := g.read(ctx)
			if err != nil {
				return err
			}
			if doc == nil || doc.Broken() {
				return g.report(found)
			}
			render := doc.Render
			if g.output == json {
				render = doc.RenderJSON
			}
			text, err := render()
			if err == nil {
				_, err = g.Out.Write(text)
			}
			return errors.Join(err, g.report(found)) // a chain that can't work is best seen in the document
		},
	}
}
