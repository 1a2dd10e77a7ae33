package threescale

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// Lagging names the products that nobody promotes by themselves and whose production gateways lack what staging has. It is
// asked after Read, of which it takes the products' numbers, and sends two requests, or none.
func (s *Session) Lagging(ctx context.Context, doc *maas.Document) ([]plan.Note, error) {
	ids := map[string]int64{}
	for _, name := range DeclaredProducts(doc) {
		if p, _ := doc.Products.Get(name); p.Promotion == "automatic" {
			continue // the plan says it
		}
		if id, err := s.id(productAt(name)); err == nil {
			ids[name] = id
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	r := s.reader(plan.State{})
	group, both := errgroup.WithContext(ctx)
	for _, environment := range []string{"sandbox", "production"} {
		group.Go(func() error { _, err := latestOf(both, r, environment, 0); return err })
	}
	if err := group.Wait(); err != nil {
		return nil, s.explain(err)
	}
	var out []plan.Note
	for _, name := range DeclaredProducts(doc) {
		why, err := r.lag(ctx, ids[name])
		if err != nil {
			return nil, err
		}
		if why != "" {
			at := source(doc.Pos("products", name))
			out = append(out, plan.Note{Address: productAt(name), Kind: kindProduct, Name: name, Source: &at, Why: why})
		}
	}
	return out, nil
}

// lag says in which way production is behind; "" where it isn't.
func (r *reader) lag(ctx context.Context, product int64) (string, error) {
	staging, err := latestOf(ctx, r, "sandbox", product)
	if err != nil || staging == nil {
		return "", err
	}
	production, err := latestOf(ctx, r, "production", product)
	switch {
	case err != nil:
		return "", err
	case production == nil:
		return fmt.Sprintf("production has nothing yet, staging version %d", staging.Version), nil
	case production.Version == staging.Version || production.view().same(staging.view()):
		return "", nil
	}
	return fmt.Sprintf("production has version %d, staging version %d", production.Version, staging.Version), nil
}
