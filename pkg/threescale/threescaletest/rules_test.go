package threescaletest_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// probe is a request with what has to be answered: a status and, unless it is empty,
// either the whole JSON body or "path = JSON" of one value in it.
type probe struct {
	method, path, body string
	status             int
	want               string
}

// run sends probes in their order. A path without a host is below the Admin API.
func run(t *testing.T, a *api, probes []probe) {
	t.Helper()
	for _, p := range probes {
		var body any
		if p.body != "" {
			body = json.RawMessage(p.body)
		}
		status, got, err := a.send(p.method, "/admin/api/"+p.path, body)
		if err != nil || status != p.status {
			t.Errorf("%s %s %.120s: %d %v %v, want %d", p.method, p.path, p.body, status, got, err, p.status)
			continue
		}
		if p.want == "" {
			continue
		}
		want := p.want
		if path, value, one := strings.Cut(p.want, " = "); one && !strings.HasPrefix(path, "{") {
			got, want = dig(got, strings.Split(path, ".")), value
		}
		if !reflect.DeepEqual(got, plainJSON(t, want)) {
			t.Errorf("%s %s %.120s: %v, want %s", p.method, p.path, p.body, got, want)
		}
	}
}

func plainJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func started(t *testing.T) *api {
	t.Helper()
	return apiOf(threescaletest.Start(t, threescaletest.Options{}))
}

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

func TestIDsOfPathsAreReadLikeNumbers(t *testing.T) {
	t.Parallel()
	run(t, started(t), []probe{
		{get, "services/2-api.json", "", 200, `service.id = 2`},
		{get, "backend_apis/2abc.json", "", 200, `backend_api.id = 2`},
		{get, "services/api.json", "", 404, `{"status":"Not found"}`},
		{get, "services/99999999999999999999.json", "", 404, ""},
	})
}

func TestIntegersHaveNoPoint(t *testing.T) {
	t.Parallel()
	a := started(t)
	const rules = "services/2/proxy/mapping_rules.json"
	metrics := a.must(t, 200, get, "/admin/api/services/2/metrics.json", nil)
	hits, err := json.Marshal(at(t, metrics, "metrics.0.metric.id"))
	if err != nil {
		t.Fatal(err)
	}
	for delta, message := range map[string]string{
		`1.0`: "must be an integer", `"2.0"`: "must be an integer", `" 2 "`: "must be an integer", `"x"`: "is not a number",
		`null`: "is not a number", `true`: "is not a number", `""`: "is not a number", `-1`: "must be greater than 0",
	} {
		run(t, a, []probe{{post, rules, `{"http_method":"GET","pattern":"/x","metric_id":` + string(hits) + `,"delta":` + delta + `}`, 422, `{"errors":{"delta":["` + message + `"]}}`}})
	}
}

func TestBackendRulesIgnoreANullMetric(t *testing.T) {
	t.Parallel()
	const rule = `{"http_method":"GET","pattern":"/x","delta":1,"metric_id":null}`
	run(t, started(t), []probe{
		{post, "backend_apis/2/mapping_rules.json", rule, 422, `{"errors":{"metric_id":["can't be blank"]}}`},
		{post, "services/2/proxy/mapping_rules.json", rule, 404, `{"status":"Not found"}`},
	})
}

func TestDeploymentOptionBringsItsEndpoints(t *testing.T) {
	t.Parallel()
	a := started(t)
	p := a.make(t, "/admin/api/services.json", map[string]any{"name": "Granite", "system_name": "granite"})
	run(t, a, []probe{
		{patch, "services/" + p + "/proxy.json", `{"endpoint":"https://own.example.com","sandbox_endpoint":"https://own-staging.example.com"}`, 200, `proxy.endpoint = "https://own.example.com:443"`},
		{put, "services/" + p + ".json", `{"deployment_option":"service_mesh_istio"}`, 200, ""},
		{get, "services/" + p + "/proxy.json", "", 200, `proxy.endpoint = "https://own.example.com:443"`},
		{put, "services/" + p + ".json", `{"deployment_option":"self_managed"}`, 200, ""},
		{get, "services/" + p + "/proxy.json", "", 200, `proxy.endpoint = null`},
		{get, "services/" + p + "/proxy.json", "", 200, `proxy.sandbox_endpoint = null`},
		{put, "services/" + p + ".json", `{"deployment_option":"hosted"}`, 200, ""},
		{get, "services/" + p + "/proxy.json", "", 200, `proxy.endpoint = "https://granite-provider-apicast-production.example.com:443"`},
		{patch, "services/" + p + "/proxy.json", `{"endpoint":"https://own.example.com"}`, 200, ""},
		{put, "services/" + p + ".json", `{"deployment_option":"hosted"}`, 200, ""},
		{get, "services/" + p + "/proxy.json", "", 200, `proxy.endpoint = "https://own.example.com:443"`},
	})
}

func TestNamesAtTheBuiltInGateway(t *testing.T) {
	t.Parallel()
	a := started(t)
	for name, want := range map[string]string{
		"_under":  "-under-provider-apicast-production",
		"a__b-/c": "a--b-c-provider-apicast-production",
		"Upper":   "upper-provider-apicast-production",
		// A label of a host name has 63 letters at most: the rest becomes a hash of the whole.
		"granite-3-3-8b-instruct-for-all-the-teams-of-this-house":  "granite-3-3-8b-instruct-for-all-the-teams-of-this-house-6ade341",
		"granite-3-3-8b-instruct-for-all-the-teams-of-this-hous-x": "granite-3-3-8b-instruct-for-all-the-teams-of-this-hous-efb96e7",
	} {
		p := a.make(t, "/admin/api/services.json", map[string]any{"name": name, "system_name": name})
		run(t, a, []probe{{get, "services/" + p + "/proxy.json", "", 200, `proxy.endpoint = "https://` + want + `.example.com"`}})
	}
}

