package threescale

import (
	"context"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// kind is one kind of object: all that has to be known about it stands in its file. To add one, write such a file and
// name it in kinds.
type kind interface {
	// info is what the planner has to know.
	info() plan.Kind
	// read lists all objects of the kind below parent (nil at the top) as they are, in normal form.
	read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error)
	// write creates or updates, and tells what the server made of it.
	write(ctx context.Context, s *Session, c *change) error
	// remove deletes. That the object is gone already is no error.
	remove(ctx context.Context, s *Session, c *change) error
}

// kinds are all kinds, in the order in which a plan lists those below one product.
func kinds() []kind {
	return []kind{
		tenantKind{}, signInKind{}, backendKind{}, productKind{},
		usagesKind{}, metricKind{method: false}, metricKind{method: true}, rulesKind{},
		flowsKind{}, policiesKind{}, proxyKind{},
		featureKind{}, planKind{}, limitsKind{}, pricesKind{}, planFeaturesKind{}, servicePlanKind{},
		activeDocKind{}, stagingKind{}, productionKind{},
		accountKind{}, userKind{}, applicationKind{}, accountSubscriptionsKind{}, subscriptionsKind{},
	}
}

// Kinds tells the planner about all kinds of 3scale.
func (s *Session) Kinds() []plan.Kind {
	var all []plan.Kind
	for rank, k := range kinds() {
		info := k.info()
		if info.Name == kindTenant {
			info.Frozen = s.frozenTenant()
		}
		info.System, info.Rank = System, rank
		all = append(all, info)
	}
	return all
}

// The names of the kinds, as plans and messages use them.
const (
	kindTenant       = "tenant"
	kindSignIn       = "sign-in"
	kindBackend      = "backend"
	kindProduct      = "product"
	kindUsages       = "backends"
	kindMetric       = "metric"
	kindMethod       = "method"
	kindRules        = "rules"
	kindFlows        = "flows"
	kindPolicies     = "policies"
	kindProxy        = "gateway"
	kindFeature      = "feature"
	kindPlan         = "plan"
	kindLimits       = "limits"
	kindPrices       = "prices"
	kindPlanFeatures = "features"
	kindServicePlan  = "service plan"
	kindActiveDoc    = "ActiveDocs"
	kindStaging      = "staging"
	kindProduction   = "production"
	kindAccount      = "account"
	kindUser         = "user"
	kindApplication  = "application"

	kindAccountSubscriptions = "subscribe"
	kindSubscriptions        = "subscriptions"
)

// change is a change under way.
type change struct {
	*plan.Change
	handed  apply.Handover
	outputs map[string]any
	met     bool // it found what it was to make
}

// value is what a field is to become, with what other objects hand over; nil where the document doesn't say it.
func (c *change) value(field string) (any, error) {
	v := c.Desired.Fields[field]
	if h, ok := v.(plan.Handed); ok {
		return c.handed(h)
	}
	return v, nil
}

// changed are the fields that have to be written: all that are said of a new object, otherwise those that differ, with
// what other objects hand over filled in. Values that the server never shows go along.
func (c *change) changed() (plan.Fields, error) {
	out := plan.Fields{}
	for _, f := range c.Fields {
		v, err := c.value(f.Name)
		if err != nil {
			return nil, err
		}
		out[f.Name] = v
	}
	for name, v := range c.Desired.Unread {
		out[name] = v
	}
	return out, nil
}
