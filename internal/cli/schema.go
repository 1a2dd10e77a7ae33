package cli

import (
	"github.com/spf13/cobra"
	sigsyaml "sigs.k8s.io/yaml"

	"example.com/maasctl/pkg/maas"
)

func newSchema(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema (2020-12) of the document, for editors",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := g.format(human, json, yaml); err != nil {
				return err
			}
			text, err := maas.Schema()
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
