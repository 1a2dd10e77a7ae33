package threescaletest

import (
	"fmt"
	"net/http"
	"time"
)

// subscription is an account's contract on a service plan.
type subscription struct {
	stamps
	ID         int64      `json:"id"`
	PlanID     int64      `json:"plan_id"`
	ProductID  int64      `json:"service_id"`
	State      string     `json:"state"`
	AcceptedAt *time.Time `json:"accepted_at"`
}

// contractEvents are the changes of state of subscriptions and applications.
func contractEvents() stateMachine {
	return stateMachine{
		"accept":  {[]string{"pending"}, "live"},
		"suspend": {[]string{"live"}, "suspended"},
		"resume":  {[]string{"suspended"}, "live"},
	}
}

// firstState is that of a new contract.
func (p *plan) firstState() string {
	if or(p.Approval, false) {
		return "pending"
	}
	return "live"
}

// subscribe makes a contract on a service plan.
func (c *call) subscribe(p *plan) *subscription {
	return &subscription{stamps: born(c.now), ID: c.next("contract"), PlanID: p.ID, ProductID: p.IssuerID, State: p.firstState()}
}

// inSubscription gives a handler the subscription of the path.
func inSubscription(h func(*call, *account, *subscription) answer) handler {
	return inAccount("account_id", func(c *call, a *account) answer {
		for _, s := range a.Subscriptions {
			if s.ID == c.id("id") {
				return h(c, a, s)
			}
		}
		return notFound()
	})
}

func (a *account) subscribed(productID int64) bool {
	for _, s := range a.Subscriptions {
		if s.ProductID == productID {
			return true
		}
	}
	return false
}

func listSubscriptions(c *call, a *account) answer {
	return listed(c, "service_subscriptions", a.Subscriptions, func(c *call, s *subscription) object { return showSubscription(c, a, s, true) })
}

func getSubscription(c *call, a *account, s *subscription) answer {
	return ok(showSubscription(c, a, s, true))
}

// subscriptionPlan finds the service plan that a request names.
func (c *call) subscriptionPlan() (*plan, *answer) {
	in, wrong := c.fetched("service_subscription", "id", "plan_id", "user_account_id", "state", "service_id", "name", "description")
	if wrong != nil {
		return nil, wrong
	}
	p, found := c.tenant.plan(planService, castID(in["plan_id"]))
	if !found {
		return nil, ptr(notFound())
	}
	return p, nil
}

func createSubscription(c *call, a *account) answer {
	p, wrong := c.subscriptionPlan()
	if wrong != nil {
		return *wrong
	}
	var errs problems
	if a.subscribed(p.IssuerID) {
		errs.add("base", "already subscribed to this service")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	s := c.subscribe(p)
	a.Subscriptions = append(a.Subscriptions, s)
	return created(showSubscription(c, a, s, false))
}

// deleteSubscription takes the suspended applications of the product with it.
func deleteSubscription(c *call, a *account, s *subscription) answer {
	active := 0
	for _, x := range a.Applications {
		if x.ProductID == s.ProductID && x.State != "suspended" {
			active++
		}
	}
	switch {
	case active == 1:
		return refused("There is 1 unsuspended application subscribed to the service")
	case active > 1:
		return refused(fmt.Sprintf("There are %d unsuspended applications subscribed to the service", active))
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	a.Applications = without(a.Applications, func(x *application) bool { return x.ProductID == s.ProductID })
	a.Subscriptions = without(a.Subscriptions, func(x *subscription) bool { return x == s })
	return deleted()
}

func changeSubscription(c *call, _ *account, s *subscription) answer {
	p, wrong := c.subscriptionPlan()
	if wrong != nil {
		return *wrong
	}
	var errs problems
	if p.IssuerID != s.ProductID {
		errs.add("plan", "must belong to the same product")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	s.PlanID, s.UpdatedAt = p.ID, c.now
	return ok(showPlan(c, p))
}

func approveSubscription(c *call, a *account, s *subscription) answer {
	out := fired(c, contractEvents(), &s.State, &s.stamps, "accept", func() object { return nil })
	if out.status == http.StatusOK {
		s.AcceptedAt = ptr(c.now)
		out.body = showSubscription(c, a, s, true)
	}
	return out
}

// showSubscription shows a contract. One that was just made is shown as it was before
// the database filled in the tenant.
func showSubscription(c *call, a *account, s *subscription, stored bool) object {
	o := object{{"id", s.ID}, {"plan_id", s.PlanID}, {"user_account_id", a.ID}}
	o.putTimes(c, s.stamps)
	o.put("state", s.State)
	paid := s.CreatedAt
	if s.AcceptedAt != nil {
		paid = *s.AcceptedAt
	}
	o.put("paid_until", c.time(paid))
	o.put("trial_period_expires_at", c.time(s.CreatedAt))
	o.put("setup_fee", "0.0")
	o.put("type", "ServiceContract")
	o.put("variable_cost_paid_until", c.now.In(c.tenant.zone()).Format("2006-01-02T15:04:05-07:00"))
	if stored {
		o.put("tenant_id", c.tenant.ID)
	}
	o.put("service_id", s.ProductID)
	if s.AcceptedAt != nil {
		o.put("accepted_at", c.time(*s.AcceptedAt))
	}
	return wrap("service_subscription", o)
}
