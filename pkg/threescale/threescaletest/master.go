package threescaletest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/internal/railszone"
)

// master is the account whose customers the tenants are.
type master struct {
	Tenant *tenant
}

func newMaster(o Options, at time.Time) master {
	domain := "master." + o.Host
	t := &tenant{stamps: born(at), ID: 1, OrgName: "Master Account", AdminDomain: domain, Domain: domain, Timezone: "UTC", State: "approved", AdminEmail: "master@" + o.Host, Settings: newSettings()}
	t.Tokens.add(&token{ID: 1, Name: "Master", Scopes: allScopes(), Permission: "rw", Value: o.MasterToken})
	return master{t}
}

// account is the master account as the one that the API asks about.
func (m *master) account() *tenant { return m.Tenant }

// masterOnly is a handler of the master account's own API. Elsewhere there is none.
func masterOnly(h handler) handler {
	return func(c *call) answer {
		if c.tenant != c.server.world.Master.account() {
			return noRoute()
		}
		return h(c)
	}
}

// inTenant gives a handler the tenant of the path, with its lock held.
func inTenant(h func(*call, *tenant) answer) handler {
	return masterOnly(func(c *call) answer {
		for _, t := range c.server.world.all() {
			if t.ID == c.id("id") {
				t.mu.Lock()
				defer t.mu.Unlock()
				return h(c, t)
			}
		}
		return notFound()
	})
}

// forTenants lets the master account handle its tenants where others have accounts.
func forTenants(ofTenant func(*call, *tenant) answer, ofAccount handler) handler {
	return func(c *call) answer {
		if c.tenant == c.server.world.Master.account() {
			return inTenant(ofTenant)(c)
		}
		return ofAccount(c)
	}
}

// listTenants lists the tenants as the accounts of the master account.
func listTenants(c *call) answer {
	state := c.params().text("state")
	tenants := without(c.server.world.all(), func(t *tenant) bool { return state != "" && t.stateNow() != state })
	return paged(c, "accounts", tenants, limits500(), func(c *call, t *tenant) object {
		t.mu.Lock()
		defer t.mu.Unlock()
		return wrap("account", providerFields(c, t))
	})
}

// stateNow is a tenant's state, for those that don't hold its lock.
func (t *tenant) stateNow() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.State
}

func getTenantAccount(c *call, t *tenant) answer {
	return ok(wrap("account", providerFields(c, t)))
}

