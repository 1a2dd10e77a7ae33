package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/maas"
)

type lintOptions struct {
	*global
	strict bool
}

func newLint(g *global) *cobra.Command {
	o := &lintOptions{global: g}
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Check the document and what the gateway would make of it; asks no server",
		Long: "Check the document, and the policy chains of products: metrics that the gateway would count and the product lacks,\n" +
			"policies in an order that can't work, limits on tokens that block nobody, timeouts that cut replies of models.\n" +
			"Other commands check the same and say it on stderr; what is an error here stops diff and apply. With warnings, the\n" +
			"exit code is 0. Formats: human, json, yaml, sarif, github, junit.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().BoolVar(&o.strict, "strict", false, "let warnings end with exit code 1, too")
	return cmd
}

func (o *lintOptions) run(ctx context.Context) error {
	if err := o.format(findingFormats()...); err != nil {
		return err
	}
	ctx, end := o.readOnly(ctx)
	defer end()
	_, found, err := o.read(ctx)
	if err != nil {
		return err
	}
	if err := o.showFindings(found); err != nil {
		return err
	}
	if found.HasErrors() || o.strict && len(found) > 0 {
		return errReported
	}
	return nil
}

// findingFormats are the forms that findings in a document have.
func findingFormats() []string { return []string{human, json, yaml, sarif, github, junit} }

// showFindings writes findings to stdout, where they are what a command is for.
func (g *global) showFindings(found maas.Diagnostics) error {
	switch g.output {
	case json, yaml:
		return g.print(view.NewFindings(found))
	case sarif:
		return view.LintSARIF(g.Out, found, version())
	case github:
		return view.LintGitHub(g.Out, found)
	case junit:
		return view.LintJUnit(g.Out, found)
	}
	return view.Lint(g.Out, found)
}
