package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

// newExitCodes is a help topic: a command that has nothing to run.
func newExitCodes() *cobra.Command {
	var b strings.Builder
	b.WriteString("maasctl ends with one of these exit codes:\n\n")
	for _, c := range exitCodes() {
		fmt.Fprintf(&b, "  %-4d %s\n", c.Code, view.Wrap(c.Meaning, pageWidth, "       "))
	}
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: strings.TrimRight(b.String(), "\n")}
}
