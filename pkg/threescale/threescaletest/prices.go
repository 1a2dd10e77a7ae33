package threescaletest

import (
	"math/big"
	"sort"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// price is a pricing rule of a plan: what a unit costs between two amounts.
type price struct {
	stamps
	ID       int64  `json:"id"`
	PlanID   int64  `json:"plan_id"`
	MetricID int64  `json:"metric_id"`
	Min      int64  `json:"min"`
	Max      *int64 `json:"max"` // nil: no end
	Cost     string `json:"cost_per_unit"`
}

func priceAttributes() []string {
	return []string{"id", "metric_id", "min", "max", "cost_per_unit", "created_at", "updated_at", "plan_id", "tenant_id"}
}

// priceForm is what a price may look like once its column has cut it to four
// decimals, which is why it refuses negative ones only.
var priceForm = lazyregexp.New(`\A\d+\.?\d{0,4}\z`)

func listPlanPrices(c *call, p *plan) answer {
	return listed(c, "pricing_rules", p.Prices, showPrice)
}

// metricPrices are the prices of a metric in all plans, as porta lists them.
func (t *tenant) metricPrices(metricID int64) []*price {
	var out []*price
	for _, p := range t.plans.m {
		for _, r := range p.Prices {
			if r.MetricID == metricID {
				out = append(out, r)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

func listMetricPrices(c *call, _ *plan, metricID int64) answer {
	return listed(c, "pricing_rules", c.tenant.metricPrices(metricID), showPrice)
}

func createPrice(c *call, p *plan, metricID int64) answer {
	in, wrong := c.required("pricing_rule", priceAttributes()...)
	if wrong != nil {
		return *wrong
	}
	in = in.permit("min", "max", "cost_per_unit")
	r := &price{stamps: born(c.now), PlanID: p.ID, MetricID: metricID, Min: 1}
	var errs problems
	lowest, highest := castInt(in["min"]), castInt(in["max"])
	if lowest != nil && !lowest.IsInt64() || highest != nil && !highest.IsInt64() {
		return crashed()
	}
	if !in.has("min") {
		lowest, in["min"] = big.NewInt(1), number(1)
	}
	if highest != nil {
		r.Max = ptr(highest.Int64())
	}
	if lowest != nil {
		r.Min = lowest.Int64()
		p.checkRange(&errs, r)
	}
	errs.number("min", in["min"], bounds{integer: true, from: ptr(int64(1))})
	r.setCost(&errs, in)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	r.ID = c.next("price")
	p.Prices = append(p.Prices, r)
	return created(showPrice(c, r))
}

// checkRange refuses ranges that overlap others of the metric, and those that end
// before they begin.
func (p *plan) checkRange(errs *problems, r *price) {
	const infinity = int64(1<<63 - 1)
	for _, x := range p.Prices {
		if x.MetricID == r.MetricID && x.Min <= or(r.Max, infinity) && r.Min <= or(x.Max, infinity) {
			errs.add("min", "The 'From' value must be greater than the 'To' values of other existing rules")
			break
		}
	}
	if r.Max != nil && *r.Max < r.Min {
		errs.add("max", "'To' value cannot be less than your 'From' value")
	}
}

// setCost rounds a price to four decimals. None at all is 0, the column's default.
func (r *price) setCost(errs *problems, in params) {
	raw, sent := in["cost_per_unit"]
	if !sent {
		r.Cost = "0.0"
		return
	}
	errs.number("cost_per_unit", raw, bounds{})
	d := castDecimal(raw)
	if d == nil {
		errs.add("cost_per_unit", "maximum decimals is 4.")
		return
	}
	r.Cost = plainDecimal(d)
	errs.format("cost_per_unit", &r.Cost, priceForm, "maximum decimals is 4.")
}

// plainDecimal writes a decimal as Ruby's BigDecimal does: with one digit at least
// behind the point.
func plainDecimal(d *big.Rat) string {
	text := strings.TrimRight(d.FloatString(4), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text
}

// deletePrice finds the rule under its metric, of whatever plan.
func deletePrice(c *call, _ *plan, metricID int64) answer {
	for _, r := range c.tenant.metricPrices(metricID) {
		if r.ID == c.id("id") {
			if no := c.verdict(nil); no != nil {
				return *no
			}
			own, _ := c.tenant.plans.get(r.PlanID)
			own.Prices = without(own.Prices, func(x *price) bool { return x == r })
			return deleted()
		}
	}
	return notFound()
}

func showPrice(c *call, r *price) object {
	o := object{{"id", r.ID}, {"metric_id", r.MetricID}, {"cost_per_unit", r.Cost}, {"min", r.Min}}
	if r.Max != nil {
		o.put("max", *r.Max)
	}
	o.putTimes(c, r.stamps)
	o.putLinks(c, c.metricLinks(r.PlanID, r.MetricID, "pricing_rules", r.ID)...)
	return wrap("pricing_rule", o)
}
