package threescale

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// stagingKind is the gateway configuration that staging has, and productionKind the one that production has. They have
// no fields of their own: they are current, or behind the product.
type (
	stagingKind    struct{}
	productionKind struct{}
)

func (stagingKind) info() plan.Kind    { return plan.Kind{Name: kindStaging, Part: true} }
func (productionKind) info() plan.Kind { return plan.Kind{Name: kindProduction, Part: true} }

const (
	fieldGateway = "configuration"
	current      = "current"
	behind       = "behind"
	none         = "none"
)

// deployment plans deploys: whatever a gateway would notice has to reach staging, and production where the document
// says that this happens by itself.
func (w *wants) deployment(product *plan.Object, p *maas.Product, path []string) {
	w.name(kindStaging, product.Address) // what a gateway uses can't be deleted, whoever deploys and promotes
	w.name(kindProduction, product.Address)
	if p.Backends != nil && len(p.Backends) == 0 {
		return // 3scale deploys nothing for a product without a backend
	}
	staging := product.Child(kindStaging, "", plan.Fields{fieldGateway: current})
	staging.FollowOn = fieldGateway
	staging.Follows = []plan.Address{product.Address}
	for _, part := range []string{kindUsages, kindRules, kindPolicies, kindProxy} {
		staging.Follows = append(staging.Follows, product.Address.Child(part, ""))
	}
	for _, b := range p.Backends {
		staging.Follows = append(staging.Follows, backendAt(b.Name), backendAt(b.Name).Child(kindRules, ""))
	}
	w.add(staging, maas.Meta{}, path...)
	if p.Promotion != "automatic" {
		return
	}
	production := product.Child(kindProduction, "", plan.Fields{fieldGateway: current})
	production.FollowOn = fieldGateway
	production.Follows = []plan.Address{staging.Address}
	w.add(production, maas.Meta{}, append(path, "promotion")...)
}

func (stagingKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	id, err := r.s.id(parent.Address)
	if err != nil {
		return nil, err
	}
	latest, err := latestOf(ctx, r, "sandbox", id)
	if err != nil {
		return nil, err
	}
	o := parent.Child(kindStaging, "", plan.Fields{fieldGateway: none})
	if latest == nil {
		return []*plan.Object{o}, r.nothingToDeploy(ctx, parent, o)
	}
	isCurrent, err := r.isCurrent(ctx, parent, latest)
	if err != nil {
		return nil, err
	}
	o.Fields[fieldGateway] = behind
	if isCurrent {
		o.Fields[fieldGateway] = current
	}
	o.Refs, err = r.configRefs(ctx, parent, latest)
	return []*plan.Object{o}, err
}

// nothingToDeploy marks a product that uses no backend as current: 3scale makes no configuration for it.
func (r *reader) nothingToDeploy(ctx context.Context, product, staging *plan.Object) error {
	usages, err := usagesOf(ctx, r, r.s, product.Address)
	d := r.desired[product.Address.Child(kindUsages, "")]
	if len(usages) == 0 && d == nil {
		staging.Fields[fieldGateway] = current
	}
	return err
}

func (r *reader) configRefs(ctx context.Context, product *plan.Object, c *configJSON) ([]plan.Address, error) {
	var names map[int64]string
	for _, rule := range c.Content.Proxy.ProxyRules {
		if rule.OwnerType != ownerBackend || names != nil {
			continue
		}
		var err error
		if names, err = r.backendNames(ctx); err != nil {
			return nil, err
		}
	}
	return c.refs(product.Address, names), nil
}

func (productionKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	id, err := r.s.id(parent.Address)
	if err != nil {
		return nil, err
	}
	production, err := latestOf(ctx, r, "production", id)
	if err != nil {
		return nil, err
	}
	staging, err := latestOf(ctx, r, "sandbox", id)
	if err != nil {
		return nil, err
	}
	o := parent.Child(kindProduction, "", plan.Fields{fieldGateway: none})
	switch {
	case production == nil && staging == nil:
		return []*plan.Object{o}, r.nothingToDeploy(ctx, parent, o)
	case production == nil:
		return []*plan.Object{o}, nil
	case staging != nil && production.Version != staging.Version && !production.view().same(staging.view()):
		o.Fields[fieldGateway] = behind
	default:
		o.Fields[fieldGateway] = current
	}
	o.Refs, err = r.configRefs(ctx, parent, production)
	return []*plan.Object{o}, err
}

// write deploys, and looks whether there is a configuration now: 3scale answers 201 even where it made none, because
// the product has no service token yet or uses no backend.
func (stagingKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	return s.waitFor(ctx, func() (bool, error) {
		if err := s.api.do(ctx, http.MethodPost, base+"/proxy/deploy.json", nil, nil); err != nil {
			return false, mayPass(err) // a second deploy of the same makes no second configuration
		}
		latest, err := one[configJSON](ctx, s.api, base+"/proxy/configs/sandbox/latest.json")
		if !gone(err) {
			c.outputs["version"] = latest.Version
			return err == nil, err
		}
		usages, err := usagesOf(ctx, s.api, s, c.Parent)
		if err != nil || len(usages) == 0 {
			return true, err
		}
		return false, waiting{errors.New("3scale made no configuration: " + noTokenYet)}
	})
}

// write promotes what staging has.
func (productionKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	version, err := s.stagingVersion(ctx, c, base)
	if err != nil || version == 0 {
		return err
	}
	return s.promote(ctx, base, version)
}

// promote gives production one version that staging has, or had. That production has it already is no error.
func (s *Session) promote(ctx context.Context, base string, version int64) error {
	path := fmt.Sprintf("%s/proxy/configs/sandbox/%d/promote.json", base, version)
	return s.waitFor(ctx, func() (bool, error) {
		err := s.api.do(ctx, http.MethodPost, path, map[string]any{"to": "production"}, nil)
		switch {
		case says(err, http.StatusUnprocessableEntity, "has already been taken"):
			return true, nil // that version is in production
		case says(err, http.StatusUnprocessableEntity, textNoToken):
			return false, waiting{err}
		}
		return err == nil, mayPass(err)
	})
}

// stagingVersion is the version to promote: what this run has deployed, or the latest; 0 where there is none to be.
func (s *Session) stagingVersion(ctx context.Context, c *change, base string) (int64, error) {
	staging := c.Parent.Child(kindStaging, "")
	if slices.Contains(c.DependsOn, staging) {
		if v, err := c.handed(plan.Handed{From: staging, Field: "version"}); err == nil {
			n, _ := v.(int64)
			return n, nil
		}
		return 0, nil
	}
	latest, err := one[configJSON](ctx, s.api, base+"/proxy/configs/sandbox/latest.json")
	return latest.Version, err
}

func (stagingKind) remove(context.Context, *Session, *change) error { return errPart(kindStaging) }
func (productionKind) remove(context.Context, *Session, *change) error {
	return errPart(kindProduction)
}
