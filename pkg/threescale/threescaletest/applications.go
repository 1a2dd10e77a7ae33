package threescaletest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
)

// application is an account's contract on an application plan, with its credentials.
type application struct {
	stamps
	ID            int64             `json:"id"`
	PlanID        int64             `json:"plan_id"`
	ProductID     int64             `json:"service_id"`
	State         string            `json:"state"`
	Fields        map[string]string `json:"fields"` // name, description and the fields that the tenant defined
	UserKey       string            `json:"user_key"`
	ApplicationID string            `json:"application_id"`
	PublicKey     string            `json:"provider_verification_key"`
	RedirectURL   *string           `json:"redirect_url"`
	Keys          []*appKey         `json:"keys,omitempty"`
	Referrers     []*referrer       `json:"referrer_filters,omitempty"`
	FirstTraffic  *time.Time        `json:"first_traffic_at"`
	DailyTraffic  *time.Time        `json:"first_daily_traffic_at"`
}

// inApplication gives a handler the application of the path.
func inApplication(name string, h func(*call, *account, *application) answer) handler {
	return inAccount("account_id", func(c *call, a *account) answer {
		for _, x := range a.Applications {
			if x.ID == c.id(name) && c.tenant.live(x.ProductID) {
				return h(c, a, x)
			}
		}
		return notFound()
	})
}

func listApplications(c *call, a *account) answer {
	state := c.params().text("state")
	return listed(c, "applications", without(a.Applications, func(x *application) bool { return state != "" && x.State != state || !c.tenant.live(x.ProductID) }),
		func(c *call, x *application) object { return showApplication(c, a, x) })
}

func getApplication(c *call, a *account, x *application) answer {
	return ok(showApplication(c, a, x))
}

// createApplication subscribes the account to the product first, if it is not.
func createApplication(c *call, a *account) answer {
	in := c.params()
	p, found := c.tenant.plan(planApplication, castID(in["plan_id"]))
	if !found {
		return notFound()
	}
	product, _ := c.tenant.Products.get(p.IssuerID)
	service := product.subscriptionPlan()
	if service == nil && !a.subscribed(product.ID) {
		return failed(http.StatusUnprocessableEntity, "You cannot subscribe to that service.")
	}
	x := &application{ProductID: product.ID, Fields: c.tenant.assignFields("Cinstance", nil, in)}
	x.ownCredentials(in)
	var errs problems
	x.addKeys(&errs, product, wantedKeys(in["application_key"]))
	c.tenant.checkApplication(&errs, x)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if !a.subscribed(product.ID) {
		a.Subscriptions = append(a.Subscriptions, c.subscribe(service))
	}
	c.addApplication(a, p, x)
	return created(showApplication(c, a, x))
}

// subscriptionPlan is the service plan that an application brings: the default one,
// or else the first.
func (p *product) subscriptionPlan() *plan {
	for _, x := range p.ServicePlans {
		if x.ID == p.DefaultServicePlan {
			return x
		}
	}
	if len(p.ServicePlans) > 0 {
		return p.ServicePlans[0]
	}
	return nil
}

// addApplication stores an application with the credentials that it lacks.
func (c *call) addApplication(a *account, p *plan, x *application) {
	x.stamps, x.ID, x.PlanID, x.ProductID, x.State = born(c.now), c.next("contract"), p.ID, p.IssuerID, p.firstState()
	if x.UserKey == "" {
		x.UserKey = randomHex(16)
	}
	if x.ApplicationID == "" {
		x.ApplicationID = randomHex(4)
	}
	x.PublicKey = randomHex(16)
	for _, k := range x.Keys {
		k.stamps = born(c.now)
	}
	product, _ := c.tenant.Products.get(p.IssuerID)
	if v := product.Proxy.serviceVersion(); len(x.Keys) == 0 && (v == "oauth" || v == "2" && or(product.Flags[6], true)) {
		x.Keys = []*appKey{{stamps: born(c.now), Value: randomHex(16)}}
	}
	a.Applications = append(a.Applications, x)
}

var (
	printableForm = lazyregexp.New(`\A[\x21-\x7E]+\n?\z`)
	userKeyForm   = lazyregexp.New(`\A(([\w\-.]+)|([A-Za-z0-9+]{4})*([A-Za-z0-9+]{4}|[A-Za-z0-9+]{3}=|[A-Za-z0-9+]{2}==))\n?\z`)
)

// checkApplication checks credentials; they are unique in their product. What is too
// long is said twice: every contract checks it, and applications again.
func (t *tenant) checkApplication(errs *problems, x *application) {
	for name, most := range map[string]int{"name": 255, "description": 65535} {
		errs.maxLength(name, ptr(x.Fields[name]), most)
	}
	errs.maxLength("redirect_url", x.RedirectURL, 65535)
	errs.maxLength("application_id", &x.ApplicationID, 255)
	errs.maxLength("user_key", &x.UserKey, 256)
	taken := func(is func(*application) bool) bool {
		return len(t.applications(func(_ *account, y *application) bool { return y.ID != x.ID && y.ProductID == x.ProductID && is(y) })) > 0
	}
	if taken(func(y *application) bool { return y.ApplicationID == x.ApplicationID }) {
		errs.add("application_id", msgTaken)
	}
	if taken(func(y *application) bool { return y.UserKey == x.UserKey }) {
		errs.add("user_key", msgTaken)
	}
	errs.format("application_id", &x.ApplicationID, printableForm, msgInvalid)
	if len([]rune(x.ApplicationID)) < 4 {
		errs.add("application_id", "is too short (minimum is 4 characters)")
	}
	errs.maxLength("application_id", &x.ApplicationID, 255)
	errs.format("user_key", &x.UserKey, userKeyForm, msgInvalid)
	errs.maxLength("user_key", &x.UserKey, 256)
}