// updateTenantAccount changes a tenant's name, as that of any account.
func updateTenantAccount(c *call, t *tenant) answer {
	var errs problems
	name := t.OrgName
	if v, sent := c.params().permit("org_name")["org_name"]; sent {
		name = or(castText(v), "")
		checkOrgName(&errs, name)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	t.OrgName, t.UpdatedAt = name, c.now
	return getTenantAccount(c, t)
}

func showSignup(c *call, t *tenant) object {
	return wrap("signup", wrap("account", providerFields(c, t)))
}

func getTenant(c *call, t *tenant) answer { return ok(showSignup(c, t)) }

// createTenant makes a tenant. Its host names come from the organization's name; if
// they are taken, a number is added without a word.
func createTenant(c *call) answer {
	in := c.params()
	org := in.text("org_name")
	u := &user{Fields: map[string]string{}}
	for _, f := range []string{"username", "email"} {
		if v := castText(in[f]); v != nil {
			u.Fields[f] = *v
		}
	}
	var person, name problems
	c.tenant.checkUser(&person, u, c.tenant.accountUsers())
	checkOrgName(&name, org)
	if person.any() || name.any() {
		return answer{status: http.StatusUnprocessableEntity, body: wrap("errors", signupProblems(org, &person, &name))}
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	made, tok := c.server.addTenant(newTenant{org: org, name: c.server.world.freeName(org), email: u.Fields["email"], username: u.Fields["username"],
		token: randomHex(32), scopes: []string{"account_management", "policy_registry"}}, c.now)
	shown := wrap("account", providerFields(c, made))
	secret := showToken(c, tok)[0].value.(object)
	secret.put("value", tok.Value)
	shown.put("access_token", secret)
	return created(wrap("signup", shown))
}

// signupProblems words problems as whole sentences, those of the user and those of
// the account.
func signupProblems(org string, person, name *problems) object {
	labels := map[string]string{"username": "Username", "email": "Email", "password": "Password", "org_name": "Organization/Group Name"}
	sentences := func(p *problems) []string {
		var out []string
		for _, f := range p.fields {
			for _, m := range p.messages[f] {
				text, _ := m.(string)
				out = append(out, labels[f]+" "+text)
			}
		}
		return out
	}
	var account []string
	if parameterize(org) == "" {
		account = append(account, "Domain can't be blank", "Admin domain can't be blank")
	}
	var o object
	if person.any() {
		o.put("user", sentences(person))
		account = append(account, "Users invalid")
	}
	return append(o, member{"account", append(account, sentences(name)...)})
}

var numberedName = lazyregexp.New(`\A(.*?)(?:-(\d+))?\z`)

// freeName is the first name of a host that no tenant has, made of an organization's.
func (w *world) freeName(org string) string {
	name := parameterize(strings.ReplaceAll(org, "_", "-"))
	for taken := true; taken; {
		taken = false
		for _, t := range w.all() {
			if host, _, _ := strings.Cut(t.Domain, "."); host == name {
				taken = true
			}
		}
		if taken {
			m := numberedName.FindStringSubmatch(name)
			n, err := strconv.Atoi(m[2])
			if err != nil {
				n = 1
			}
			name = m[1] + "-" + strconv.Itoa(n+1)
		}
	}
	return name
}

func tenantEvents() stateMachine {
	all := []string{"created", "pending", "approved", "rejected", "suspended", "scheduled_for_deletion"}
	return stateMachine{
		"make_pending":          {[]string{"created", "approved", "rejected"}, "pending"},
		"approve":               {[]string{"created", "pending", "rejected"}, "approved"},
		"reject":                {[]string{"created", "pending", "approved"}, "rejected"},
		"suspend":               {all, "suspended"},
		"schedule_for_deletion": {all, "scheduled_for_deletion"},
		"resume":                {[]string{"suspended", "scheduled_for_deletion"}, "approved"},
	}
}

// updateTenant takes more than it says: also the name of the organization and the
// time zone, by its name in Rails. Only the sender of its mail is fixed once a tenant is
// to be deleted.
func updateTenant(c *call, t *tenant) answer {
	in, wrong := c.required("account", c.body.names()...) // here Rails wraps whatever is sent
	if wrong != nil {
		return *wrong
	}
	contact, org, zone, state, marks := t.Contact, t.OrgName, t.Timezone, t.State, t.Annotations
	var errs, name problems
	contact.assign(in.permit("support_email", "finance_support_email", "site_access_code"))
	if t.DeletionAt == nil {
		contact.assign(in.permit("from_email"))
	}
	if v, sent := in["annotations"]; sent {
		marks = annotate(&errs, marks, v)
	}
	if v, sent := in.permit("org_name")["org_name"]; sent {
		org = or(castText(v), "")
		checkOrgName(&name, org)
	}
	if v, sent := in.permit("timezone")["timezone"]; sent {
		zone = or(castText(v), "")
		if _, known := railszone.IANA(zone); !known {
			errs.add("account", "Time Zone Timezone "+zone+" is not allowed")
		}
	}
	for label, v := range map[string]*string{"Support email": contact.Support, "Finance support email": contact.Finance} {
		if !blank(v) && !emailForm.MatchString(*v) {
			errs.add("account", label+" should look like an email address")
		}
	}
	for _, m := range name.messages["org_name"] {
		text, _ := m.(string)
		errs.add("account", "Organization/Group Name "+text)
	}
	if event := in.text("state_event"); event != "" {
		var fire problems
		if state = tenantEvents().fire(&fire, state, event); fire.any() {
			text, _ := fire.messages["state_event"][0].(string)
			errs.add("account", "State event "+text)
		}
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	switch {
	case state != "scheduled_for_deletion":
		t.DeletionAt = nil
	case t.DeletionAt == nil:
		t.DeletionAt = ptr(c.now.Add(deletionDelay))
	}
	t.Contact, t.OrgName, t.Timezone, t.State, t.Annotations, t.UpdatedAt = contact, org, zone, state, marks, c.now
	return ok(showSignup(c, t))
}

// deletionDelay is how long a tenant stays after it was deleted.
const deletionDelay = 15 * 24 * time.Hour

// deleteTenant does not delete at once: the tenant can be resumed for some days.
func deleteTenant(c *call, t *tenant) answer {
	if t.DeletionAt != nil {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	t.State, t.DeletionAt, t.UpdatedAt = "scheduled_for_deletion", ptr(c.now.Add(deletionDelay)), c.now
	return deleted()
}
