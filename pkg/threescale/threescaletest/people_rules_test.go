package threescaletest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

const john = "accounts/3/users/4"

func TestUsersOfAccounts(t *testing.T) {
	t.Parallel()
	a := started(t)
	run(t, a, []probe{
		// Passwords are checked only when people choose them themselves.
		{post, "accounts/3/users.json", `{"username":"  jane  ","email":"jane@example.com","password":"x"}`, 201, `user.username = "jane"`},
		{put, john + "/member.json", "", 403, `{"status":"Forbidden"}`},
		{put, john + "/admin.json", "", 403, `{"status":"Forbidden"}`},
		{remove, john + ".json", "", 403, `{"errors":{"base":["Can't delete last admin"]}}`},
		{put, john + "/activate.json", "", 200, `user.state = "active"`},
		// The address of a user who came with a signup may be anything.
		{put, john + ".json", `{"email":"nowhere at all"}`, 200, `user.email = "nowhere at all"`},
		{put, john + ".json", `{"email":"here"}`, 422, `{"errors":{"email":["is too short (minimum is 6 characters)"]}}`},
		{post, "accounts/3/users.json", `{"username":"joe","email":"not at all"}`, 422, `{"errors":{"email":["should look like an email address"]}}`},
		{post, "accounts/3/users.json", `{"username":"joe","email":"` + strings.Repeat("j", 250) + `@example.com"}`, 422, `{"errors":{"email":["is too long (maximum is 255 characters)"]}}`},
		{post, "accounts/3/users.json", `{"username":"jane","email":"other@example.com"}`, 422, `{"errors":{"username":["has already been taken"]}}`},
	})
}

func TestUsersOfTheTenant(t *testing.T) {
	t.Parallel()
	a := started(t)
	run(t, a, []probe{
		{put, "users/2/member.json", "", 403, `{"status":"Forbidden"}`},
		{remove, "users/2.json", "", 403, `{"status":"Forbidden"}`},
		{put, "users/2/activate.json", "", 422, `{"errors":{"state":["cannot transition via \"activate\""]}}`},
		// Names of the tenant's own users and those of its accounts' are apart.
		{post, "users.json", `{"username":"john","email":"second@example.com"}`, 201, `user.state = "pending"`},
		{post, "users.json", `{"username":"admin","email":"third@example.com"}`, 422, `{"errors":{"username":["has already been taken"]}}`},
	})
}

func TestFieldsAreRequiredAtSignupOnly(t *testing.T) {
	t.Parallel()
	a := started(t)
	const signup = `"username":"someone","email":"someone@example.com","password":"correct horse battery"`
	run(t, a, []probe{
		{post, "fields_definitions.json", `{"target":"Account","name":"cost_centre","label":"Cost centre","required":true,"choices":["a","b"]}`, 201, `fields_definition.position = 2`},
		{post, "fields_definitions.json", `{"target":"User","name":"first_name","label":"First","required":true}`, 201, ""},
		{post, "signup.json", `{"org_name":"Some",` + signup + `}`, 422, `{"errors":{"users":["invalid"],"cost_centre":["can't be blank"],"first_name":["can't be blank"]}}`},
		{post, "signup.json", `{"name":"Some","cost_centre":"c","first_name":"S",` + signup + `}`, 201, `account.org_name = "Some"`},
		{put, "accounts/3.json", `{"cost_centre":"z"}`, 200, `account.cost_centre = "z"`},
		{post, "accounts/3/users.json", `{"username":"jane","email":"jane@example.com"}`, 201, ""},
	})
}

