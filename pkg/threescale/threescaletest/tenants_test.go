package threescaletest_test

import (
	"fmt"
	"net/http"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// newTenant lets the master account make a tenant and returns a client of it.
func newTenant(t *testing.T, s *threescaletest.Running, org string) (*api, string) {
	t.Helper()
	master := apiOf(s).as(s.MasterToken(), s.MasterDomain())
	v := master.must(t, 201, http.MethodPost, "/master/api/providers.json", map[string]any{"org_name": org, "username": "admin", "email": "admin@example.com", "password": "secret-password"})
	host, token := at(t, v, "signup.account.admin_domain"), at(t, v, "signup.access_token.value")
	return apiOf(s).as(fmt.Sprint(token), fmt.Sprint(host)), fmt.Sprint(at(t, v, "signup.account.id"))
}

func TestTenantsLiveSideBySide(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	first := apiOf(s)
	second, _ := newTenant(t, s, "Team A")
	if second.host != "team-a-admin.example.com" {
		t.Errorf("the new tenant is at %s", second.host)
	}
	first.make(t, "/admin/api/services.json", map[string]any{"name": "Only here", "system_name": "only-here"})
	second.make(t, "/admin/api/services.json", map[string]any{"name": "Only there", "system_name": "only-here"})
	v := second.must(t, 200, http.MethodGet, "/admin/api/services.json", nil)
	if name := at(t, v, "services.1.service.name"); name != "Only there" || at(t, v, "services.2") != nil {
		t.Errorf("the second tenant's products: %v", v)
	}
	first.as(s.Token, "team-a-admin.example.com").must(t, 403, http.MethodGet, "/admin/api/services.json", nil)
	first.as(s.Token, "nobody-admin.example.com").must(t, 404, http.MethodGet, "/admin/api/services.json", nil)
	first.as(s.Token, "team-a.example.com").must(t, 403, http.MethodGet, "/admin/api/services.json", nil)
	third, _ := newTenant(t, s, "Team A")
	if third.host != "team-a-2-admin.example.com" {
		t.Errorf("the next of that name is at %s", third.host)
	}
}

func TestNewTenantHasWhatEveryTenantHas(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a, _ := newTenant(t, s, "Team A")
	for path, want := range map[string]string{
		"/admin/api/services.json": "services.0.service.system_name=api", "/admin/api/backend_apis.json": "backend_apis.0.backend_api.system_name=api",
		"/admin/api/application_plans.json": "plans.1.application_plan.system_name=unlimited", "/admin/api/accounts.json": "accounts.0.account.org_name=Developer",
		"/admin/api/accounts/find.json?username=john": "account.org_name=Developer",
		"/admin/api/cms/templates.json?type=layout":   "collection.0.system_name=main_layout", "/admin/api/active_docs.json": "api_docs.0.api_doc.system_name=echo",
	} {
		v := a.must(t, 200, http.MethodGet, path, nil)
		for i := range want {
			if want[i] == '=' {
				if got := fmt.Sprint(at(t, v, want[:i])); got != want[i+1:] {
					t.Errorf("%s: %s is %s, want %s", path, want[:i], got, want[i+1:])
				}
			}
		}
	}
	a.must(t, 403, http.MethodGet, "/stats/services/2/usage.json?metric_name=hits&period=day", nil)
}

func TestTenantIsSuspendedAndResumed(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a, id := newTenant(t, s, "Team A")
	master := apiOf(s).as(s.MasterToken(), s.MasterDomain())
	master.must(t, 200, http.MethodPut, "/master/api/providers/"+id+".json", map[string]any{"state_event": "suspend"})
	a.must(t, 403, http.MethodGet, "/admin/api/services.json", nil)
	master.must(t, 200, http.MethodPut, "/master/api/providers/"+id+".json", map[string]any{"state_event": "resume", "timezone": "Berlin"})
	v := a.must(t, 200, http.MethodGet, "/admin/api/provider.json", nil)
	if at := fmt.Sprint(at(t, v, "account.created_at")); at[len(at)-6:] != "+01:00" && at[len(at)-6:] != "+02:00" {
		t.Errorf("times are written like %s, want the offset of Berlin", at)
	}
	master.as("nope", s.MasterDomain()).must(t, 401, http.MethodGet, "/master/api/providers/"+id+".json", nil)
	a.must(t, 404, http.MethodGet, "/master/api/providers/"+id+".json", nil)
}

func TestTokensAreLimitedByScopeAndPermission(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a := apiOf(s)
	token := func(permission string, scopes ...string) *api {
		v := a.must(t, 201, http.MethodPost, "/admin/api/personal/access_tokens.json", map[string]any{"name": "x", "permission": permission, "scopes": scopes})
		return a.as(fmt.Sprint(at(t, v, "access_token.value")), "")
	}
	reader, cms, registry, stats := token("ro", "account_management"), token("rw", "cms"), token("rw", "policy_registry"), token("rw", "stats")
	reader.must(t, 200, http.MethodGet, "/admin/api/services.json", nil)
	reader.must(t, 403, http.MethodPost, "/admin/api/services.json", map[string]any{"name": "granite"})
	reader.must(t, 422, http.MethodPost, "/admin/api/services.json", map[string]any{"name": ""})
	reader.must(t, 404, http.MethodDelete, "/admin/api/services/99.json", nil)
	reader.must(t, 403, http.MethodPut, "/admin/api/settings.json", map[string]any{"signups_enabled": false})
	cms.must(t, 200, http.MethodGet, "/admin/api/cms/sections.json", nil)
	cms.must(t, 403, http.MethodGet, "/admin/api/services.json", nil)
	registry.must(t, 200, http.MethodGet, "/admin/api/registry/policies.json", nil)
	registry.must(t, 200, http.MethodGet, "/admin/api/services/2/proxy/policies.json", nil)
	registry.must(t, 403, http.MethodGet, "/admin/api/services/2/proxy.json", nil)
	reader.must(t, 403, http.MethodGet, "/admin/api/registry/policies.json", nil)
	stats.must(t, 200, http.MethodGet, "/stats/services/2/usage.json?metric_name=hits&period=day", nil)
	if v := a.must(t, 200, http.MethodGet, "/admin/api/settings.json", nil); at(t, v, "settings.signups_enabled") != true {
		t.Error("a token that may only read changed a setting")
	}
}

func TestTenantTakesWhateverIsSent(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a, id := newTenant(t, s, "Team A")
	master := apiOf(s).as(s.MasterToken(), s.MasterDomain())
	path := "/master/api/providers/" + id + ".json"
	change := func(status int, body map[string]any) any {
		t.Helper()
		return master.must(t, status, http.MethodPut, path, body)
	}
	change(400, map[string]any{})
	change(200, map[string]any{"unknown": 1})
	v := change(422, map[string]any{"state_event": "resume"})
	if m := at(t, v, "errors.account.0"); m != "State event cannot transition when approved" {
		t.Errorf("the message is %v", m)
	}
	v = change(200, map[string]any{"state_event": "schedule_for_deletion"})
	if at(t, v, "signup.account.deletion_date") == nil {
		t.Errorf("there is no date of deletion in %v", v)
	}
	v = change(200, map[string]any{"support_email": "help@example.com", "from_email": "new@example.com"})
	if at(t, v, "signup.account.support_email") != "help@example.com" || at(t, v, "signup.account.from_email") == "new@example.com" {
		t.Errorf("of a tenant that is to be deleted another address changes: %v", v)
	}
	a.must(t, 403, http.MethodGet, "/admin/api/services.json", nil)
	if got := master.must(t, 200, http.MethodGet, "/admin/api/accounts.json?state=approved", nil); len(at(t, got, "accounts").([]any)) != 1 {
		t.Errorf("approved tenants: %v", got)
	}
}
