package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// commandLine runs one in a directory, without a server and with nothing in the environment.
func commandLine(dir string, args ...string) (out, errs string) {
	var o, e bytes.Buffer
	Run(context.Background(), args, IO{
		In: strings.NewReader(""), Out: &o, Err: &e, Now: time.Now, Dir: dir, LookupEnv: func(string) (string, bool) { return "", false },
	})
	return o.String(), e.String()
}

// commandPaths are the words of all commands.
func commandPaths(t *testing.T) [][]string {
	t.Helper()
	root := newRoot(IO{LookupEnv: func(string) (string, bool) { return "", false }})
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	var paths [][]string
	each(root, func(cmd *cobra.Command) { paths = append(paths, strings.Fields(cmd.CommandPath())[1:]) })
	return paths
}

func TestHelpStaysWithinAPage(t *testing.T) {
	paths := commandPaths(t)
	for _, path := range paths {
		out, _ := commandLine(t.TempDir(), append(path, "--help")...)
		if out == "" {
			t.Errorf("%v has no help", path)
		}
		for _, line := range strings.Split(out, "\n") {
			if n := utf8.RuneCountInString(line); n > pageWidth {
				t.Errorf("%v: %d characters: %s", path, n, line)
			}
		}
	}
	if len(paths) < 18 {
		t.Errorf("only %d commands", len(paths))
	}
}

// TestCompletedFormatsAreThoseOfTheCommand holds what is completed to what is taken.
func TestCompletedFormatsAreThoseOfTheCommand(t *testing.T) {
	for _, path := range commandPaths(t) {
		switch strings.Join(path, " ") {
		case "", "docs", "sandbox", "exit-codes", "gateway", "help":
			continue // without an output in one of several formats
		}
		if path[0] == "completion" {
			continue
		}
		dir := t.TempDir()
		offered, _ := commandLine(dir, append(append([]string{"__complete"}, path...), "-o", "")...)
		for _, format := range []string{human, json, yaml, markdown, sarif, github, junit} {
			_, errs := commandLine(dir, append(slices.Clone(path), "-o", format)...)
			if taken, said := !strings.Contains(errs, "unknown output format"), slices.Contains(strings.Fields(offered), format); taken != said {
				t.Errorf("%v -o %s: taken %v, completed %v", path, format, taken, said)
			}
		}
	}
}
