package threescaletest

import (
	"fmt"
	"net/http"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// account is a developer account: a customer of the tenant.
type account struct {
	stamps
	ID            int64             `json:"id"`
	State         string            `json:"state"`
	Fields        map[string]string `json:"fields"` // org_name and the fields that the tenant defined
	Annotations   map[string]string `json:"annotations,omitempty"`
	Billing       bool              `json:"monthly_billing_enabled"`
	Charging      bool              `json:"monthly_charging_enabled"`
	PlanID        int64             `json:"plan_id"`
	Users         []*user           `json:"users"`
	Applications  []*application    `json:"applications,omitempty"`
	Subscriptions []*subscription   `json:"subscriptions,omitempty"`
}

func (a *account) id() int64 { return a.ID }

// inAccount gives a handler the account of the path.
func inAccount(name string, h func(*call, *account) answer) handler {
	return func(c *call) answer {
		a, found := c.tenant.Accounts.get(c.id(name))
		if !found {
			return notFound()
		}
		return h(c, a)
	}
}

// hasAccount says whether a developer account exists.
func (t *tenant) hasAccount(id int64) bool { _, found := t.Accounts.get(id); return found }

// contracts counts who depends on a plan.
func (t *tenant) contracts(p *plan) int {
	n := 0
	for _, a := range t.Accounts.rows {
		if a.PlanID == p.ID {
			n++
		}
		for _, x := range a.Applications {
			if x.PlanID == p.ID {
				n++
			}
		}
		for _, x := range a.Subscriptions {
			if x.PlanID == p.ID {
				n++
			}
		}
	}
	return n
}

// forgetProduct takes away what accounts have of a product that is gone for good.
func (t *tenant) forgetProduct(p *product) {
	for _, a := range t.Accounts.rows {
		a.Applications = without(a.Applications, func(x *application) bool { return x.ProductID == p.ID })
		a.Subscriptions = without(a.Subscriptions, func(x *subscription) bool { return x.ProductID == p.ID })
	}
	t.ActiveDocs.rows = without(t.ActiveDocs.rows, func(d *activeDoc) bool { return or(d.ProductID, 0) == p.ID })
}

func listAccounts(c *call) answer {
	if c.tenant == c.server.world.Master.account() {
		return listTenants(c)
	}
	state := c.params().text("state")
	return paged(c, "accounts", c.tenant.Accounts.where(func(a *account) bool { return state == "" || a.State == state }), limits500(), showAccount)
}

// findAccount looks an account up by one of its users.
func findAccount(c *call) answer {
	q := c.params()
	for _, by := range []string{"username", "user_id", "email"} {
		want := q.text(by)
		if !q.has(by) || by == "email" && want == "" {
			continue
		}
		for _, a := range c.tenant.Accounts.rows {
			for _, u := range a.Users {
				if u.is(by, want) {
					return ok(showAccount(c, a))
				}
			}
		}
		return notFound()
	}
	return notFound()
}

func getAccount(c *call, a *account) answer { return ok(showAccount(c, a)) }

func updateAccount(c *call, a *account) answer {
	in := c.params()
	if _, named := in["name"]; named && !in.has("org_name") {
		in["org_name"] = in["name"] // another word for it
	}
	if v, sent := in["billing_address"]; sent && !isCollection(v) {
		return answer{status: http.StatusUnprocessableEntity, body: wrap("error", append(wrap("object", showAccount(c, a)), member{"errors", "Billing address is not correctly set"}))}
	}
	draft := *a
	draft.Fields = c.tenant.assignFields("Account", a.Fields, in)
	if v, sent := in.permit("monthly_billing_enabled")["monthly_billing_enabled"]; sent {
		draft.Billing = or(castBool(v), false)
	}
	if v, sent := in.permit("monthly_charging_enabled")["monthly_charging_enabled"]; sent {
		draft.Charging = or(castBool(v), false)
	}
	var errs problems
	if v, sent := in["annotations"]; sent {
		draft.Annotations = annotate(&errs, a.Annotations, v)
	}
	draft.State = assignState(&errs, a.State, in)
	checkOrgName(&errs, draft.Fields["org_name"])
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*a = draft
	return ok(showAccount(c, a))
}

// isCollection says whether a parameter is a list or an object.
func isCollection(v any) bool {
	switch v.(type) {
	case params, []any:
		return true
	}
	return false
}

// assignState is the state that a request wants an account to have. Nothing protects
// it from being written like any other attribute.
func assignState(errs *problems, state string, in params) string {
	if to := in.text("state"); to != "" {
		if !contains(accountStates(), to) {
			errs.add("state", msgInvalid)
		}
		state = to
	}
	if event := in.text("state_event"); event != "" {
		events := accountEvents()
		events["suspend"] = transition{}
		events["resume"] = transition{[]string{"scheduled_for_deletion"}, "approved"}
		events["schedule_for_deletion"] = transition{accountStates(), "scheduled_for_deletion"}
		state = events.fire(errs, state, event)
	}
	return state
}

func accountStates() []string {
	return []string{"created", "pending", "approved", "rejected", "suspended", "scheduled_for_deletion"}
}

func deleteAccount(c *call, a *account) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.tenant.Accounts.remove(a.ID)
	return deleted()
}

