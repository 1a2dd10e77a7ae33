package cli

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

func newOutput(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "output [NAME]",
		Short: "Print the document's outputs, read from the servers",
		Long:  "Print the outputs of the document with what the servers have now. With a name, only that one's value is printed.\nSecrets stay masked.",
		Args:  oneOrNone("name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return g.outputs(cmd.Context(), name)
		},
	}
}

func (g *global) outputs(ctx context.Context, name string) (err error) {
	if err := g.format(human, json, yaml); err != nil {
		return err
	}
	ctx, end := g.readOnly(ctx)
	defer end()
	c, err := g.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	found, err := c.Outputs(ctx, name)
	if err != nil {
		return err
	}
	if g.output != human {
		values := view.NewOutputs()
		for _, o := range found {
			values[o.Name] = o.Value
		}
		return g.print(values)
	}
	for _, o := range found {
		line := o.Name + " = " + o.Value
		if name != "" {
			line = o.Value
		}
		if err := view.Print(g.Out, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}