func TestFieldDefinitions(t *testing.T) {
	t.Parallel()
	a := started(t)
	var ids []string
	for _, name := range []string{"one", "two", "three"} {
		ids = append(ids, a.make(t, "/admin/api/fields_definitions.json", map[string]any{"target": "Account", "name": name, "label": name}))
	}
	run(t, a, []probe{
		{post, "fields_definitions.json", `{"target":"Account","name":"vat_zero_text","label":"x"}`, 422, `{"errors":{"name":["Field name is not allowed"]}}`},
		{post, "fields_definitions.json", `{"target":"Cinstance","name":"user_key","label":"x"}`, 422, `{"errors":{"name":["Field name is not allowed"]}}`},
		{post, "fields_definitions.json", `{"target":"User","name":"user_key","label":"x"}`, 201, ""},
		{post, "fields_definitions.json", `{"target":"User","name":"send","label":"x"}`, 422, `{"errors":{"name":["is reserved"]}}`},
		{post, "fields_definitions.json", `{"target":"Account","name":"billing_address","label":"x"}`, 422, `{"errors":{"read_only":["billing_address has to be read_only"]}}`},
		{post, "fields_definitions.json", `{"target":"Account","name":"vat_rate","label":"x","choices":["1"]}`, 422, `{"errors":{"choices":["are not allowed for decimal fields"]}}`},
		{put, "fields_definitions/" + ids[2] + ".json", `{"position":2}`, 200, `fields_definition.position = 2`},
		{get, "fields_definitions/" + ids[0] + ".json", "", 200, `fields_definition.position = 3`},
		{get, "fields_definitions/" + ids[1] + ".json", "", 200, `fields_definition.position = 4`},
		{remove, "fields_definitions/" + ids[0] + ".json", "", 200, ""},
		{get, "fields_definitions/" + ids[1] + ".json", "", 200, `fields_definition.position = 3`},
		// The target cannot change, whatever the answer says.
		{put, "fields_definitions/" + ids[1] + ".json", `{"target":"User"}`, 200, `fields_definition.target = "User"`},
		{get, "fields_definitions/" + ids[1] + ".json", "", 200, `fields_definition.target = "Account"`},
	})
}

func TestAccountsAttributesAreOpen(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "accounts/3.json", `{"name":"Renamed"}`, 200, `account.org_name = "Renamed"`},
		{put, "accounts/3.json", `{"state_event":"approve"}`, 422, `{"errors":{"state_event":["cannot transition when approved"]}}`},
		{put, "accounts/3.json", `{"state_event":"bogus"}`, 422, `{"errors":{"state_event":["invalid"]}}`},
		{put, "accounts/3.json", `{"state_event":"make_pending"}`, 200, `account.state = "pending"`},
		{put, "accounts/3.json", `{"billing_address":"here"}`, 422, `error.errors = "Billing address is not correctly set"`},
		{put, "accounts/3.json", `{"billing_address":"here"}`, 422, `error.object.account.id = 3`},
		{put, "accounts/3.json", `{"state":"moon"}`, 422, `{"errors":{"state":["invalid"]}}`},
		{put, "accounts/3.json", `{"state":"approved"}`, 200, `account.state = "approved"`},
	})
}

func TestApplicationCredentials(t *testing.T) {
	t.Parallel()
	a := started(t)
	long := strings.Repeat("k", 257)
	app := a.make(t, "/admin/api/accounts/3/applications.json", map[string]any{"plan_id": 7, "name": "one", "user_key": "my-own-key-0001", "redirect_url": "  https://app.example.com  "})
	run(t, a, []probe{
		{post, "accounts/3/applications.json", `{"plan_id":7,"user_key":""}`, 422, `{"errors":{"user_key":["invalid"]}}`},
		{put, "accounts/3/applications/" + app + ".json", `{"user_key":""}`, 422, `{"errors":{"user_key":["invalid"]}}`},
		{put, "accounts/3/applications/" + app + ".json", `{"user_key":null,"name":"two"}`, 200, `application.user_key = "my-own-key-0001"`},
		{post, "accounts/3/applications.json", `{"plan_id":7,"user_key":"` + long + `"}`, 422, `{"errors":{"user_key":["is too long (maximum is 256 characters)","is too long (maximum is 256 characters)"]}}`},
		{post, "accounts/3/applications.json", `{"plan_id":7,"application_id":"a b"}`, 422, `{"errors":{"application_id":["invalid","is too short (minimum is 4 characters)"]}}`},
		{post, "accounts/3/applications.json", `{"plan_id":7,"name":"` + long + `"}`, 422, `{"errors":{"name":["is too long (maximum is 255 characters)"]}}`},
		{post, "accounts/3/applications.json", `{"plan_id":7,"application_key":["ok-key","no","a b c d"]}`, 422, `{"errors":{"application_keys":["invalid","invalid"]}}`},
		{post, "accounts/3/applications.json", `{"plan_id":7,"application_key":["key-01","key-02","key-03","key-04","key-05","key-06"]}`, 422, `{"errors":{"application_keys":["invalid","invalid","invalid","invalid","invalid","invalid"]}}`},
		{get, "accounts/3/applications/find.json?user_key=my-own-key-0001", "", 200, ""},
		{get, "accounts/3/applications/find.json?application_id=" + app, "", 404, ""},
		{get, "applications/find.json?application_id=" + app, "", 200, ""},
		{get, "applications.json?plan_type=paid", "", 200, `applications = []`},
		{get, "applications.json?active_since=2020-01-01", "", 200, `applications = []`},
		{get, "accounts/3/application_plans.json", "", 200, `plans.0.application_plan.id = 7`},
		{get, "accounts/3/service_plans.json", "", 200, `plans.0.service_plan.id = 5`},
	})
}

