package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
)

func newVersion(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  nothing,
		RunE: func(*cobra.Command, []string) error {
			if err := g.format(human, json, yaml); err != nil {
				return err
			}
			if g.output != human {
				return g.print(view.Version{
					FormatVersion: view.FormatVersion, Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			return view.Print(g.Out, "maasctl %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