func TestProxyFillsWhatIsNull(t *testing.T) {
	t.Parallel()
	a := started(t)
	run(t, a, []probe{
		{patch, "services/2/proxy.json", `{"api_test_path":null,"secret_token":null}`, 200, `proxy.api_test_path = "/"`},
		{patch, "services/2/proxy.json", `{"api_test_path":""}`, 200, `proxy.api_test_path = ""`},
		{patch, "services/2/proxy.json", `{"secret_token":""}`, 422, `{"errors":{"secret_token":["invalid"]}}`},
		{patch, "services/2/proxy/oidc_configuration.json", `{"standard_flow_enabled":null,"implicit_flow_enabled":true}`, 200, `oidc_configuration.standard_flow_enabled = false`},
	})
	token := at(t, a.must(t, 200, get, "/admin/api/services/2/proxy.json", nil), "proxy.secret_token")
	if text, isText := token.(string); !isText || !strings.HasPrefix(text, "Shared_secret_sent_from_proxy_to_API_backend_") {
		t.Errorf("the secret token is %v", token)
	}
}

func TestAddressOfTheFirstBackend(t *testing.T) {
	t.Parallel()
	a := started(t)
	p := a.make(t, "/admin/api/services.json", map[string]any{"name": "Granite", "system_name": "granite"})
	const form = "the accepted format is 'scheme://address(:port)(/path)'. Accepted schemes are http, https, ws and wss"
	run(t, a, []probe{
		{patch, "services/2/proxy.json", `{"api_backend":"ftp://x.example.com"}`, 422, `{"errors":{"api_backend":["` + form + `"],"backend_api":["invalid"]}}`},
		{patch, "services/2/proxy.json", `{"api_backend":"https://own.example.com"}`, 200, `proxy.api_backend = "https://own.example.com:443"`},
		{get, "backend_apis/2.json", "", 200, `backend_api.private_endpoint = "https://own.example.com:443"`},
		{patch, "services/" + p + "/proxy.json", `{"api_backend":null}`, 200, `proxy.api_backend = null`},
		{patch, "services/" + p + "/proxy.json", `{"api_backend":"https://new.example.com"}`, 200, `proxy.api_backend = "https://new.example.com:443"`},
		{get, "backend_apis.json", "", 200, `backend_apis.1.backend_api.name = "Granite Backend"`},
	})
	taken := a.make(t, "/admin/api/services.json", map[string]any{"name": "Other", "system_name": "other"})
	a.make(t, "/admin/api/backend_apis.json", map[string]any{"name": "Other", "system_name": "other", "private_endpoint": "https://other.example.com"})
	run(t, a, []probe{{patch, "services/" + taken + "/proxy.json", `{"api_backend":"https://new.example.com"}`, 422, `{"errors":{"backend_api":["invalid"]}}`}})
}

func TestSystemNames(t *testing.T) {
	t.Parallel()
	a := started(t)
	long := strings.Repeat("n ", 150)
	hits := at(t, a.must(t, 200, get, "/admin/api/backend_apis/2/metrics.json", nil), "metrics.0.metric.id")
	id, err := json.Marshal(hits)
	if err != nil {
		t.Fatal(err)
	}
	run(t, a, []probe{
		{put, "services/2.json", `{"system_name":null}`, 422, `{"errors":{"system_name":["can't be blank"]}}`},
		{put, "services/2.json", `{"system_name":""}`, 422, `{"errors":{"system_name":["can't be blank","invalid"]}}`},
		// The order of the two differs, as their checks are declared in another order.
		{post, "backend_apis.json", `{"name":"b","private_endpoint":"https://b.example.com","system_name":"` + long + `"}`, 422, `{"errors":{"system_name":["is too long (maximum is 255 characters)","invalid"]}}`},
		{post, "services.json", `{"name":"b","system_name":"` + long + `"}`, 422, `{"errors":{"system_name":["invalid","is too long (maximum is 255 characters)"]}}`},
		// A backend's metric may be sent with its suffix, a method may not.
		{post, "backend_apis/2/metrics.json", `{"friendly_name":"T","unit":"t","system_name":"tokens.2"}`, 201, `metric.system_name = "tokens.2"`},
		{post, "backend_apis/2/metrics/" + string(id) + "/methods.json", `{"friendly_name":"C","system_name":"chat.2"}`, 422, `{"errors":{"system_name":["invalid"]}}`},
	})
}

func TestUsageWithoutAPath(t *testing.T) {
	t.Parallel()
	a := started(t)
	b := a.make(t, "/admin/api/backend_apis.json", map[string]any{"name": "Second", "private_endpoint": "https://second.example.com"})
	run(t, a, []probe{
		{post, "services/2/backend_usages.json", `{"backend_api_id":` + b + `}`, 422, `{"errors":{"path":["is too short (minimum is 1 character)"]}}`},
		{post, "services/2/backend_usages.json", `{"backend_api_id":` + b + `,"path":null}`, 422, `{"errors":{"path":["This path is already taken. Specify a different path."]}}`},
	})
}
