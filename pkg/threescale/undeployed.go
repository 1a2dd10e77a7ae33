package threescale

import (
	"context"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/plan"
)

// Undeployed looks which products were changed on the server since staging got its configuration, in a way that a gateway would
// notice. With thorough, all are looked at; otherwise those alone whose time of change has moved, which it doesn't where only
// a backend's rules have changed.
func (s *Session) Undeployed(ctx context.Context, gateways []*Gateway, thorough bool) error {
	r := s.reader(plan.State{})
	group, ctx := errgroup.WithContext(ctx)
	for _, g := range gateways {
		if g.Staging == nil || !thorough && g.changed == g.Staging.raw.Content.UpdatedAt {
			continue
		}
		product := plan.New(System, kindProduct, g.Product, plan.Fields{fieldAuthentication: g.authentication})
		s.learn(product.Address, g.id)
		r.want(product.Address, kindRules)
		r.want(product.Address, kindUsages)
		paths, _ := g.Staging.Fields[fieldBackend].(plan.Set)
		for name := range paths {
			r.want(backendAt(name), kindRules)
		}
		group.Go(func() error {
			current, err := r.isCurrent(ctx, product, g.Staging.raw)
			g.Undeployed = err == nil && !current
			return err
		})
	}
	return s.explain(group.Wait())
}
