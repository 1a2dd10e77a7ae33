package threescaletest

import (
	_ "embed" // for the sample API description
	"strings"
	"time"
)

// newWorld is an installation as it is after its own setup: the master account, and
// a tenant named Provider Name.
func newWorld(o Options, at time.Time) *world {
	w := &world{Last: map[string]int64{"account": 1, "user": 1, "token": 2, "service": 1, "backend": 1, "proxy": 1, "plan": 4, "metric": 5, "rule": 1, "usage": 1, "contract": 2, "field": 5, "section": 2, "template": 2}}
	w.Master = newMaster(o, at)
	s := &Server{opts: o, world: w}
	s.addTenant(newTenant{org: "Provider Name", name: "provider", email: "admin@" + o.Host, username: "admin", token: o.Token, scopes: allScopes(), minimal: true}, at)
	return w
}

// newTenant says what a new tenant is like.
type newTenant struct {
	org, name, email, username, token string
	scopes                            []string
	minimal                           bool // the user was made as by a signup
}

// addTenant makes a tenant with everything that 3scale gives it: the product API with
// its backend and plans, an account plan, an account with an application, the
// default portal.
func (s *Server) addTenant(n newTenant, at time.Time) (*tenant, *token) {
	next := s.world.next
	t := &tenant{
		stamps: born(at), ID: next("account"), OrgName: n.org, AdminDomain: n.name + "-admin." + s.opts.Host, Domain: n.name + "." + s.opts.Host,
		Timezone: "UTC", State: "approved", AdminEmail: n.email, Contact: contact{AccessCode: ptr(randomHex(5))}, Settings: newSettings(),
	}
	tok := &token{ID: next("token"), Name: "Administration", Scopes: n.scopes, Permission: "rw", Value: n.token}
	t.Tokens.add(tok)
	t.Users.add(&user{stamps: born(at), ID: next("user"), State: "active", Role: "admin", Fields: map[string]string{"username": n.username, "email": n.email}, Password: true, Minimal: n.minimal})
	next("user") // 3scale's own, who is never shown
	s.seedFields(t, at)
	s.seedProduct(t, at)
	s.seedPlans(t, at)
	s.seedAccount(t, at)
	s.seedPortal(t, at)
	s.world.mu.Lock()
	s.world.Tenants = append(s.world.Tenants, t)
	s.world.mu.Unlock()
	return t, tok
}

// seedProduct makes the product API, which uses the backend API Backend.
func (s *Server) seedProduct(t *tenant, at time.Time) {
	b := &backend{State: "published", Name: ptr("API Backend"), SystemName: "api", Description: ptr("Backend of API"), PrivateEndpoint: ptr("https://echo-api.3scale.net:443")}
	p := &product{State: "incomplete", Name: ptr("API"), SystemName: "api", DeploymentOption: ptr("hosted"), PlanPermission: ptr("request")}
	for i, f := range productFlags() {
		p.Flags[i] = ptr(f.initial)
	}
	t.addProduct(s, p, "1", at)
	t.addBackend(s, b, at)
	p.TokenAt = at
	p.Usages = []*usage{{ID: s.world.next("usage"), BackendID: b.ID, Path: "/"}}
	p.DefaultServicePlan = p.ServicePlans[0].ID
}

// seedPlans makes the plans that come with the sample data.
func (s *Server) seedPlans(t *tenant, at time.Time) {
	account := newPlan(s.world.next("plan"), planAccount, t.ID, "Default", "default", at)
	t.AccountPlans.add(account)
	t.DefaultAccount = account.ID
	p := t.Products.rows[0]
	for _, name := range []string{"Basic", "Unlimited"} {
		x := newPlan(s.world.next("plan"), planApplication, p.ID, name, slug(name), at)
		x.State = "published"
		p.AppPlans = append(p.AppPlans, x)
	}
	p.DefaultAppPlan = p.AppPlans[0].ID
	for _, name := range []string{"Unlimited Greetings", "24/7 support", "Unlimited calls"} {
		p.Features = append(p.Features, &feature{stamps: born(at), ID: s.world.next("feature"), Name: ptr(name), SystemName: slug(name), Scope: planApplication.class()})
		p.AppPlans[1].Features = append(p.AppPlans[1].Features, p.Features[len(p.Features)-1].ID)
	}
	p.AppPlans[0].Features = []int64{p.Features[0].ID}
	t.reindex()
}

// seedFields defines the fields that 3scale comes with.
func (s *Server) seedFields(t *tenant, at time.Time) {
	for _, f := range []field{
		{Target: "Account", Name: "org_name", Label: "Organization/Group Name", Required: true, Position: 1},
		{Target: "User", Name: "username", Label: "Username", Required: true, Position: 1},
		{Target: "User", Name: "email", Label: "Email", Required: true, Position: 2},
		{Target: "Cinstance", Name: "name", Label: "Name", Required: true, Position: 1},
		{Target: "Cinstance", Name: "description", Label: "Description", Position: 2},
	} {
		f.ID, f.stamps = s.world.next("field"), born(at)
		t.Fields.add(&f)
	}
}

// echoAPI is the API description of the sample data.
//
//go:embed echo_api.json
var echoAPI string

// seedAccount makes the account Developer with an application of the product API,
// and the sample API description.
func (s *Server) seedAccount(t *tenant, at time.Time) {
	c := &call{server: s, tenant: t, now: at}
	p := t.Products.rows[0]
	a := &account{stamps: born(at), State: "approved", Billing: true, Charging: true, Fields: map[string]string{"org_name": "Developer"}}
	name, host, _ := strings.Cut(t.AdminEmail, "@")
	a.Users = []*user{{stamps: born(at), State: "active", Role: "admin", Fields: map[string]string{"username": "john", "email": name + "+test@" + host, "first_name": "John", "last_name": "Doe"}, Password: true, Minimal: true}}
	c.addAccount(a, []*plan{t.AccountPlans.rows[0], p.ServicePlans[0], p.AppPlans[0]}, "Developer's App", "Default application created on signup.")
	t.ActiveDocs.add(&activeDoc{stamps: born(at), ID: s.world.next("active_doc"), Name: ptr("Echo"), SystemName: "echo", Published: ptr(true), SkipChecks: ptr(false), Body: ptr(echoAPI), ProductID: ptr(p.ID)})
}
