package threescaletest_test

import (
	"strings"
	"testing"
)

func TestPlansThatColumnsCannotHold(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "services/2/application_plans/7.json", `{"description":"` + strings.Repeat("d", 65536) + `"}`, 422, `{"errors":{"description":["is too long (maximum is 65535 characters)"]}}`},
		{put, "services/2/application_plans/7.json", `{"approval_required":null}`, 500, ""},
		{put, "services/2/application_plans/7.json", `{"trial_period_days":99999999999}`, 500, ""},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":1e20}`, 500, ""},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":1e20,"name":""}`, 422, `{"errors":{"name":["can't be blank"]}}`},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":"1."}`, 422, `{"errors":{"cost_per_month":["is not a number"]}}`},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":"0x1F"}`, 422, `{"errors":{"cost_per_month":["is not a number"]}}`},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":" .5 "}`, 200, `application_plan.cost_per_month = 0.5`},
		{put, "services/2/application_plans/7.json", `{"cost_per_month":"1e2"}`, 200, `application_plan.cost_per_month = 100`},
		{put, "services/2/application_plans/7.json", `{"trial_period_days":null}`, 200, `application_plan.trial_period_days = 0`},
		{put, "account_plans/6.json", `{"approval_required":""}`, 500, ""},
	})
}

func TestPlanWithACustomVersionInUseStays(t *testing.T) {
	t.Parallel()
	a := started(t)
	app := a.make(t, "/admin/api/accounts/3/applications.json", map[string]any{"plan_id": 8, "name": "one"})
	run(t, a, []probe{
		{put, "accounts/3/applications/" + app + "/customize_plan.json", "", 200, `application_plan.custom = true`},
		{remove, "services/2/application_plans/8.json", "", 403, `{"errors":{"base":["This application plan cannot be deleted!  At least one customized version of this application plan exists."]}}`},
		{put, "accounts/3/applications/" + app + "/decustomize_plan.json", "", 200, `application_plan.id = 8`},
	})
}

func TestFeaturesOfTheSampleProduct(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{get, "services/2/features.json", "", 200, `features.1.feature.system_name = "24_7_support"`},
		{get, "services/2/features.json", "", 200, `features.2.feature.name = "Unlimited calls"`},
		{get, "application_plans/7/features.json", "", 200, `features.0.feature.name = "Unlimited Greetings"`},
		{get, "application_plans/7/features.json", "", 200, `features.1 = null`},
		{get, "application_plans/8/features.json", "", 200, `features.2.feature.id = 3`},
		{get, "accounts/3/users.json", "", 200, `users.0.user.email = "admin+test@example.com"`},
	})
}

func TestFeaturesCanBeHidden(t *testing.T) {
	t.Parallel()
	a := started(t)
	f := a.make(t, "/admin/api/services/2/features.json", map[string]any{"name": "Extra", "visible": false})
	run(t, a, []probe{
		{get, "services/2/features/" + f + ".json", "", 200, `feature.visible = false`},
		{put, "services/2/features/" + f + ".json", `{"visible":true}`, 200, `feature.visible = true`},
		{put, "services/2/features/" + f + ".json", `{"visible":null}`, 500, ""},
		{put, "services/2/features/" + f + ".json", `{"system_name":null}`, 422, `{"errors":{"system_name":["can't be blank"]}}`},
		{put, "services/2/features/" + f + ".json", `{"system_name":""}`, 422, `{"errors":{"system_name":["can't be blank","invalid"]}}`},
		{post, "services/2/features.json", `{"feature":null}`, 500, ""},
	})
}

func TestNumbersOfJSONAsText(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "services/2.json", `{"name":12}`, 200, `service.name = "12"`},
		{put, "services/2.json", `{"name":1.50}`, 200, `service.name = "1.5"`},
		{put, "services/2.json", `{"name":1e3}`, 200, `service.name = "1000.0"`},
		{put, "services/2.json", `{"name":1e20}`, 200, `service.name = "1.0e+20"`},
		{put, "services/2.json", `{"name":true}`, 200, `service.name = "t"`},
		{put, "services/2.json", `{"name":["x"],"description":"d"}`, 200, `service.name = "t"`},
	})
}

func TestSettingsThatAreNull(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "settings.json", `{"signups_enabled":null,"public_search":null}`, 200, `settings.signups_enabled = null`},
		{get, "settings.json", "", 200, `settings.public_search = false`},
		{put, "settings.json", `{"tracker_code":"x"}`, 200, `settings.enforce_sso = false`}, // a column that cannot be set
		{put, "settings.json", `{"unknown":"x"}`, 400, ""},
		{put, "provider.json", `{"invoice_footnote":"x"}`, 200, ""},
		{put, "provider.json", `{"billing_address":"x"}`, 400, ""},
		{put, "settings.json", `{"signups_enabled":true}`, 200, `settings.signups_enabled = true`},
	})
}

func TestAddressesOfTheTenant(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "provider.json", `{"support_email":"","from_email":""}`, 200, `account.support_email = "admin@example.com"`},
		{get, "provider.json", "", 200, `account.finance_support_email = "admin@example.com"`},
		{get, "provider.json", "", 200, `account.from_email = ""`},
		{get, "services/2.json", "", 200, `service.support_email = "admin@example.com"`},
	})
}

func TestServiceMeshDeploysToProductionToo(t *testing.T) {
	t.Parallel()
	a := started(t)
	run(t, a, []probe{
		{put, "services/2.json", `{"deployment_option":"service_mesh_istio"}`, 200, ""},
		{post, "services/2/proxy/deploy.json", "", 201, ""},
		{get, "services/2/proxy/configs/production/latest.json", "", 200, `proxy_config.version = 1`},
		{put, "services/2.json", `{"deployment_option":"hosted"}`, 200, ""},
		{patch, "services/2/proxy.json", `{"error_auth_failed":"No"}`, 200, ""},
		{get, "services/2/proxy/configs/sandbox/latest.json", "", 200, `proxy_config.version = 2`},
		{get, "services/2/proxy/configs/production/latest.json", "", 200, `proxy_config.version = 1`},
	})
}

func TestPluginsAreNotDeployedButTheirChains(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{put, "services/2.json", `{"deployment_option":"plugin_ruby"}`, 200, ""},
		{post, "services/2/proxy/deploy.json", "", 201, ""},
		{patch, "services/2/proxy.json", `{"error_auth_failed":"No"}`, 200, ""},
		{get, "services/2/proxy/configs/sandbox.json", "", 200, `proxy_configs = []`},
		{put, "services/2/proxy/policies.json", `{"policies_config":[]}`, 200, ""},
		{get, "services/2/proxy/configs/sandbox/latest.json", "", 200, `proxy_config.version = 1`},
	})
}

func TestPathsOfThePortal(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{post, "cms/sections.json", `{"title":"A","partial_path":"/a b"}`, 422, `{"errors":{"partial_path":["is not a valid URI"]}}`},
		{post, "cms/sections.json", `{"title":"B","partial_path":"//b"}`, 201, `partial_path = "/b"`},
		{post, "cms/templates.json", `{"type":"page","title":"Third","path":"/a b","draft":"x"}`, 422, `{"errors":{"path":["was invalid. Please verify it and save again"]}}`},
		{post, "cms/templates.json", `{"type":"page","title":"Third","path":"terms.html","draft":"x"}`, 422, `{"errors":{"path":["needs to start with a slash ( / )","is reserved"]}}`},
	})
}

func TestAddressesOfSignIns(t *testing.T) {
	t.Parallel()
	const callback = "http://provider.example.com/auth/"
	run(t, started(t), []probe{
		{post, "authentication_providers.json", `{"kind":"auth0","system_name":"zero","client_id":"c","client_secret":"s","site":"https://x.auth0.example.com"}`, 201,
			`authentication_provider.callback_url = "` + callback + `zero/callback, ` + callback + `invitations/auth0/zero/callback"`},
		{post, "authentication_providers.json", `{"kind":"own","system_name":"own","client_id":"c","client_secret":"s","authorize_url":"https://own.example.com/in"}`, 201,
			`authentication_provider.authorize_url = "https://own.example.com/in"`},
		{post, "authentication_providers.json", `{"kind":"third","system_name":"third","client_id":"c","client_secret":"s","site":"https://third.example.com/below"}`, 201,
			`authentication_provider.authorize_url = "https://third.example.com/oauth/authorize?client_id=c&redirect_uri=http%3A%2F%2Fprovider.example.com%2Fauth%2Fthird%2Fcallback&response_type=code&scope"`},
	})
}

func TestVersionsOfDescriptions(t *testing.T) {
	t.Parallel()
	const message = `{"errors":{"body":["Invalid Swagger version"]}}`
	run(t, started(t), []probe{
		{post, "active_docs.json", `{"name":"one","body":"{\"openapi\":3.0}"}`, 422, message},
		{post, "active_docs.json", `{"name":"one","body":"{\"swagger\":true}"}`, 422, message},
		{post, "active_docs.json", `{"name":"one","body":"{\"openapi\":\"4.0.0\"}"}`, 422, message},
		{post, "active_docs.json", `{"name":"one","body":"{\"openapi\":1}"}`, 422, `{"errors":{"body":["JSON Spec is invalid"]}}`},
		{post, "active_docs.json", `{"name":"one","skip_swagger_validations":true,"body":"none"}`, 201, ""},
	})
}

func TestSchemasThatAreNone(t *testing.T) {
	t.Parallel()
	const none = "The property '#/' of type null did not match the following type: object in schema http://apicast.io/policy-v1/schema#"
	run(t, started(t), []probe{
		{post, "registry/policies.json", `{"name":"a","version":"0.1","schema":"{none"}`, 422, `{"errors":{"schema":["can't be blank","` + none + `"],"version":["differs from the schema version"]}}`},
		{post, "registry/policies.json", `{"name":"a","version":"0.1","schema":[1]}`, 500, ""},
		{post, "registry/policies.json", `{"name":"a","version":"0.1","schema":{}}`, 400, ""},
		{post, "registry/policies.json", `{"name":"a","version":"0.1","schema":{"name":"n","version":"0.1","configuration":{},"summary":"s"}}`, 201, ""},
		{put, "registry/policies/a-0.1.json", `{"schema":"{none"}`, 200, `policy.schema.name = "n"`},
	})
}

func TestFormsOfPolicies(t *testing.T) {
	t.Parallel()
	const (
		draft  = " in schema http://json-schema.org/draft-07/schema#"
		parts  = `. The schema specific errors were:\n\n`
		policy = `{"name":"a","version":"0.1","schema":{"name":"n","version":"0.1","summary":"s"`
	)
	run(t, started(t), []probe{
		{post, "registry/policies.json", policy + `,"configuration":"x"}}`, 422,
			`{"errors":{"schema":["The property '#/configuration' of type string did not match one or more of the following types: object, boolean` + draft + `"]}}`},
		{post, "registry/policies.json", policy + `,"configuration":{"properties":{"a":{"required":true}}}}}`, 422,
			`{"errors":{"schema":["The property '#/configuration/properties/a/required' of type boolean did not match the following type: array` + draft + `"]}}`},
		{post, "registry/policies.json", policy + `,"configuration":{"type":"objekt"}}}`, 422,
			`{"errors":{"schema":["The property '#/configuration/type' of type string did not match one or more of the required schemas` + parts +
				`- anyOf #0:\n    - The property '#/configuration/type' value \"objekt\" did not match one of the following values: array, boolean, integer, null, number, object, string\n` +
				`- anyOf #1:\n    - The property '#/configuration/type' of type string did not match the following type: array"]}}`},
		{post, "registry/policies.json", policy + `,"configuration":{},"description":5}}`, 422,
			`{"errors":{"schema":["The property '#/description' of type integer did not match any of the required schemas` + parts +
				`- oneOf #0:\n    - The property '#/description' of type integer did not match the following type: string\n` +
				`- oneOf #1:\n    - The property '#/description' of type integer did not match the following type: array"]}}`},
		{post, "registry/policies.json", `{"name":"a","version":"0.1","schema":{"version":"0.1","configuration":5}}`, 422,
			`{"errors":{"schema":["The property '#/configuration' of type integer did not match one or more of the following types: object, boolean` + draft +
				`","The property '#/' did not contain a required property of 'name' in schema http://apicast.io/policy-v1/schema#","The property '#/' did not contain a required property of 'summary' in schema http://apicast.io/policy-v1/schema#"]}}`},
		{post, "registry/policies.json", policy + `,"configuration":{"type":"object","properties":{"rules":{"type":"array","minItems":1,"items":{"type":["string","null"],"enum":["a",null]}}},"required":["rules"]}}}`, 201, ""},
	})
}

