package threescaletest

import (
	"strings"
	"time"
)

// owned is an application with its account.
type owned struct {
	account     *account
	application *application
}

// applications are those of all accounts that a condition holds for, by id. Those of
// deleted products are hidden at once, though they go later.
func (t *tenant) applications(is func(*account, *application) bool) []owned {
	var out []owned
	for _, a := range t.Accounts.rows {
		for _, x := range a.Applications {
			if is(a, x) && t.live(x.ProductID) {
				out = append(out, owned{a, x})
			}
		}
	}
	sortBy(out, func(o owned) int64 { return o.application.ID })
	return out
}

// listAllApplications lists the applications of all accounts, filtered.
func listAllApplications(c *call) answer {
	q := c.params()
	all := c.tenant.applications(func(a *account, x *application) bool {
		return (blankParam(q, "service_id") || castID(q["service_id"]) == x.ProductID) &&
			(blankParam(q, "plan_id") || castID(q["plan_id"]) == x.PlanID) &&
			(blankParam(q, "account") || castID(q["account"]) == a.ID) &&
			(blankParam(q, "state") || q.text("state") == x.State) &&
			(blankParam(q, "user_key") || q.text("user_key") == x.UserKey) &&
			(blankParam(q, "name") || strings.Contains(strings.ToLower(x.Fields["name"]), strings.ToLower(q.text("name")))) &&
			c.tenant.paidOrFree(x, q.text("plan_type")) && c.usedAsAsked(x, q)
	})
	return paged(c, "applications", all, limits500(), func(c *call, o owned) object { return showApplication(c, o.account, o.application) })
}

// paidOrFree says whether the plan of an application is of a type, "paid" or "free";
// other types are all plans.
func (t *tenant) paidOrFree(x *application, kind string) bool {
	p, found := t.plans.get(x.PlanID)
	if !found || kind != "paid" && kind != "free" {
		return true
	}
	return (p.Cost != 0 || p.SetupFee != 0 || len(p.Prices) > 0) == (kind == "paid")
}

// usedAsAsked says whether an application's first use of a day was after one date and
// before another. One that was never used is in neither.
func (c *call) usedAsAsked(x *application, q params) bool {
	for name, fits := range map[string]func(used, at time.Time) bool{
		"active_since":   func(used, at time.Time) bool { return !used.Before(at) },
		"inactive_since": func(used, at time.Time) bool { return !used.After(at) },
	} {
		if blankParam(q, name) {
			continue
		}
		at, readable := parseStatsTime(q.text(name), c.tenant.zone())
		if x.DailyTraffic == nil || readable && !fits(*x.DailyTraffic, at) {
			return false
		}
	}
	return true
}

func blankParam(q params, name string) bool { return blank(castText(q[name])) }

// findApplication looks an application up by its credentials or its id.
func findApplication(c *call) answer {
	q := c.params()
	found := c.tenant.applications(func(a *account, x *application) bool {
		p, there := c.tenant.Products.get(x.ProductID)
		if !there {
			return false
		}
		byKey := p.Proxy.serviceVersion() == "1" && x.UserKey == q.text("user_key")
		byID := p.Proxy.serviceVersion() != "1" && x.ApplicationID == q.text("app_id")
		switch _, under := c.args["account_id"]; {
		case under: // there neither ids nor products are looked at
			return a.ID == c.id("account_id") && (byKey || byID)
		case q.has("service_id") && castID(q["service_id"]) != x.ProductID:
			return false
		case q.has("user_key"):
			return byKey
		case q.has("app_id"):
			return byID
		}
		return castID(q["application_id"]) == x.ID
	})
	if len(found) == 0 {
		return notFound()
	}
	return ok(showApplication(c, found[0].account, found[0].application))
}
