package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

func newValidate(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the document; asks no server",
		Long: "Say whether diff and apply can use the document, as far as that can be known without a server. References to secrets\n" +
			"needn't lead anywhere yet. Formats: human, json, yaml, sarif, github, junit.",
		SuggestFor: []string{"check", "verify"},
		Args:       noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := g.format(findingFormats()...); err != nil {
				return err
			}
			ctx, end := g.readOnly(cmd.Context())
			defer end()
			doc, found, err := g.read(ctx)
			if err != nil {
				return err
			}
			if g.output != human {
				return errors.Join(g.showFindings(found), broken(found))
			}
			if err := g.report(found); err != nil {
				return err
			}
			return view.Print(g.Out, "%s is valid.\n", doc.Name)
		},
	}
}