func TestSmallThings(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{get, "objects/status.json?object_type=service", "", 400, ""},
		{get, "objects/status.json?object_type=moon", "", 403, `{"status":"Forbidden"}`},
		{get, "webhooks/failures.json", "", 200, `{"webhooks-failures":[]}`},
		{remove, "webhooks/failures.json?time=moon", "", 400, `{"error":"invalid time"}`},
		{remove, "webhooks/failures.json", "", 200, ""},
		{"HEAD", "services.json", "", 200, ""},
		{post, "cms/files.json", `{"path":"/a.txt","attachment":"text"}`, 500, ""},
		{post, "cms/files.json", `{"path":""}`, 422, `{"errors":{"attachment":["can't be blank"]}}`}, // it is "/" then
		{post, "cms/files.json", `{"path":null,"downloadable":true}`, 422, `{"errors":{"path":["can't be blank"],"attachment":["can't be blank"]}}`},
		{post, "cms/files.json", `{"path":"/a.txt","attachment":""}`, 422, `{"errors":{"attachment":["can't be blank"]}}`},
		{put, "services/2/proxy/policies.json", `{"policies_config":"null"}`, 200, `policies_config.0.name = "apicast"`},
		{post, "sso_tokens.json", `{"sso_token":{"username":"john","expires_in":86401}}`, 422, `{"errors":{"expires_in":["must be less than or equal to 86400"]}}`},
	})
}