func TestTokensExpireInTheFuture(t *testing.T) {
	t.Parallel()
	c := newClock()
	a := apiOf(threescaletest.Start(t, threescaletest.Options{Now: c.Now}))
	const message = `{"errors":{"expires_at":["Date must follow ISO8601 format and be future. Example: 2026-11-30T07:40:00Z"]}}`
	run(t, a, []probe{
		{post, "personal/access_tokens.json", `{"name":"t","permission":"ro","scopes":["stats"],"expires_at":"2026-01-01T00:00:00Z"}`, 422, message},
		{post, "personal/access_tokens.json", `{"name":"t","permission":"ro","scopes":["stats"],"expires_at":"soon"}`, 422, message},
		{post, "personal/access_tokens.json", `{"name":"t","permission":"ro","scopes":["stats"],"expires_at":""}`, 201, `access_token.expires_at = null`},
	})
	v := a.must(t, 201, post, "/admin/api/personal/access_tokens.json", map[string]any{"name": "t", "permission": "ro", "scopes": []string{"account_management"}, "expires_at": "2026-11-23T08:40:00Z"})
	value := fmt.Sprint(at(t, v, "access_token.value"))
	a.as(value, "").must(t, 200, get, "/admin/api/services.json", nil)
	c.advance(61 * time.Minute)
	a.as(value, "").must(t, 403, get, "/admin/api/services.json", nil)
}

func TestMessagesNeedASubject(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{post, "accounts/3/messages.json", `{"body":"there"}`, 422, `{"error":{"from":"unsent","event":"deliver","error":"Subject can't be blank","object":{"message":{"body":"there","state":"unsent"}}}}`},
		{post, "accounts/3/messages.json", "", 500, ""},
	})
}

func TestStatisticsOfResponseCodes(t *testing.T) {
	t.Parallel()
	a := started(t)
	v := a.must(t, 200, get, "/stats/services/2/usage_response_code.json?response_code=404&period=day", nil)
	if at(t, v, "response_code.code") != "404" || at(t, v, "total") != 0.0 || len(at(t, v, "values").([]any)) != 25 {
		t.Errorf("codes of a product: %v", v)
	}
	v = a.must(t, 200, get, "/stats/applications/5/usage_response_code.json?response_code=2XX&since=2026-11-01&until=2026-11-02&granularity=day", nil)
	if at(t, v, "application.id") != 5.0 || len(at(t, v, "values").([]any)) != 2 {
		t.Errorf("codes of an application: %v", v)
	}
	a.must(t, 400, get, "/stats/services/2/usage_response_code.json?period=day", nil)
	a.must(t, 500, get, "/stats/services/2/usage.json?metric_name=hits&period=day&timezone=Moon", nil)
	a.must(t, 200, get, "/stats/services/2/usage.json?metric_name=hits&period=day&timezone=Berlin", nil)
}

func TestFieldsOfTheSampleAccount(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{post, "fields_definitions.json", `{"target":"Account","name":"org_legaladdress","label":"Legal Address"}`, 201, ""},
		{post, "fields_definitions.json", `{"target":"Account","name":"city","label":"City"}`, 201, ""},
		{post, "fields_definitions.json", `{"target":"User","name":"first_name","label":"First"}`, 201, ""},
		{get, "accounts/3.json", "", 200, `account.org_legaladdress = ""`},
		{get, "accounts/3.json", "", 200, `account.city = null`},
		{get, john + ".json", "", 200, `user.first_name = "John"`},
	})
}
