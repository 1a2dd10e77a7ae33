package threescale_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

func TestSettingsRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["CODE"] = "open-sesame"
	for _, said := range []struct{ document, settings, provider string }{
		{
			`tenant: {useraccountareaEnabled: false, hideService: true, signupsEnabled: false, accountApprovalRequired: true, strongPasswordsEnabled: true,
				publicSearch: true, accountPlansUiVisible: true, changeAccountPlanPermission: direct, servicePlansUiVisible: true, changeServicePlanPermission: none,
				fromEmail: maas@example.com, supportEmail: help@example.com, financeSupportEmail: money@example.com, accessCode: "${env:CODE}"}`,
			`{"useraccountarea_enabled":false,"hide_service":true,"signups_enabled":false,"account_approval_required":true,"strong_passwords_enabled":true,
				"public_search":true,"account_plans_ui_visible":true,"change_account_plan_permission":"direct","service_plans_ui_visible":true,
				"change_service_plan_permission":"none","enforce_sso":false}`,
			`{"from_email":"maas@example.com","support_email":"help@example.com","finance_support_email":"money@example.com","site_access_code":"open-sesame"}`,
		},
		{
			`tenant: {useraccountareaEnabled: true, hideService: false, signupsEnabled: true, accountApprovalRequired: false, strongPasswordsEnabled: false,
				publicSearch: false, accountPlansUiVisible: false, changeAccountPlanPermission: request, servicePlansUiVisible: false, changeServicePlanPermission: request,
				fromEmail: other@example.com, supportEmail: sos@example.com, financeSupportEmail: cash@example.com, accessCode: ""}`,
			`{"useraccountarea_enabled":true,"hide_service":false,"signups_enabled":true,"account_approval_required":false,"strong_passwords_enabled":false,
				"public_search":false,"account_plans_ui_visible":false,"change_account_plan_permission":"request","service_plans_ui_visible":false,
				"change_service_plan_permission":"request","enforce_sso":false}`,
			`{"from_email":"other@example.com","support_email":"sos@example.com","finance_support_email":"cash@example.com","site_access_code":""}`,
		},
	} {
		tn.reach(said.document)
		tn.same(said.settings, any(tn.call("GET", "/settings", nil)), "settings")
		provider := tn.call("GET", "/provider", nil)
		some := map[string]any{}
		for _, name := range attributesOf(said.provider) {
			some[name] = provider[name]
		}
		if some["site_access_code"] == nil {
			some["site_access_code"] = "" // 3scale leaves out what is null
		}
		tn.same(said.provider, any(some), "provider")
	}
}

// What isn't named stays as it is: no access code is taken away, no setting reset.
func TestSettingsNotNamedStay(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	before := tn.state()
	p := tn.reach(`tenant: {signupsEnabled: true}`)
	if len(p.Changes) > 0 {
		t.Errorf("planned: %v", actions(p))
	}
	if at(tn.state(), "provider", "site_access_code") != at(before, "provider", "site_access_code") {
		t.Error("the access code has changed")
	}
}

// byHost lets requests to any host reach the stand-in, which tells its tenants apart by the Host header.
func (tn *tenant) byHost() {
	address := strings.TrimPrefix(tn.URL, "http://")
	wire := http.DefaultTransport.(*http.Transport).Clone()
	wire.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	tn.config.Transport.Base = wire
}

func TestOrganizationAndTimezone(t *testing.T) {
	t.Parallel()
	const text = `tenant: {organization: MaaS on RHOAI, timezone: Berlin}`
	tn := newTenant(t, threescaletest.Options{})

	p := tn.plan(tn.document(text)) // without a master token: work for a person, and no reason for an exit code
	if !p.Empty || len(p.Manual) != 2 {
		t.Errorf("without a master token: %d changes, manual %+v", len(p.Changes), p.Manual)
	}
	for _, m := range p.Manual {
		if !strings.Contains(m.Why, "needs threescale.master") || !strings.Contains(m.Why, "Account Settings") || m.Source == nil {
			t.Errorf("a manual step that doesn't say what to do: %+v", m)
		}
	}

	tn.byHost()
	tn.config.MasterURL, tn.config.MasterToken = "http://"+tn.MasterDomain(), secret.New("", tn.MasterToken())
	p = tn.reach(text)
	if len(p.Manual) > 0 {
		t.Errorf("manual steps with a master token: %+v", p.Manual)
	}
	provider := tn.call("GET", "/provider", nil)
	if provider["org_name"] != "MaaS on RHOAI" {
		t.Errorf("the organization is %v", provider["org_name"])
	}
	if created, _ := provider["created_at"].(string); !strings.HasSuffix(created, "+01:00") && !strings.HasSuffix(created, "+02:00") {
		t.Errorf("times are not Berlin's: %v", created)
	}
	tn.reach(`tenant: {organization: Another, timezone: UTC}`)
	if org := tn.call("GET", "/provider", nil)["org_name"]; org != "Another" {
		t.Errorf("the organization is %v", org)
	}
}

func TestSignInRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["ONE"], tn.variables["TWO"] = "first-secret", "second-secret"
	tn.reach(`
tenant:
  signIn:
    sso: {kind: keycloak, name: Company, site: "https://sso.example.com/realms/one", clientId: portal, clientSecret: "${env:ONE}",
          published: true, automaticallyApproveAccounts: true}
    hub: {kind: github, clientId: hub, clientSecret: "${env:ONE}"}
`)
	tn.expect(`{"kind":"keycloak","name":"Company","client_id":"portal","client_secret":"given","site":"@/realms/one","published":true,
		"automatically_approve_accounts":true,"trust_email":false}`, "sign_in", "sso")
	p := tn.reach(`
tenant:
  signIn:
    sso: {kind: keycloak, name: Other, site: "https://sso.example.com/realms/two", clientId: other, clientSecret: "${env:TWO}",
          published: false, automaticallyApproveAccounts: false, skipSslCertificateVerification: true}
`)
	if len(p.Manual) != 1 || !strings.Contains(p.Manual[0].Why, "on create only") {
		t.Errorf("a sign-in's name can't change by the API: %+v", p.Manual)
	}
	tn.expect(`{"kind":"keycloak","name":"Company","client_id":"other","client_secret":"given","site":"@/realms/two","published":false,
		"automatically_approve_accounts":false,"trust_email":false}`, "sign_in", "sso")
	secrets := map[any]any{}
	for _, a := range tn.list("/authentication_providers") {
		secrets[a["system_name"]] = a["client_secret"]
	}
	if secrets["sso"] != "second-secret" || secrets["hub"] != "first-secret" {
		t.Error("the sign-ins don't have their secrets")
	}
	if p = tn.reach(`tenant: {signIn: {hub: {absent: true}}}`); len(p.Manual) == 0 {
		t.Error("deleting a sign-in is a manual step")
	}
}
