package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/sandbox"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

type sandboxOptions struct {
	*global
	config  sandbox.Config
	latency string
	faults  []string
	log     string
	state   string
	seeds   []string
}

func newSandbox(g *global) *cobra.Command {
	o := &sandboxOptions{global: g}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run stand-ins of 3scale and Keycloak on this machine, to try things without a cluster",
		Long: "Run a 3scale and a Keycloak on this machine that answer as real ones do, until Ctrl-C. The first two lines on stdout\n" +
			"say where, when they are ready. The address of 3scale shows the tenant, and the requests as they come, in a browser.\n\n" +
			"A fault is METHOD PATH and words; * in a path stands for any text:\n" +
			"  nth=N, every=N, rate=0..1   which of the requests that match; without: all of them\n" +
			"  count=N                     at most so many times\n" +
			"  status=N                    answer with an error; retry-after=S adds that header\n" +
			"  reset, half, hang           cut the connection, cut it in the middle of the answer, never answer\n" +
			"  when=before|after           the request took effect",
		Example: "  maasctl sandbox\n" +
			"  maasctl sandbox --seed-file maas.yaml --state sandbox.json\n" +
			"  maasctl sandbox --latency real --fault 'POST /admin/api/services*.json nth=3 status=503'",
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.config.Listen, "listen", "127.0.0.1:3300", "`HOST:PORT` of 3scale; port 0 is any free one")
	f.StringVar(&o.config.KeycloakListen, "keycloak-listen", "127.0.0.1:3380", "`HOST:PORT` of Keycloak")
	f.StringVar(&o.config.Token, "token", "", "access token of the tenant (default sandbox, or that of the state)")
	f.StringVar(&o.latency, "latency", "", "how long 3scale takes: `real`, or a time like 20ms")
	f.IntVar(&o.config.Workers, "workers", 0, "requests that 3scale works on at once; 0 is all of them")
	f.StringArrayVar(&o.faults, "fault", nil, "make requests to 3scale fail by a `RULE`; repeatable")
	f.StringVar(&o.log, "log", "", "write each request to `FILE` as JSON")
	f.StringVar(&o.state, "state", "", "go on from `FILE`, and keep there what the stand-ins hold at the end")
	f.StringArrayVar(&o.seeds, "seed-file", nil, "start with what a `DOCUMENT` says; repeatable, like -f")
	return cmd
}

func (o *sandboxOptions) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-o.Interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := o.configure(); err != nil {
		return err
	}
	if o.log != "" {
		f, err := os.Create(filepath.Join(o.Dir, o.log))
		if err != nil {
			return fmt.Errorf("--log: %w", err)
		}
		defer func() { _ = f.Close() }()
		o.config.Log = f
	}
	s, err := sandbox.Start(ctx, o.config)
	if ctx.Err() != nil && err != nil {
		return nil // stopped before it was ready, which is how a sandbox ends
	}
	if err != nil {
		return err
	}
	o.announce(s)
	select {
	case err = <-s.Failed():
	case <-ctx.Done():
	}
	return errors.Join(err, s.Stop(ctx))
}

// configure reads the flags that need reading.
func (o *sandboxOptions) configure() error {
	for _, rule := range o.faults {
		fault, err := threescaletest.ParseFault(rule)
		if err != nil {
			return fmt.Errorf("--fault: %w", err)
		}
		o.config.Faults = append(o.config.Faults, fault)
	}
	if o.config.Workers < 0 {
		return fmt.Errorf("--workers %d: a number from 0 on", o.config.Workers)
	}
	switch d, err := time.ParseDuration(o.latency); {
	case o.latency == "":
	case o.latency == "real":
		o.config.Latency = threescaletest.RealLatency()
	case err != nil || d < 0:
		return fmt.Errorf("--latency %q: real, or a time like 20ms", o.latency)
	default:
		o.config.Latency = threescaletest.FixedLatency(d)
	}
	if o.state != "" {
		o.config.State = filepath.Join(o.Dir, o.state)
	}
	if len(o.seeds) > 0 {
		o.config.Seed = o.seed
	}
	return nil
}

// seed loads the document that the stand-ins start with.
func (o *sandboxOptions) seed(ctx context.Context, sets []string, variables map[string]string) (*maas.Document, error) {
	g := *o.global
	g.files, g.sets = o.seeds, append(slices.Clone(o.sets), sets...)
	g.LookupEnv = func(name string) (string, bool) {
		if v, ok := variables[name]; ok {
			return v, true
		}
		return o.LookupEnv(name)
	}
	return g.resolved(ctx)
}

// announce says on stdout that the stand-ins are ready and where, and on stderr what to do with them.
func (o *sandboxOptions) announce(s *sandbox.Sandbox) {
	for _, w := range s.Warnings {
		_ = view.Print(o.Err, "warning: %s\n", w)
	}
	_ = view.Print(o.Out, "3scale %s token %s\nkeycloak %s %s/%s\n", s.ThreeScale, s.Token, s.Keycloak, sandbox.AdminUsername, sandbox.AdminPassword)
	h := o.hintFor(s)
	_ = view.Print(o.Err, "\nSee what is in it: %s/sandbox\nTry, in another terminal:\n", s.ThreeScale)
	if len(h.variables) > 0 {
		_ = view.Print(o.Err, "  export %s\n", strings.Join(h.variables, " "))
	}
	if h.any {
		_ = view.Print(o.Err, "  (for a document of both servers; of one, leave out the other's --set)\n")
	}
	_ = view.Print(o.Err, "  %s\n  %s\n  curl -u :%s %s/admin/api/services.json\n"+
		"3scale's master account answers there to Host: %s, with the same token.\n"+
		"Ctrl-C stops it.\n", h.command("diff"), h.command("apply"), s.Token, s.ThreeScale, s.MasterHost)
}