// ownCredentials are those that a request names, and random ones for those that it
// doesn't. One that is sent empty stays empty.
func (x *application) ownCredentials(in params) {
	x.UserKey, x.ApplicationID = randomHex(16), randomHex(4)
	for name, to := range map[string]*string{"user_key": &x.UserKey, "application_id": &x.ApplicationID} {
		if v := castText(in[name]); v != nil {
			*to = *v
		}
	}
	x.redirect(in)
}

// redirect reads the redirect URL, without blanks around it.
func (x *application) redirect(in params) {
	v, sent := in.permit("redirect_url")["redirect_url"]
	if !sent {
		return
	}
	x.RedirectURL = castText(v)
	if x.RedirectURL != nil {
		x.RedirectURL = ptr(strings.TrimSpace(*x.RedirectURL))
	}
}

func updateApplication(c *call, a *account, x *application) answer {
	in := c.params()
	draft := *x
	draft.Fields = c.tenant.assignFields("Cinstance", x.Fields, in)
	if v, sent := in.permit("user_key")["user_key"]; sent && v != nil {
		draft.UserKey = or(castText(v), "")
	}
	draft.redirect(in)
	var errs problems
	c.tenant.checkApplication(&errs, &draft)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*x = draft
	return ok(showApplication(c, a, x))
}

func deleteApplication(c *call, a *account, x *application) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	a.Applications = without(a.Applications, func(y *application) bool { return y == x })
	c.tenant.dropCustom(x.PlanID)
	return deleted()
}

func applicationEvent(event string) handler {
	return inApplication("id", func(c *call, a *account, x *application) answer {
		return fired(c, contractEvents(), &x.State, &x.stamps, event, func() object { return showApplication(c, a, x) })
	})
}

// changeApplicationPlan answers the plan, not the application.
func changeApplicationPlan(c *call, _ *account, x *application) answer {
	p, found := c.tenant.plan(planApplication, castID(c.params()["plan_id"]))
	if !found {
		return notFound()
	}
	var errs problems
	if p.IssuerID != x.ProductID {
		errs.add("plan", "not allowed in this context")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if old := x.PlanID; old != p.ID {
		x.PlanID, x.UpdatedAt = p.ID, c.now
		c.tenant.dropCustom(old)
	}
	return ok(showPlan(c, p))
}

func showApplication(c *call, a *account, x *application) object {
	p, _ := c.tenant.Products.get(x.ProductID)
	pl, _ := c.tenant.plans.get(x.PlanID)
	o := object{{"id", x.ID}, {"state", x.State}, {"enabled", x.State == "live" && c.tenant.State != "scheduled_for_deletion"}}
	o.putTimes(c, x.stamps)
	o.put("service_id", x.ProductID)
	o.putText("service_name", p.Name)
	o.put("plan_id", x.PlanID)
	o.putText("plan_name", pl.Name)
	o.put("account_id", a.ID)
	o.put("org_name", a.Fields["org_name"])
	o.putNull("first_traffic_at", c.timeOrNull(x.FirstTraffic))
	o.putNull("first_daily_traffic_at", c.timeOrNull(x.DailyTraffic))
	x.putCredentials(&o, p)
	base := fmt.Sprintf("/admin/api/accounts/%d/applications/%d", a.ID, x.ID)
	o.putLinks(c, "self", base, "service", p.path(), "account", fmt.Sprintf("/admin/api/accounts/%d", a.ID), "plan",
		fmt.Sprintf("%s/application_plans/%d", p.path(), x.PlanID), "keys", base+"/keys", "referrer_filters", base+"/referrer_filters")
	c.tenant.putFields(&o, "Cinstance", x.Fields)
	return wrap("application", o)
}

// putCredentials shows what the product's way of authentication asks for.
func (x *application) putCredentials(o *object, p *product) {
	switch p.Proxy.serviceVersion() {
	case "1":
		o.put("user_key", x.UserKey)
		o.put("provider_verification_key", x.PublicKey)
	case "2":
		o.put("application_id", x.ApplicationID)
	case "oauth":
		o.put("application_id", x.ApplicationID)
		o.putNull("redirect_url", x.RedirectURL)
		o.put("client_id", x.ApplicationID)
		var secret any
		if len(x.Keys) > 0 {
			secret = x.Keys[0].Value
		}
		o.putNull("client_secret", secret)
		o.put("oidc_configuration", p.Proxy.Flows.show()[0].value)
	}
}

func (c *call) timeOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return c.time(*t)
}
