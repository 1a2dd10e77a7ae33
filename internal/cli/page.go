package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

// pageWidth is how wide help is, for terminals of that width and for whoever reads two of them side by side.
const pageWidth = 100

// slop is by how much pflag may pass the width that it is told.
const slop = 5

// withinAPage breaks the lines of all help at a page's width.
func withinAPage(root *cobra.Command) {
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", fmt.Sprintf(".FlagUsagesWrapped %d ", pageWidth-slop)))
	each(root, func(cmd *cobra.Command) { cmd.Long = reflow(cmd.Long) })
}

// reflow sets paragraphs anew; lines that begin with a space, such as those of a table, stay as they are.
func reflow(text string) string {
	var out []string
	paragraph := ""
	end := func() {
		if paragraph != "" {
			out = append(out, view.Wrap(paragraph, pageWidth, ""))
		}
		paragraph = ""
	}
	for _, line := range strings.Split(text, "\n") {
		switch {
		case line == "" || line[0] == ' ':
			end()
			out = append(out, line)
		case paragraph == "":
			paragraph = line
		default:
			paragraph += " " + line
		}
	}
	end()
	return strings.Join(out, "\n")
}
