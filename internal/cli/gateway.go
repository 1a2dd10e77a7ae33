package cli

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/gateway"
)

func newGateway(g *global) *cobra.Command {
	cmd := &cobra.Command{Use: "gateway", Short: "What the gateway needs of its cluster, and how it is watched", Args: subcommand, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newGatewayManifests(g), newGatewayDashboards(g))
	return cmd
}

type gatewayOptions struct {
	*global
	gateway.Options
	dir string
}

func newGatewayManifests(g *global) *cobra.Command {
	o := &gatewayOptions{global: g}
	cmd := &cobra.Command{
		Use:   "manifests",
		Short: "Print the manifests that put the policy llm-metrics into the gateway",
		Long: "Print what a cluster needs so that its gateways have the policy llm-metrics: a Secret with the policy's files, a patch of\n" +
			"the APIManager for both gateways (or of a self-managed APIcast), a CustomPolicyDefinition for self-managed gateways, and the\n" +
			"routes' timeout. No cluster is asked, and no document is read.",
		Example: "  maasctl gateway manifests --namespace 3scale\n" +
			"  maasctl gateway manifests --namespace 3scale --dir llm-metrics     # a component for kustomize",
		SuggestFor: []string{"manifest", "policy"},
		Args:       nothing,
		RunE:       func(*cobra.Command, []string) error { return o.run() },
	}
	f := cmd.Flags()
	f.StringVar(&o.Namespace, "namespace", "", "`NAME` of the namespace; without it the manifests name none")
	f.StringVar(&o.APIManager, "apimanager", "apimanager", "`NAME` of the APIManager")
	f.StringVar(&o.APIcast, "apicast", "", "`NAME` of the APIcast of a self-managed gateway, which gets the policy instead of an APIManager's")
	f.BoolVar(&o.SelfManaged, "self-managed", false, "describe the policy to the admin portal, for products of self-managed gateways")
	f.StringArrayVar(&o.Routes, "route", nil, "`NAME` of a gateway's route; repeatable (default one patch for the routes that zync makes)")
	f.DurationVar(&o.Timeout, "timeout", 3*time.Minute, "how long a route waits for the next bytes of a reply")
	f.StringVar(&o.dir, "dir", "", "write a file for each object into `DIR`, with a kustomization.yaml")
	return cmd
}

func (o *gatewayOptions) run() error {
	if err := o.format(human, yaml, json); err != nil {
		return err
	}
	if o.dir != "" && o.output == json {
		return errors.New("--dir writes YAML; leave out -o json")
	}
	manifests, err := gateway.Manifests(o.Options)
	if err != nil {
		return err
	}
	o.hints()
	switch {
	case o.dir != "":
		return o.write(manifests)
	case o.output == json:
		return view.ManifestsJSON(o.Out, manifests)
	}
	return view.ManifestsYAML(o.Out, manifests)
}

// hints say what the manifests can't.
func (o *gatewayOptions) hints() {
	say := func(format string, args ...any) { _ = view.Print(o.Err, format+"\n", args...) }
	if !o.SelfManaged && o.APIcast == "" {
		say("No CustomPolicyDefinition: the admin portal asks a hosted gateway itself for its policies. --self-managed adds one.")
	}
	say("The patch of customPolicies replaces the list: add the other policies that the gateway has.")
	if len(o.Routes) == 0 {
		namespace := ""
		if o.Namespace != "" {
			namespace = " -n " + o.Namespace
		}
		say("The Route stands for those that zync makes, whose names only the cluster knows:\n  oc annotate route%s -l '%s' --overwrite %s=%s",
			namespace, gateway.RouteSelector, gateway.RouteTimeout, o.RouteTimeout())
	}
}

// write makes a directory that an overlay can name under components.
func (o *gatewayOptions) write(manifests []gateway.Manifest) error {
	dir := o.dir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.Dir, dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // manifests are for others to read
		return err
	}
	files := map[string]any{"kustomization.yaml": gateway.NewComponent(manifests, o.Options)}
	names := []string{}
	for _, m := range manifests {
		files[m.File] = m.Object
		names = append(names, m.File)
	}
	for _, name := range append(names, "kustomization.yaml") {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := errors.Join(view.YAML(f, files[name]), f.Close()); err != nil {
			return err
		}
		if err := view.Print(o.Out, "%s\n", filepath.Join(o.dir, name)); err != nil {
			return err
		}
	}
	return nil
}
