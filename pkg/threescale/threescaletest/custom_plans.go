package threescaletest

import (
	"fmt"
	"sort"
)

// customizePlan gives an application a plan of its own, with the limits, prices and
// features of the one it had.
func customizePlan(c *call, _ *account, x *application) answer {
	p, found := c.tenant.plans.get(x.PlanID)
	if !found {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if p.OriginalID != 0 {
		return ok(showPlan(c, p))
	}
	custom := *p
	custom.stamps, custom.ID, custom.OriginalID, custom.State = born(c.now), c.next("plan"), p.ID, "hidden"
	custom.Name = ptr(or(p.Name, "") + " (custom)")
	custom.SystemName = fmt.Sprintf("%s_custom_%d", p.SystemName, c.now.UnixMicro())
	custom.Limits, custom.Prices, custom.Features = nil, nil, append([]int64(nil), p.Features...)
	for _, l := range p.Limits {
		y := *l
		y.ID, y.PlanID, y.stamps = c.next("limit"), custom.ID, born(c.now)
		custom.Limits = append(custom.Limits, &y)
	}
	for _, r := range p.Prices {
		y := *r
		y.ID, y.PlanID, y.stamps = c.next("price"), custom.ID, born(c.now)
		custom.Prices = append(custom.Prices, &y)
	}
	product, _ := c.tenant.Products.get(p.IssuerID)
	product.AppPlans = append(product.AppPlans, &custom)
	c.tenant.plans.set(custom.ID, &custom)
	x.PlanID = custom.ID
	return ok(showPlan(c, &custom))
}

// decustomizePlan puts an application back on the plan that its own was made from.
func decustomizePlan(c *call, _ *account, x *application) answer {
	p, found := c.tenant.plans.get(x.PlanID)
	if !found {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if p.OriginalID == 0 {
		return ok(showPlan(c, p))
	}
	x.PlanID = p.OriginalID
	c.tenant.dropCustom(p.ID)
	original, _ := c.tenant.plans.get(x.PlanID)
	return ok(showPlan(c, original))
}

// dropCustom deletes a plan that was made for an application which left it.
func (t *tenant) dropCustom(id int64) {
	p, found := t.plans.get(id)
	if !found || p.OriginalID == 0 {
		return
	}
	if product, there := t.Products.get(p.IssuerID); there {
		product.AppPlans = without(product.AppPlans, func(x *plan) bool { return x == p })
	}
	t.plans.drop(id)
}

// sortBy sorts a list by a number.
func sortBy[T any](list []T, key func(T) int64) {
	sort.Slice(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
}
