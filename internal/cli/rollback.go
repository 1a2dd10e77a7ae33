package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

type rollbackOptions struct {
	applyOptions
	product string
	to      int64
	list    bool
}

func newRollback(g *global) *cobra.Command {
	o := &rollbackOptions{applyOptions: applyOptions{global: g, question: "Roll back? Only yes goes on: "}}
	cmd := &cobra.Command{
		Use:   "rollback PRODUCT",
		Short: "Give the production gateways of a product what they had before",
		Long: "Give the production gateways of a product again what they had before, or with --to what an older version was. 3scale\n" +
			"promotes no version twice, so the content of the old configuration is written back (rules, policy chain, gateway\n" +
			"settings, authentication, backends), deployed to staging, compared with the old one, promoted and compared again. All of\n" +
			"that is shown first, and on a terminal it asks; elsewhere it goes on. Broken off and run again, it comes to the same end.\n\n" +
			"What a gateway's configuration doesn't hold stays as it is. The document says something else then: the next apply goes\n" +
			"forward again, unless the document goes back, too.",
		Example: "  maasctl rollback granite\n" +
			"  maasctl rollback granite --list\n" +
			"  maasctl rollback granite --to 12",
		SuggestFor: []string{"revert", "undo", "demote"},
		Args:       cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.format(human, json, yaml); err != nil {
				return err
			}
			if len(args) != 1 || isDocumentName(args[0]) {
				return fmt.Errorf("%s takes the name of one product; a document is named with -f", cmd.CommandPath())
			}
			o.product = args[0]
			if o.list {
				return o.versions(cmd.Context())
			}
			return o.run(cmd.Context(), cmd.Flags().Changed("to"))
		},
	}
	cmd.Flags().Int64Var(&o.to, "to", 0, "the `VERSION` that production is to have again; unless said, what it had before")
	cmd.Flags().BoolVar(&o.list, "list", false, "show which versions production has had, with what changed in each, and change nothing")
	cmd.Flags().BoolVar(&o.yes, "yes", false, "don't ask")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be done and stop")
	return cmd
}

// tenantOf is the connection's session, once the product is known to be the document's.
func (o *rollbackOptions) tenantOf(c *connection) (*threescale.Session, error) {
	session, err := c.threescale()
	if err == nil {
		_, err = productsNamed(c.Document, []string{o.product})
	}
	return session, err
}

func (o *rollbackOptions) run(ctx context.Context, named bool) error {
	if named && o.to < 1 {
		return errors.New("--to: versions begin with 1; --list shows those that production has had")
	}
	var c *connection
	var rollback *threescale.Rollback
	err := o.planAndApply(ctx, func(reading context.Context, connected *connection) (*plan.Plan, plan.State, error) {
		c = connected
		session, err := o.tenantOf(c)
		if err != nil {
			return nil, nil, err
		}
		rollback = session.Rollback(c.Document, o.product)
		c.only(rollback)
		if err := rollback.Prepare(reading, o.to); err != nil {
			return nil, nil, err
		}
		o.plan.Environment = o.environment
		return o.makePlan(reading, c, nil)
	})
	if err == nil && c.changed {
		return view.Print(o.Err, "Production of %s is again what version %d was. The next apply of this document goes forward again, unless the document\n"+
			"goes back, too: git revert what has changed it. `maasctl diff` shows what is left.\n", o.product, rollback.Version())
	}
	return err
}

// versions shows what production has had.
func (o *rollbackOptions) versions(ctx context.Context) (err error) {
	ctx, end := o.readOnly(ctx)
	defer end()
	c, err := o.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	session, err := o.tenantOf(c)
	if err != nil {
		return err
	}
	found, err := session.Versions(ctx, c.Document, o.product)
	if err != nil {
		return err
	}
	v := view.NewVersions(o.product, found)
	if o.output != human {
		return o.print(v)
	}
	return view.VersionLines(o.Out, v, o.style())
}
