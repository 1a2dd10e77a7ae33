package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"example.com/maasctl/pkg/maas"
)

// newDocs writes the reference pages that are made of the program itself: commands, exit codes, codes of findings, schema.
func newDocs(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Short:  "Write the generated reference pages",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if err := os.MkdirAll(filepath.Join(dir, "commands"), 0o750); err != nil {
				return err
			}
			root.DisableAutoGenTag = true
			if err := doc.GenMarkdownTree(root, filepath.Join(dir, "commands")); err != nil {
				return err
			}
			schema, err := maas.Schema()
			if err != nil {
				return err
			}
			for name, text := range map[string]string{"exit-codes.md": exitCodesPage(), "codes.md": codesPage(), "maas.schema.json": string(schema)} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func exitCodesPage() string {
	var b strings.Builder
	b.WriteString("# Exit codes\n\n| code | meaning |\n| --- | --- |\n")
	for _, c := range exitCodes() {
		fmt.Fprintf(&b, "| %d | %s |\n", c.Code, c.Meaning)
	}
	return b.String()
}

func codesPage() string {
	var b strings.Builder
	b.WriteString("# Codes of errors and warnings in a document\n\n| code | meaning |\n| --- | --- |\n")
	for _, c := range maas.Codes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", c.Code, c.Meaning)
	}
	return b.String()
}
