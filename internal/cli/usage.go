package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/maasctl/internal/near"
)

// explainUsage lets mistakes in a command line be told in words that help: what was meant, and where it belongs.
func explainUsage(root *cobra.Command) {
	root.DisableSuggestions = true // ours know more
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			of, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(of), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(of, args[len(args)-max(len(rest), 1)])
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	})
}

// usageError puts cobra's error about a command that doesn't exist into our words; others stay as they are.
func usageError(root *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	quoted, isUnknown := strings.CutPrefix(err.Error(), "unknown command ")
	if !isUnknown {
		return err
	}
	prefix, wrong := strconv.QuotedPrefix(quoted)
	name, unquoted := strconv.Unquote(prefix)
	if wrong != nil || unquoted != nil {
		return err
	}
	return unknownCommand(root, name)
}

// subcommand refuses what is no command below a group of them.
func subcommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return nil
}

func unknownCommand(parent *cobra.Command, name string) error {
	return fmt.Errorf("%s has no command %q; %s", parent.CommandPath(), name, cmp.Or(meantCommand(parent, name), "see "+parent.CommandPath()+" --help"))
}

// meantCommand is the command that somebody meant: one of the group, one that others call so, or one elsewhere.
func meantCommand(parent *cobra.Command, name string) string {
	if near := near.Name(name, commandNames(parent)); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	meant := ""
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && (slices.Contains(sub.SuggestFor, name) || sub.Name() == name) && meant == "" {
				meant = fmt.Sprintf("did you mean %q?", sub.CommandPath())
			}
			walk(sub)
		}
	}
	walk(parent.Root())
	return meant
}

// commandNames are the commands of a group, help topics too.
func commandNames(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// flagError says what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	var none *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	switch {
	case errors.As(err, &none):
		return fmt.Errorf("%s has no flag %s; %s", cmd.CommandPath(), writtenFlag(none), cmp.Or(meantFlag(cmd, none), "see "+cmd.CommandPath()+" --help"))
	case errors.As(err, &bare):
		name, _ := pflag.UnquoteUsage(bare.GetFlag())
		return fmt.Errorf("--%s needs a value: %s", bare.GetFlag().Name, name)
	case errors.As(err, &wrong):
		return fmt.Errorf("--%s %q: %s", wrong.GetFlag().Name, wrong.GetValue(), takes(wrong.GetFlag()))
	}
	return err
}

// takes says what a flag's value has to be.
func takes(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "duration":
		return "a time has its unit, such as 30s or 10m"
	case "int":
		return "this is no whole number"
	case "bool":
		return "true or false, or nothing"
	}
	return "no " + f.Value.Type()
}

func writtenFlag(none *pflag.NotExistError) string {
	if short := none.GetSpecifiedShortnames(); short != "" {
		return "-" + short
	}
	return "--" + none.GetSpecifiedName()
}

// meantFlag is the flag that somebody meant: of the command, or the same of others.
func meantFlag(cmd *cobra.Command, none *pflag.NotExistError) string {
	name := none.GetSpecifiedName()
	if short := none.GetSpecifiedShortnames(); len(short) > 1 { // -prune
		name, _, _ = strings.Cut(short, "=")
	}
	names := flagNames(cmd)
	if slices.Contains(names, name) {
		return fmt.Sprintf("did you mean --%s, with two dashes?", name)
	}
	if meant := near.Name(name, names); meant != "" {
		return fmt.Sprintf("did you mean --%s?", meant)
	}
	var others []string
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c != cmd && c.IsAvailableCommand() && c.LocalFlags().Lookup(name) != nil && c.HasParent() {
			others = append(others, c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	if walk(cmd.Root()); len(others) > 0 {
		return "it is one of " + strings.Join(others, " and ")
	}
	return ""
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	collect := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(collect)
	cmd.InheritedFlags().VisitAll(collect)
	return names
}

// noArgs refuses arguments of commands that read a document, which somebody may have named without -f.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && isDocumentName(args[0]) {
		return fmt.Errorf("%s takes no arguments; a document is named with -f: %s -f %s", cmd.CommandPath(), cmd.CommandPath(), args[0])
	}
	return nothing(cmd, args)
}

// nothing refuses any argument.
func nothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but got %s", cmd.CommandPath(), quoted(args))
	}
	return nil
}

// oneOrNone refuses more than one argument, of which the command takes one that is called so.
func oneOrNone(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("%s takes one %s, but got %s", cmd.CommandPath(), what, quoted(args))
		}
		return nil
	}
}

func quoted(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = strconv.Quote(a)
	}
	return strings.Join(out, " ")
}

// isDocumentName tells whether something has the name of a file that documents have.
func isDocumentName(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}
