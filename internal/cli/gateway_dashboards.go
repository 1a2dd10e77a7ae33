package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/gateway"
)

type dashboardsOptions struct {
	*global
	namespace, dir string
}

func newGatewayDashboards(g *global) *cobra.Command {
	o := &dashboardsOptions{global: g}
	cmd := &cobra.Command{
		Use:   "dashboards",
		Short: "Print a Grafana dashboard and Prometheus alerts for the policy llm-metrics",
		Long: "Print what operators look at: a dashboard of Grafana with every series of the policy llm-metrics, to be looked at by\n" +
			"product and beside the limits of plans, and alerts of Prometheus for its products: tokens that are not counted, limits\n" +
			"that refuse requests, a backend that doesn't answer, reports that wait or are lost. No server is asked.\n\n" +
			"For a cluster both come as objects, a ConfigMap that Grafana's sidecar finds by its label and a PrometheusRule.\n" +
			"-o json prints the dashboard alone, for Grafana's import, and -o yaml the rules alone, for Prometheus' rule_files.",
		Example: "  maasctl gateway dashboards --namespace monitoring | oc apply -f -\n" +
			"  maasctl gateway dashboards --dir monitoring     # dashboard.json, rules.yaml",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.namespace, "namespace", "", "`NAME` of the objects' namespace; without it they name none")
	f.StringVar(&o.dir, "dir", "", "write dashboard.json and rules.yaml into `DIR`")
	return cmd
}

func (o *dashboardsOptions) run(ctx context.Context) error {
	if err := o.format(human, yaml, json); err != nil {
		return err
	}
	ctx, end := o.readOnly(ctx)
	defer end()
	doc, found, err := o.read(ctx)
	if err != nil {
		return err
	}
	if err := o.report(found); err != nil {
		return err
	}
	dashboard, rules := gateway.NewDashboard(doc), gateway.NewRules(doc)
	switch {
	case o.dir != "":
		return o.write(dashboard, rules)
	case o.output == json:
		return view.JSON(o.Out, dashboard)
	case o.output == yaml:
		return view.YAML(o.Out, rules)
	}
	manifests, err := gateway.Monitoring(doc.Name, o.namespace, dashboard, rules)
	if err != nil {
		return err
	}
	return view.ManifestsYAML(o.Out, manifests)
}

func (o *dashboardsOptions) write(dashboard gateway.Dashboard, rules gateway.Rules) error {
	dir := o.dir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.Dir, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // dashboards are for others to read
		return err
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"dashboard.json", func(w io.Writer) error { return view.JSON(w, dashboard) }},
		{"rules.yaml", func(w io.Writer) error { return view.YAML(w, rules) }},
	} {
		f, err := os.Create(filepath.Join(dir, file.name))
		if err != nil {
			return err
		}
		if err := errors.Join(file.write(f), f.Close()); err != nil {
			return err
		}
		if err := view.Print(o.Out, "%s\n", filepath.Join(o.dir, file.name)); err != nil {
			return err
		}
	}
	return nil
}
