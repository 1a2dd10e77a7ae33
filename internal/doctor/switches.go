package doctor

import (
	"context"
	"net/http"
	"strconv"

	"example.com/maasctl/internal/transport"
)

// switches looks at what a tenant may be denied as a whole, by its plan. 3scale answers 403 without naming a scope then.
func (t *tenant) switches(ctx context.Context) {
	accountPlans, servicePlans, signIns := t.uses()
	for _, s := range []struct {
		name, path, what string
		used             bool
	}{
		{"account_plans", "/admin/api/account_plans.json", "account plans", accountPlans},
		{"service_plans", "/admin/api/service_plans.json", "service plans", servicePlans},
		{"iam_tools", "/admin/api/authentication_providers.json", "sign-in by Keycloak or Auth0", signIns},
	} {
		err := t.get(ctx, s.path, nil)
		status, do := Note, "the document has none"
		if s.used {
			status, do = Problem, "the document needs it: have the tenant's plan changed in the master portal"
		}
		switch {
		case err == nil:
			t.add("switch "+s.name, OK, s.what+" can be read", "")
		case transport.Is(err, http.StatusForbidden):
			t.add("switch "+s.name, status, s.what+" are denied to the tenant", do)
		default:
			t.add("switch "+s.name, status, err.Error(), do)
		}
	}
}

// uses tells which of the switches the document needs.
func (t *tenant) uses() (accountPlans, servicePlans, signIns bool) {
	for _, p := range t.doc.Products {
		servicePlans = servicePlans || !p.Value.Absent && len(p.Value.ServicePlans) > 0
	}
	if a := t.doc.Accounts; a != nil {
		servicePlans = servicePlans || a.Subscribe != ""
		for _, account := range a.Accounts {
			accountPlans = accountPlans || account.Value.Plan != nil
			servicePlans = servicePlans || len(account.Value.Subscribe) > 0
		}
	}
	if t.doc.Tenant != nil {
		for _, s := range t.doc.Tenant.SignIn {
			signIns = signIns || !s.Value.Absent && s.Value.Kind != "github" // which needs the switch branding
		}
	}
	return accountPlans, servicePlans, signIns
}

// master looks at the master account, by which alone the tenant's organization and time zone can be set.
func (t *tenant) master(ctx context.Context) {
	const name = "master token"
	said, wanted := t.doc.ThreeScale.Master, t.doc.Tenant
	if said == nil {
		if wanted != nil && (wanted.Organization != nil || wanted.Timezone != nil) {
			t.add(name, Note, "the document has no threescale.master", "organization and time zone of the tenant stay manual steps")
		}
		return
	}
	var provider struct {
		Account struct {
			ID int64 `json:"id"`
		} `json:"account"`
	}
	if err := t.get(ctx, "/admin/api/provider.json", &provider); err != nil {
		t.add(name, Note, "the tenant's number can't be read: "+err.Error(), "")
		return
	}
	t.opts.Redactor.Add(said.Token.Reveal())
	opts := t.opts
	opts.Authorize = basic(said.Token)
	portal := probe{said.URL, transport.New(opts)}
	err := portal.get(ctx, "/master/api/providers/"+strconv.FormatInt(provider.Account.ID, 10)+".json", nil)
	switch {
	case err == nil:
		t.add(name, OK, "the master account shows the tenant", "")
	case transport.Is(err, http.StatusUnauthorized, http.StatusForbidden):
		t.add(name, Refused, "the master account refuses the token: "+err.Error(), "make a token of the master account with the scope Account Management API")
	default:
		t.add(name, Problem, err.Error(), "check threescale.master.url: it is the master account's admin portal")
	}
}
