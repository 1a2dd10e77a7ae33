package cli

import (
	"context"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/plan"
)

type diffOptions struct {
	*global
	plan  engine.PlanOptions
	shown shownOptions
	out   string
}

// shownOptions say how a plan is shown.
type shownOptions struct{ summary bool }

func (o shownOptions) detail() view.Detail {
	if o.summary {
		return view.Counts
	}
	return view.Full
}

func addShownFlags(cmd *cobra.Command, o *shownOptions) {
	cmd.Flags().BoolVar(&o.summary, "summary", false, "of new objects, show only how many come along with each")
}

func newDiff(g *global) *cobra.Command {
	o := &diffOptions{global: g}
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show what apply would change; reads only",
		Long: "Compare the document with the servers and show what apply would change. Nothing is written.\nThe exit code is 2 where there are changes, and 0 where there are none.\n" +
			"Formats: human, json, yaml, markdown, sarif, github.",
		Example: "  maasctl diff -f maas.yaml\n" +
			"  maasctl diff -e production -o json",
		SuggestFor: []string{"plan", "preview", "drift"},
		Args:       noArgs,
		RunE:       func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	addPlanFlags(cmd, &o.plan)
	addShownFlags(cmd, &o.shown)
	cmd.Flags().StringVar(&o.out, "out", "", "also write the plan as JSON to `FILE`")
	return cmd
}

func addPlanFlags(cmd *cobra.Command, o *engine.PlanOptions) {
	cmd.Flags().BoolVar(&o.Prune, "prune", false, "delete owned objects that the document no longer declares; with --target, only what that names")
	cmd.Flags().StringArrayVar(&o.Select, "target", nil, "only `KIND/NAME`, such as product/granite or realm/maas, with all below it and what it needs; repeatable")
}

func (o *diffOptions) run(ctx context.Context) (err error) {
	if err := o.format(planFormats()...); err != nil {
		return err
	}
	ctx, end := o.readOnly(ctx)
	defer end()
	begin := o.Now()
	c, err := o.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	defer func() { o.sayCost(c, o.Now().Sub(begin)) }()
	o.plan.Environment = o.environment
	p, _, err := c.Plan(ctx, o.plan)
	if err == nil {
		err = o.sayLagging(ctx, c, p)
	}
	if err != nil {
		return err
	}
	if err := o.save(p); err != nil {
		return err
	}
	switch o.output {
	case json, yaml:
		err = o.print(p)
	case markdown:
		err = view.Markdown(o.Out, p, o.shown.detail())
	case sarif:
		err = view.PlanSARIF(o.Out, p, o.shown.detail(), version())
	case github:
		err = view.PlanGitHub(o.Out, p, o.shown.detail())
	default:
		if err = view.Human(o.Out, p, o.shown.detail(), o.style()); err == nil {
			err = view.Print(o.Out, "%s %s\n", view.SummaryLine(p), c.cost(o.Now().Sub(begin)))
		}
	}
	if err == nil && !p.Empty {
		return errChanges
	}
	return err
}

func (o *diffOptions) save(p *plan.Plan) error {
	if o.out == "" {
		return nil
	}
	return writeFile("plan file", filepath.Join(o.Dir, o.out), func(w io.Writer) error { return view.JSON(w, p) })
}

// sayLagging adds to a plan where production is behind staging: no apply changes that, and nobody may know.
func (o *diffOptions) sayLagging(ctx context.Context, c *connection, p *plan.Plan) error {
	session, err := c.threescale()
	if err != nil {
		return nil //nolint:nilerr // the document names no tenant: nothing lags there
	}
	notes, err := session.Lagging(ctx, c.Document)
	if len(o.plan.Select) > 0 {
		notes = slices.DeleteFunc(notes, func(n plan.Note) bool { return !slices.Contains(o.plan.Select, n.Kind+"/"+n.Name) })
	}
	p.Behind = append(p.Behind, notes...)
	return err
}
