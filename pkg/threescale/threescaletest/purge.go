package threescaletest

import (
	"sort"
	"time"
)

// purge removes for good what was deleted long enough ago. 3scale does it in the
// background; here it happens when somebody looks.
func (t *tenant) purge(at time.Time) {
	due := func(when *time.Time) bool { return when != nil && !when.After(at) }
	for _, p := range t.Products.where(func(p *product) bool { return due(p.PurgeAt) }) {
		for _, pl := range append(append([]*plan(nil), p.AppPlans...), p.ServicePlans...) {
			t.plans.drop(pl.ID)
		}
		t.Products.remove(p.ID)
		t.forgetProduct(p)
	}
	for _, b := range t.Backends.where(func(b *backend) bool { return due(b.PurgeAt) }) {
		t.Backends.remove(b.ID)
	}
}

// touchOwner notes that something of a product changed.
func (t *tenant) touchOwner(o *owner, at time.Time) {
	if p, found := t.Products.get(o.ID); found && o.Kind == ownerProduct {
		p.UpdatedAt = at
		p.Proxy.UpdatedAt = at
	}
}

// byID sorts plans by their ids.
func byID(list []*plan) []*plan {
	sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	return list
}
