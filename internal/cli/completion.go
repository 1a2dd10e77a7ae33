package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale"
)

// complete lets shells complete values: formats, and what the document has. No server is asked.
func (g *global) complete(root *cobra.Command) {
	fixed := func(values ...string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
	}
	document := func(names func(maas.Options) []string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			if slices.Contains(g.files, "-") {
				return nil, cobra.ShellCompDirectiveNoFileComp // what is typed is for the shell
			}
			return names(g.options()), cobra.ShellCompDirectiveNoFileComp
		}
	}
	flags := map[string]cobra.CompletionFunc{
		"output": func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return formatsOf(cmd), cobra.ShellCompDirectiveNoFileComp
		},
		"color": fixed("auto", "always", "never"), "concurrency": fixed("auto"),
		"environment": document(maas.Environments), "target": document(targets),
		"file": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	each(root, func(cmd *cobra.Command) {
		for name, values := range flags {
			if cmd.Flags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
				if err := cmd.RegisterFlagCompletionFunc(name, values); err != nil {
					panic(err) // the flag is there, and nobody has said before what completes it
				}
			}
		}
	})
	for name, values := range map[string]cobra.CompletionFunc{
		"output": document(outputNames), "status": document(productNames), "promote": document(productNames), "rollback": document(productNames),
		"apply": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	} {
		if cmd, _, err := root.Find([]string{name}); err == nil {
			cmd.ValidArgsFunction = values
		}
	}
}

// each does something with a command and all below it.
func each(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, c := range cmd.Commands() {
		each(c, do)
	}
}

// formatsOf are the output formats of a command.
func formatsOf(cmd *cobra.Command) []string {
	switch cmd.Name() {
	case "diff":
		return planFormats()
	case "promote":
		return promotionFormats()
	case "lint", "validate":
		return findingFormats()
	}
	return []string{human, json, yaml}
}

// planFormats are the forms that a plan has.
func planFormats() []string { return []string{human, json, yaml, markdown, sarif, github} }

// targets are the objects at the top that the document names, as --target takes them.
func targets(o maas.Options) []string {
	doc, found := maas.Load(o)
	if found.HasErrors() {
		return nil
	}
	var e engine.Engine
	for _, open := range []func(*maas.Document, transport.Options) (engine.System, error){openKeycloak, openThreeScale} {
		if system, err := open(doc, transport.Options{}); err == nil && system != nil {
			e.Systems = append(e.Systems, system)
		}
	}
	e.Document = doc
	return e.Selectable()
}

func outputNames(o maas.Options) []string {
	doc, found := maas.Load(o)
	if found.HasErrors() {
		return nil
	}
	return doc.Outputs.Names()
}

func productNames(o maas.Options) []string {
	doc, found := maas.Load(o)
	if found.HasErrors() {
		return nil
	}
	return threescale.DeclaredProducts(doc)
}