var orgNameForm = lazyregexp.New(`\A.*[a-zA-Z0-9]+.*\z`)

func checkOrgName(errs *problems, name string) {
	if strings.TrimSpace(name) == "" {
		errs.add("org_name", msgBlank)
	}
	errs.maxLength("org_name", &name, 255)
	if !orgNameForm.MatchString(name) {
		errs.add("org_name", "must contain at least one alphanumeric character")
	}
}

// accountEvents are the changes of state that the API asks for by their paths.
func accountEvents() stateMachine {
	return stateMachine{
		"make_pending": {[]string{"created", "approved", "rejected"}, "pending"},
		"approve":      {[]string{"created", "pending", "rejected"}, "approved"},
		"reject":       {[]string{"created", "pending", "approved"}, "rejected"},
	}
}

func accountEvent(event string) handler {
	return inAccount("id", func(c *call, a *account) answer {
		return fired(c, accountEvents(), &a.State, &a.stamps, event, func() object { return showAccount(c, a) })
	})
}

// fired applies an event of a path to a state.
func fired(c *call, m stateMachine, state *string, s *stamps, event string, show func() object) answer {
	to, allowed := m.next(*state, event)
	var errs problems
	if !allowed {
		errs.add("state", fmt.Sprintf("cannot transition via %q", event))
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	*state, s.UpdatedAt = to, c.now
	return ok(show())
}

// accountPlan shows the plan of an account.
func accountPlan(c *call, a *account) answer {
	if p, found := c.tenant.plan(planAccount, a.PlanID); found {
		return ok(showPlan(c, p))
	}
	return notFound()
}

// boughtPlans lists the plans of a kind that an account is on, each once.
func boughtPlans(kind planKind) func(*call, *account) answer {
	return func(c *call, a *account) answer {
		ids := map[int64]bool{}
		for _, x := range a.Applications {
			ids[x.PlanID] = true
		}
		for _, x := range a.Subscriptions {
			ids[x.PlanID] = true
		}
		var plans []*plan
		for id := range ids {
			if p, found := c.tenant.plan(kind, id); found {
				plans = append(plans, p)
			}
		}
		return listed(c, "plans", byID(plans), showPlan)
	}
}

func changeAccountPlan(c *call, a *account) answer {
	p, found := c.tenant.plan(planAccount, castID(c.params()["plan_id"]))
	if !found {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	a.PlanID = p.ID
	return ok(showPlan(c, p))
}

func showAccount(c *call, a *account) object {
	o := object{{"id", a.ID}}
	o.putTimes(c, a.stamps)
	o.put("credit_card_stored", false)
	o.put("monthly_billing_enabled", a.Billing)
	o.put("monthly_charging_enabled", a.Charging)
	o.put("state", a.State)
	o.put("annotations", annotations(a.Annotations))
	self := fmt.Sprintf("/admin/api/accounts/%d", a.ID)
	o.putLinks(c, "self", self, "users", self+"/users")
	c.tenant.putFields(&o, "Account", a.Fields)
	return wrap("account", o)
}

// createMessage sends a message to an account; the API has no way to read it again.
func createMessage(c *call, _ *account) answer {
	if _, wrapped := c.params()["message"]; !wrapped && !c.typed {
		return crashed() // there is nothing to take parameters from
	}
	in, wrong := c.fetched("message", "id", "sender_id", "subject", "body", "headers", "created_at", "updated_at", "hidden_at", "system_operation_id", "type", "state", "origin", "tenant_id")
	if wrong != nil {
		return *wrong
	}
	in = in.permit("body", "subject")
	var o, text object
	text.putText("body", castText(in["body"]))
	text.putText("subject", castText(in["subject"]))
	if blankParam(in, "subject") {
		message := wrap("message", append(text, member{"state", "unsent"}))
		return answer{status: http.StatusUnprocessableEntity, body: wrap("error", object{{"from", "unsent"}, {"event", "deliver"}, {"error", "Subject can't be blank"}, {"object", message}})}
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	o.put("id", c.next("message"))
	o = append(o, text...)
	o.put("state", "sent")
	o.putTimes(c, born(c.now))
	return answer{status: http.StatusCreated, body: wrap("message", o)}
}
