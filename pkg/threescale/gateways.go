package threescale

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// Gateway is what the gateways of one product have been given.
type Gateway struct {
	Product string
	Owner   string // of the product, as it is marked; "" for none
	Found   bool   // the product is on the server

	Staging, Production *Configuration // nil where nothing was deployed

	// NotDeployed is what the document says and staging doesn't have, NotPromoted what staging has and production doesn't. Two
	// configurations that a gateway can't tell apart don't differ.
	NotDeployed, NotPromoted []plan.FieldChange

	Undeployed bool // the server has changes that staging doesn't have
	Use        Use

	id             int64
	changed        string // when the product was changed last, as the server writes it
	authentication string
}

// Configuration is one version of what a gateway gets.
type Configuration struct {
	Version int64
	Changed time.Time   // when what it was made of was last changed: 3scale keeps no time of its own for it
	Fields  plan.Fields // in the document's words

	view gatewayView
	raw  *configJSON
}

// Gateways reads what the gateways of products have, in a few requests for all, and compares. They are in the order of names,
// which are products of the document.
func (s *Session) Gateways(ctx context.Context, doc *maas.Document, names []string) ([]*Gateway, error) {
	r := s.reader(plan.State{})
	products, err := r.forGateways(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	backends, err := r.backends(ctx)
	if err != nil {
		return nil, s.explain(err)
	}
	said := s.said(doc, backends)
	var out []*Gateway
	for _, name := range names {
		g := &Gateway{Product: name}
		out = append(out, g)
		i := slices.IndexFunc(products, func(p productJSON) bool { return p.SystemName == name })
		if i < 0 {
			continue
		}
		p := products[i]
		g.Found, g.id, g.Owner, g.changed, g.authentication = true, p.ID, ownerIn(p.Annotations), p.UpdatedAt, word(authentications(), p.BackendVersion)
		if err := r.compareGateway(ctx, g, said); err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}

// forGateways asks for all that is needed, side by side, and gives the tenant's products.
func (r *reader) forGateways(ctx context.Context) ([]productJSON, error) {
	var products []productJSON
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		products, err = pages[productJSON](ctx, r, productsPath+".json")
		return err
	})
	group.Go(func() error { _, err := r.backends(ctx); return err })
	for _, environment := range []string{"sandbox", "production"} {
		group.Go(func() error { _, err := latestOf(ctx, r, environment, 0); return err })
	}
	return products, group.Wait()
}

// compareGateway fills in the two configurations and how they differ, out of what was read.
func (r *reader) compareGateway(ctx context.Context, g *Gateway, said *saidOf) error {
	for environment, to := range map[string]**Configuration{"sandbox": &g.Staging, "production": &g.Production} {
		c, err := latestOf(ctx, r, environment, g.id)
		if err != nil {
			return err
		}
		if c != nil {
			r.s.config.Transport.Redactor.Add(c.Content.Proxy.SecretToken)
			*to = said.configuration(c, g.Product)
		}
	}
	if g.Staging == nil {
		return nil
	}
	var err error
	if g.NotDeployed, err = differences(r.s.config.Owner, g.Owner, said.fields(g.Product, g.Staging.Fields), g.Staging.Fields); err != nil {
		return err
	}
	if !g.Lags() {
		return nil
	}
	var have plan.Fields
	if g.Production != nil {
		have = g.Production.Fields
	}
	g.NotPromoted, err = differences(r.s.config.Owner, r.s.config.Owner, g.Staging.Fields, have)
	return err
}

// Lags tells whether production has something else than staging, as far as a gateway would notice.
func (g *Gateway) Lags() bool {
	switch {
	case g.Staging == nil:
		return false
	case g.Production == nil:
		return true
	}
	return g.Production.Version != g.Staging.Version && !g.Production.view.same(g.Staging.view)
}

// differences is how what is there has to change to be what is wanted. Of what somebody else owns, elements that only that has
// are no difference: no apply takes them away.
func differences(owner, ofOwner string, want, have plan.Fields) ([]plan.FieldChange, error) {
	live := plan.New(System, kindStaging, "", have)
	live.Owner = ofOwner
	p, err := plan.Make(plan.Input{
		Owner: owner, Kinds: []plan.Kind{{System: System, Name: kindStaging}},
		Desired: []*plan.Object{plan.New(System, kindStaging, "", want)}, Live: plan.State{live.Address: live},
	})
	if err != nil || len(p.Changes) == 0 {
		return nil, err
	}
	return p.Changes[0].Fields, nil
}

// DeclaredProducts are the products of a document that are to be there.
func DeclaredProducts(doc *maas.Document) []string {
	var names []string
	for _, e := range doc.Products {
		if !e.Value.Absent {
			names = append(names, e.Name)
		}
	}
	return names
}

// UnknownProductError is a name that is none of the document's products.
type UnknownProductError struct {
	Name  string
	Known []string
}

func (e *UnknownProductError) Error() string {
	return fmt.Sprintf("the document has no product %q%s", e.Name, near.Hint(e.Name, e.Known))
}
