package threescaletest

import (
	"sort"
	"time"
)

// purge removes for good what was deleted long enough ago. 3scale does it in the
// background; here it happens when somebody looks.
func (t *tenant) purge(at time.Time) {
	if t.due.IsZero() || t.due.After(at) {
		return
	}
	t.due = time.Time{}
	due := func(when *time.Time) bool { return when != nil && !when.After(at) }
	for _, p := range t.Products.where(func(p *product) bool { return due(p.PurgeAt) }) {
		for _, pl := range append(append([]*plan(nil), p.AppPlans...), p.ServicePlans...) {
			t.plans.drop(pl.ID)
		}
		t.names.add(p.SystemName, -1)
		t.Products.remove(p.ID)
		t.forgetProduct(p)
	}
	for _, b := range t.Backends.where(func(b *backend) bool { return due(b.PurgeAt) }) {
		t.beNames.add(b.SystemName, -1)
		t.Backends.remove(b.ID)
	}
	for _, p := range t.Products.rows {
		t.doom(p.PurgeAt)
	}
	for _, b := range t.Backends.rows {
		t.doom(b.PurgeAt)
	}
}

// doom notes that something has to go at a time.
func (t *tenant) doom(when *time.Time) {
	if when != nil && (t.due.IsZero() || when.Before(t.due)) {
		t.due = *when
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
