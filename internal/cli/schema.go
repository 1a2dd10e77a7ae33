package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	sigsyaml "sigs.k8s.io/yaml"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/maas"
)

func newSchema(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "schema [FORMAT]",
		Short: "Print the JSON Schema of the document, for editors, or of what commands write",
		Long: "Print the JSON Schema (2020-12) of the document, for editors. With the name of a format, the schema of what commands\n" +
			"write with -o json: " + strings.Join(formatNames(), ", ") + ".",
		Args:      oneOrNone("format"),
		ValidArgs: formatNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := g.format(human, json, yaml); err != nil {
				return err
			}
			text, err := schemaOf(args)
			if err == nil && g.output == yaml {
				text, err = sigsyaml.JSONToYAML(text)
			}
			if err != nil {
				return err
			}
			_, err = g.Out.Write(text)
			return err
		},
	}
}

func schemaOf(args []string) ([]byte, error) {
	if len(args) == 0 {
		return maas.Schema()
	}
	for _, f := range view.Formats() {
		if f.Name == args[0] {
			return f.Schema()
		}
	}
	return nil, fmt.Errorf("no format %q; there are %s%s", args[0], strings.Join(formatNames(), ", "), near.Meant(args[0], formatNames()))
}

func formatNames() []string {
	var names []string
	for _, f := range view.Formats() {
		names = append(names, f.Name)
	}
	return names
}
