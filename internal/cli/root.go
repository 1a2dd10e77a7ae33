package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/transport"
)

// global are the options of all commands.
type global struct {
	IO
	files       []string
	environment string
	output      string
	sets        []string
	color       string
	concurrency string
	timeout     time.Duration
	traffic     *transport.Stats
	stats       bool
	trace       string
	verbose     bool
}

func newRoot(streams IO) *cobra.Command {
	g := &global{IO: streams, traffic: &transport.Stats{}}
	root := &cobra.Command{
		Use:   "maasctl",
		Short: "Models as a Service on 3scale and Keycloak, from one file",
		Long: "maasctl turns one file, maas.yaml, into a running Models-as-a-Service platform on 3scale API Management and\n" +
			"Keycloak (or RH-SSO). It shows what would change, changes it, and changes nothing when nothing is to be changed.",
		SilenceUsage:      true,
		SilenceErrors:     true,
		Version:           builtAs().Line(),
		PersistentPreRunE: func(*cobra.Command, []string) error { return g.check() },
	}
	f := root.PersistentFlags()
	f.StringArrayVarP(&g.files, "file", "f", nil, "document: `FILE`, directory or - for stdin; repeatable (default maas.yaml)")
	f.StringVarP(&g.environment, "environment", "e", "", "`NAME` of the environment to merge over the document")
	f.StringVarP(&g.output, "output", "o", "human", "`FORMAT` of the data on stdout: human, json, yaml, and what else the command has")
	f.StringArrayVar(&g.sets, "set", nil, "`PATH=VALUE` over document and environment; repeatable")
	f.StringVar(&g.color, "color", "auto", "auto, always or never")
	f.StringVar(&g.concurrency, "concurrency", "auto", "requests under way at once: a number, or auto")
	f.DurationVar(&g.timeout, "timeout", 10*time.Minute, "how long a command may stand still: nothing comes from a server, and nothing else gets on")
	f.BoolVar(&g.stats, "stats", false, "say what the command has cost")
	f.StringVar(&g.trace, "trace-http", "", "write each request to `FILE` as JSON, without secrets")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "say more on stderr")
	root.AddCommand(
		newApply(g), newDiff(g), newStatus(g), newPromote(g), newRollback(g), newValidate(g), newLint(g), newRender(g), newSchema(g), newOutput(g), newDoctor(g), newSandbox(g), newGateway(g), newVersion(g), newExitCodes(), newDocs(root),
	)
	root.SetVersionTemplate("{{.Version}}\n")
	explainUsage(root)
	g.complete(root)
	withinAPage(root)
	return root
}

// check refuses values of options that no command could use.
func (g *global) check() error {
	if !slices.Contains([]string{"auto", "always", "never"}, g.color) {
		return fmt.Errorf("--color %q: it is auto, always or never", g.color)
	}
	if g.timeout <= 0 {
		return fmt.Errorf("--timeout %s: a time above 0, such as 10m", g.timeout)
	}
	_, err := g.parallel()
	return err
}
