package threescaletest

import "net/http"

// signup makes an account with its first user, subscribes it to the default service
// plan of each product and gives it an application on each default application plan.
func signup(c *call) answer {
	in := c.params()
	if _, named := in["name"]; named && blankParam(in, "org_name") {
		in["org_name"] = in["name"] // another word for it
	}
	a := &account{stamps: born(c.now), State: "created", Billing: true, Charging: true, Fields: c.tenant.assignFields("Account", nil, in)}
	u := &user{stamps: born(c.now), State: "pending", Role: "admin", Fields: c.tenant.assignFields("User", nil, in), Password: !blank(castText(in["password"])), Minimal: true}
	var errs, person problems
	c.tenant.checkUser(&person, u, c.tenant.accountUsers())
	c.tenant.requireFields(&person, "User", u.Fields)
	if v, sent := in["annotations"]; sent {
		a.Annotations = annotate(&errs, nil, v)
	}
	if person.any() {
		errs.add("users", msgInvalid)
	}
	checkOrgName(&errs, a.Fields["org_name"])
	c.tenant.requireFields(&errs, "Account", a.Fields)
	for _, f := range person.fields {
		for _, m := range person.messages[f] {
			errs.add(f, m)
		}
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	plans, fits := c.signupPlans()
	if !fits {
		return notFound()
	}
	a.Users = []*user{u}
	c.addAccount(a, plans, "API signup", "API signup")
	if account, found := c.tenant.plan(planAccount, a.PlanID); u.Password && found && !or(account.Approval, false) {
		u.State, a.State = "active", "approved"
	}
	return answer{status: http.StatusCreated, body: showAccount(c, a)}
}

// signupPlans are the plans that the request names, and the default ones where it
// names none. ok is false when they do not fit together.
func (c *call) signupPlans() (plans []*plan, ok bool) {
	chosen := map[planKind][]*plan{}
	in := c.params()
	for _, kind := range []planKind{planAccount, planService, planApplication} {
		id := castID(in[string(kind)+"_id"])
		for _, k := range []planKind{planAccount, planService, planApplication} {
			if p, found := c.tenant.plan(k, id); found {
				chosen[k] = append(chosen[k], p)
			}
		}
	}
	if len(chosen[planAccount]) == 0 {
		if p, found := c.tenant.plan(planAccount, c.tenant.DefaultAccount); found {
			chosen[planAccount] = append(chosen[planAccount], p)
		}
	}
	if len(chosen[planAccount]) == 0 {
		return nil, false
	}
	for _, p := range c.tenant.liveProducts() {
		c.defaultsOf(p, chosen)
	}
	for _, x := range chosen[planApplication] {
		if !hasIssuer(chosen[planService], x.IssuerID) {
			return nil, false
		}
	}
	return append(append(chosen[planAccount], byID(chosen[planService])...), byID(chosen[planApplication])...), true
}

// defaultsOf adds a product's default plans to those that were chosen. Unless the
// tenant shows service plans, an application plan brings the first published one.
func (c *call) defaultsOf(p *product, chosen map[planKind][]*plan) {
	add := func(kind planKind, id int64) bool {
		if hasIssuer(chosen[kind], p.ID) {
			return true
		}
		x, found := c.tenant.plan(kind, id)
		if found {
			chosen[kind] = append(chosen[kind], x)
		}
		return found
	}
	quietly := !c.tenant.Settings.ServicePlansVisible
	subscribed := add(planService, p.DefaultServicePlan)
	if !subscribed && !quietly || !add(planApplication, p.DefaultAppPlan) || !quietly || subscribed {
		return
	}
	for _, x := range p.ServicePlans {
		if x.State == "published" {
			chosen[planService] = append(chosen[planService], x)
			return
		}
	}
}

func hasIssuer(plans []*plan, issuer int64) bool {
	for _, p := range plans {
		if p.IssuerID == issuer {
			return true
		}
	}
	return false
}

// addAccount stores an account with contracts on the plans given.
func (c *call) addAccount(a *account, plans []*plan, name, description string) {
	a.ID = c.next("account")
	for _, u := range a.Users {
		u.ID = c.next("user")
	}
	c.tenant.Accounts.add(a)
	for _, p := range plans {
		switch p.Kind {
		case planAccount:
			a.PlanID = p.ID
			c.next("contract")
		case planService:
			a.Subscriptions = append(a.Subscriptions, c.subscribe(p))
		default:
			x := &application{Fields: map[string]string{"name": name, "description": description}}
			c.addApplication(a, p, x)
		}
	}
}
