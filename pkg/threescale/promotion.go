package threescale

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// Promotion is a tenant as what its production gateways have: each product of it is an object whose fields are those of a
// configuration, with its version. What is wanted is what staging has, so that a plan over it shows what production would get,
// and carrying that out promotes the very versions that were shown.
type Promotion struct {
	s        *Session
	doc      *maas.Document
	names    []string
	explicit bool // somebody has named the products: that one can't be promoted is an error
	gateways []*Gateway
}

// FieldVersion is the field that is the version of a configuration.
const FieldVersion = "version"

// Promotion is the way to promote products of a document: all of them, or those that somebody has named.
func (s *Session) Promotion(doc *maas.Document, products []string, explicit bool) *Promotion {
	return &Promotion{s: s, doc: doc, names: products, explicit: explicit}
}

// ProductionAt is the address of what the production gateways of a product have.
func ProductionAt(product string) plan.Address { return plan.Root(System, kindProduction, product) }

// PromotedProduct is the product that an address of a promotion is about; false for other addresses.
func PromotedProduct(a plan.Address) (string, bool) {
	return a.Name(), a.System() == System && a.TopKind() == kindProduction && a == a.Root()
}

// UnexpectedVersionError is a version in staging that isn't the one which somebody has tested.
type UnexpectedVersionError struct {
	Product        string
	Expected, Have int64 // Have is 0 where nothing was deployed
}

func (e *UnexpectedVersionError) Error() string {
	has := fmt.Sprintf("has version %d", e.Have)
	if e.Have == 0 {
		has = "has nothing"
	}
	return fmt.Sprintf("product %s: staging %s, not version %d as expected; nothing was promoted", e.Product, has, e.Expected)
}

// Prepare reads what both gateways of each product have. expected are versions that staging has to have, by product. One that
// is in production already is where it should be: another run was faster.
func (p *Promotion) Prepare(ctx context.Context, expected map[string]int64) error {
	var err error
	if p.gateways, err = p.s.Gateways(ctx, p.doc, p.names); err != nil {
		return err
	}
	var errs []error
	for i, g := range p.gateways {
		version, asked := expected[g.Product]
		switch {
		case asked && g.Production != nil && g.Production.Version == version:
			reached := *g
			reached.Staging = g.Production // whatever staging has by now, nobody has asked for that
			p.gateways[i] = &reached
		case asked && version != g.Staging.version():
			errs = append(errs, &UnexpectedVersionError{Product: g.Product, Expected: version, Have: g.Staging.version()})
		case p.explicit && g.Staging == nil:
			errs = append(errs, fmt.Errorf("product %s: %s", g.Product, g.whyNothing()))
		}
	}
	return errors.Join(errs...)
}

// InProduction are the products of which production has a version, by product.
func (p *Promotion) InProduction() map[string]int64 {
	out := map[string]int64{}
	for _, g := range p.gateways {
		if g.Production != nil {
			out[g.Product] = g.Production.Version
		}
	}
	return out
}

func (c *Configuration) version() int64 {
	if c == nil {
		return 0
	}
	return c.Version
}

// whyNothing says why staging has nothing that could be promoted.
func (g *Gateway) whyNothing() string {
	if !g.Found {
		return "it isn't on the server; maasctl apply makes it"
	}
	return "nothing was deployed to staging; maasctl apply does that, once it uses a backend"
}

// Target says which tenant this is.
func (p *Promotion) Target() plan.Target { return p.s.Target() }

// Kinds are those of a promotion: one.
func (p *Promotion) Kinds() []plan.Kind {
	return []plan.Kind{{System: System, Name: kindProduction}}
}

// Desired is what production would have.
func (p *Promotion) Desired(*maas.Document, []string) ([]*plan.Object, []plan.Collection, []plan.Note) {
	var out []*plan.Object
	for _, g := range p.gateways {
		c := g.Staging
		if !g.Lags() {
			c = g.Production // the same to a gateway, whatever its number
		}
		if c == nil {
			continue
		}
		o := c.object(g.Product)
		if g.Production == nil { // what isn't set needs no line
			maps.DeleteFunc(o.Fields, func(_ string, v any) bool { return v == "" })
		}
		o.Source = source(p.doc.Pos("products", g.Product))
		out = append(out, o)
	}
	return out, nil, nil
}

// object is a configuration as an object of a plan.
func (c *Configuration) object(product string) *plan.Object {
	o := plan.New(System, kindProduction, product, plan.Fields{FieldVersion: c.Version})
	for name, v := range c.Fields {
		o.Fields[name] = v
	}
	return o
}

// Read gives what production has, as Prepare has read it.
func (p *Promotion) Read(context.Context, []*plan.Object, []plan.Collection, bool) (plan.State, error) {
	return p.state(p.gateways), nil
}

func (p *Promotion) state(gateways []*Gateway) plan.State {
	state := plan.State{}
	for _, g := range gateways {
		if g.Production != nil {
			o := g.Production.object(g.Product)
			o.Owner = p.s.config.Owner // production follows staging, whoever owns the product
			state.Put(o)
		}
	}
	return state
}

// Look reads what production has now.
func (p *Promotion) Look(ctx context.Context, _ plan.State, at []*plan.Object) (plan.State, error) {
	var names []string
	for _, o := range at {
		names = append(names, o.Name)
	}
	gateways, err := p.s.Gateways(ctx, p.doc, names)
	return p.state(gateways), err
}

// Warnings name what can't be promoted yet.
func (p *Promotion) Warnings() []plan.Note {
	var out []plan.Note
	for _, g := range p.gateways {
		if g.Staging == nil {
			out = append(out, plan.Note{Address: ProductionAt(g.Product), Kind: kindProduction, Name: g.Product, Why: g.whyNothing()})
		}
	}
	return out
}

// Execute promotes the version that the plan shows.
func (p *Promotion) Execute(ctx context.Context, c *plan.Change, _ apply.Handover) (map[string]any, error) {
	i := slices.IndexFunc(p.gateways, func(g *Gateway) bool { return g.Product == c.Name })
	version, ok := c.Desired.Fields[FieldVersion].(int64)
	if i < 0 || !ok || c.Action == plan.Delete {
		return nil, fmt.Errorf("%s can't be promoted", strings.TrimSpace(c.Title()))
	}
	ctx, effects := transport.Watch(ctx)
	err := p.s.promote(ctx, fmt.Sprintf("%s/%d", productsPath, p.gateways[i].id), version)
	return nil, apply.WithEffect(p.s.explain(err), effects.Taken(), effects.Open())
}

var _ apply.Executor = (*Promotion)(nil)
