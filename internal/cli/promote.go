package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

type promoteOptions struct {
	applyOptions
	products []string
	expect   []string
	out      string
}

func newPromote(g *global) *cobra.Command {
	o := &promoteOptions{applyOptions: applyOptions{global: g, question: "Promote this? Only yes goes on: "}}
	cmd := &cobra.Command{
		Use:   "promote [PRODUCT]... | plan.json",
		Short: "Give the production gateways what staging has",
		Long: "Show how the production gateways of all products, or of those that are named, would change, and promote exactly the\n" +
			"versions that were shown. On a terminal it asks before; elsewhere it goes on. Nothing to do is no error, nor is a version\n" +
			"that another run has promoted meanwhile. Products are promoted side by side, and one that fails doesn't stop the others.\n" +
			"What gateways can't tell apart (times, numbers of rows) is no difference.\n\n" +
			"--expect, and a plan that --out has written, make sure that what was tested is what goes live: anything else is exit code 5.\n" +
			"Formats: human, json, yaml; with --dry-run or --out also markdown, for a comment.",
		Example: "  maasctl promote\n" +
			"  maasctl promote granite --expect granite=12\n" +
			"  maasctl promote --out promotion.json && maasctl promote promotion.json",
		SuggestFor: []string{"release", "publish"},
		Args:       o.arguments,
		RunE:       func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "don't ask")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be promoted and stop")
	cmd.Flags().StringArrayVar(&o.expect, "expect", nil, "`PRODUCT=VERSION` that staging has to have; repeatable")
	cmd.Flags().StringVar(&o.out, "out", "", "promote nothing, and write the plan as JSON to `FILE`")
	return cmd
}

// promotionFormats are the forms of a promotion, and of its plan.
func promotionFormats() []string { return []string{human, json, yaml, markdown} }

// arguments tells names of products from a plan's file.
func (o *promoteOptions) arguments(cmd *cobra.Command, args []string) error {
	i := slices.IndexFunc(args, func(a string) bool { return filepath.Ext(a) == ".json" })
	switch {
	case len(args) > 0 && isDocumentName(args[0]):
		return fmt.Errorf("%s takes names of products; a document is named with -f: %s -f %s", cmd.CommandPath(), cmd.CommandPath(), args[0])
	case i >= 0 && len(args) > 1:
		return fmt.Errorf("%s takes names of products, or one plan and nothing else, but got %s", cmd.CommandPath(), quoted(args))
	case i >= 0 && (len(o.expect) > 0 || o.out != ""):
		return errors.New("a plan says what is promoted: --expect and --out are for making one")
	case i >= 0:
		o.saved = args[0]
	default:
		o.products = args
	}
	return nil
}

func (o *promoteOptions) run(ctx context.Context) error {
	if err := o.format(promotionFormats()...); err != nil {
		return err
	}
	if o.output == markdown && !o.dryRun && o.out == "" {
		return errors.New("-o markdown shows a plan, for a comment: it goes with --dry-run or --out")
	}
	saved, err := o.loadPromotion()
	if err != nil {
		return err
	}
	return o.planAndApply(ctx, func(reading context.Context, c *connection) (*plan.Plan, plan.State, error) {
		p, live, err := o.promotion(reading, c, saved)
		if err != nil || o.out == "" {
			return p, live, ofPromotion(err)
		}
		o.dryRun = true
		return p, live, writeFile("plan file", filepath.Join(o.Dir, o.out), func(w io.Writer) error { return view.JSON(w, p) })
	})
}

// loadPromotion reads the plan of a promotion; nil where none is named. It says which products there are to promote.
func (o *promoteOptions) loadPromotion() (*plan.Saved, error) {
	saved, err := o.readSaved("promote", "promote --out")
	if err != nil || saved == nil {
		return nil, err
	}
	o.products = promotedBy(saved)
	if len(o.products) != len(saved.Objects()) {
		return nil, fmt.Errorf("%s is a plan of diff: maasctl apply %s", o.saved, o.saved)
	}
	return saved, nil
}

// promotedBy are the products that a plan promotes.
func promotedBy(saved *plan.Saved) []string {
	var out []string
	for _, a := range saved.Objects() {
		if product, ok := threescale.PromotedProduct(a); ok {
			out = append(out, product)
		}
	}
	return out
}

// promotion plans what is to be promoted: the connection is about nothing else from here on. With a saved plan, it has to be
// the same still, save for what is in production already.
func (o *promoteOptions) promotion(ctx context.Context, c *connection, saved *plan.Saved) (*plan.Plan, plan.State, error) {
	session, err := c.threescale()
	if err != nil {
		return nil, nil, err
	}
	products, err := productsNamed(c.Document, o.products)
	if err != nil {
		return nil, nil, err
	}
	if saved != nil {
		products = o.products // none may be all of them, and it isn't
	}
	expected, err := o.expected(products)
	if err != nil {
		return nil, nil, err
	}
	promotion := session.Promotion(c.Document, products, len(o.products) > 0)
	c.only(promotion)
	o.plan.Environment = o.environment
	if err := o.checkSaved(c, saved); err != nil {
		return nil, nil, err
	}
	if err := promotion.Prepare(ctx, expected); err != nil {
		return nil, nil, err
	}
	return o.makePlan(ctx, c, unpromoted(saved, promotion.InProduction()))
}

// expected are the versions that staging has to have.
func (o *promoteOptions) expected(products []string) (map[string]int64, error) {
	out := map[string]int64{}
	for _, e := range o.expect {
		product, text, _ := strings.Cut(e, "=")
		version, err := strconv.ParseInt(text, 10, 64)
		if err != nil || version < 1 {
			return nil, fmt.Errorf("--expect %q: PRODUCT=VERSION, such as granite=12; maasctl status has the versions", e)
		}
		if !slices.Contains(products, product) {
			return nil, fmt.Errorf("--expect %q: %w", e, &threescale.UnknownProductError{Name: product, Known: products})
		}
		if other, twice := out[product]; twice && other != version {
			return nil, fmt.Errorf("--expect: product %s can't have version %d and %d", product, other, version)
		}
		out[product] = version
	}
	return out, nil
}

// unpromoted is a saved plan without what has been promoted since.
func unpromoted(saved *plan.Saved, production map[string]int64) *plan.Saved {
	if saved == nil {
		return nil
	}
	var done []plan.Address
	for product, version := range production {
		at := threescale.ProductionAt(product)
		if wanted := int64(0); saved.Becomes(at, threescale.FieldVersion, &wanted) && wanted == version {
			done = append(done, at)
		}
	}
	return saved.Without(done)
}

// ofPromotion puts into a stale plan which command makes a new one.
func ofPromotion(err error) error {
	var stale *plan.StaleError
	if errors.As(err, &stale) {
		stale.By = "promote --out"
	}
	return err
}
