package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"example.com/maasctl/internal/view"
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
			pages := map[string]string{
				"exit-codes.md": exitCodesPage(), "codes.md": codesPage(), "maas.schema.json": string(schema), "formats.md": formatsPage(),
			}
			for _, f := range view.Formats() {
				schema, err := f.Schema()
				if err != nil {
					return err
				}
				pages[filepath.Join("formats", f.Name+".schema.json")] = string(schema)
			}
			if err := os.MkdirAll(filepath.Join(dir, "formats"), 0o750); err != nil {
				return err
			}
			for name, text := range pages {
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

func formatsPage() string {
	var b strings.Builder
	b.WriteString("# What commands write for programs\n\n" +
		"With `-o json`, or the same as YAML with `-o yaml`. Each has a `formatVersion`: its second number rises where something is\n" +
		"added, its first where a reader might notice anything else. A list is never null. `maasctl schema FORMAT` prints the schema.\n\n" +
		"| format | written by | holds | version | schema |\n| --- | --- | --- | --- | --- |\n")
	for _, f := range view.Formats() {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | [%s.schema.json](formats/%s.schema.json) |\n",
			f.Name, strings.Join(f.By, "`, `"), f.Says, f.Version, f.Name, f.Name)
	}
	return b.String()
}
