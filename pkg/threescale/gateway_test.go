package threescale_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// proxyHas compares some attributes of the product shop's proxy.
func (tn *tenant) proxyHas(want string, names ...string) {
	tn.t.Helper()
	proxy, _ := at(tn.state(), "products", "shop", "proxy").(map[string]any)
	some := map[string]any{}
	for _, n := range names {
		if v, ok := proxy[n]; ok {
			some[n] = v
		}
	}
	tn.same(want, some, "proxy")
}

func TestGatewayRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["SHARED"], tn.variables["OTHER"] = "shared-secret", "other-secret"
	head := `
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    backends: {shop: /}
`
	responses := []string{
		"error_auth_failed", "error_status_auth_failed", "error_headers_auth_failed", "error_auth_missing", "error_status_auth_missing",
		"error_headers_auth_missing", "error_no_match", "error_status_no_match", "error_headers_no_match", "error_limits_exceeded",
		"error_status_limits_exceeded", "error_headers_limits_exceeded",
	}
	tn.reach(head + `
    gatewayResponses:
      authenticationFailed: {status: 401, contentType: application/json, body: "{}"}
      authenticationMissing: {status: 402, contentType: text/a, body: missing}
      noMatch: {status: 405, contentType: text/b, body: none}
      limitsExceeded: {status: 503, contentType: text/c, body: too much}
    endpoints: {staging: "https://staging.example.com", production: "https://api.example.com:8443"}
    hostnameRewrite: shop.example.com
    secretToken: ${env:SHARED}
    apiTestPath: /health
    oauthLoginUrl: https://login.example.com
`)
	tn.proxyHas(`{"error_auth_failed":"{}","error_status_auth_failed":401,"error_headers_auth_failed":"application/json",
		"error_auth_missing":"missing","error_status_auth_missing":402,"error_headers_auth_missing":"text/a",
		"error_no_match":"none","error_status_no_match":405,"error_headers_no_match":"text/b",
		"error_limits_exceeded":"too much","error_status_limits_exceeded":503,"error_headers_limits_exceeded":"text/c"}`, responses...)
	tn.proxyHas(`{"sandbox_endpoint":"https://staging.example.com:443","endpoint":"https://api.example.com:8443","hostname_rewrite":"shop.example.com",
		"secret_token":"shared-secret","api_test_path":"/health"}`,
		"sandbox_endpoint", "endpoint", "hostname_rewrite", "secret_token", "api_test_path")
	tn.reach(head + `
    gatewayResponses:
      noMatch: {status: 404, body: nothing}
    endpoints: {production: "http://api.example.com"}
    hostnameRewrite: ""
    secretToken: ${env:OTHER}
    apiTestPath: /
    oauthLoginUrl: ""
`)
	tn.proxyHas(`{"error_no_match":"nothing","error_status_no_match":404,"error_headers_no_match":"text/b","error_auth_failed":"{}"}`,
		"error_no_match", "error_status_no_match", "error_headers_no_match", "error_auth_failed")
	tn.proxyHas(`{"sandbox_endpoint":"https://staging.example.com:443","endpoint":"http://api.example.com:80","secret_token":"other-secret","api_test_path":"/"}`,
		"sandbox_endpoint", "endpoint", "hostname_rewrite", "secret_token", "api_test_path")
	staging, _ := at(tn.state(), "products", "shop", "staging", "proxy").(map[string]any)
	tn.same(`"other-secret"`, staging["secret_token"], "staging's secret token")
}

// Each way to authenticate follows each other, with its names and the place of the credentials.
func TestAuthenticationsFollowEachOther(t *testing.T) {
	t.Parallel()
	forms := map[string]struct{ said, version, proxy string }{
		"api key": {
			`{apiKey: {name: Authorization, location: authorization}}`, `"1"`,
			`{"auth_user_key":"Authorization","credentials_location":"authorization"}`,
		},
		"app id and key": {
			`{appIdKey: {id: client, key: token, location: headers}}`, `"2"`,
			`{"auth_app_id":"client","auth_app_key":"token","credentials_location":"headers"}`,
		},
		"oidc": {
			`{oidc: {issuer: "https://sso.example.com/realms/one", clientId: "zy/nc", clientSecret: "${env:ISSUER}", issuerType: keycloak,
			  location: headers, flows: [standard, serviceAccounts], jwtClaimWithClientId: azp, jwtClaimWithClientIdType: plain}}`, `"oidc"`,
			`{"credentials_location":"headers","oidc_issuer_endpoint":"zy/nc@/realms/one","oidc_issuer_type":"keycloak",
			  "jwt_claim_with_client_id":"azp","jwt_claim_with_client_id_type":"plain"}`,
		},
		"another oidc": {
			`{oidc: {issuer: "https://sso.example.com/realms/two", clientId: other, clientSecret: "${env:ISSUER2}", issuerType: rest,
			  location: query, flows: [implicit, directAccessGrants], jwtClaimWithClientId: client, jwtClaimWithClientIdType: liquid}}`, `"oidc"`,
			`{"credentials_location":"query","oidc_issuer_endpoint":"other@/realms/two","oidc_issuer_type":"rest",
			  "jwt_claim_with_client_id":"client","jwt_claim_with_client_id_type":"liquid"}`,
		},
	}
	names := slices.Sorted(maps.Keys(forms))
	for _, from := range names {
		for _, to := range names {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				tn := newTenant(t, threescaletest.Options{})
				tn.variables["ISSUER"], tn.variables["ISSUER2"] = "p@ss:w/rd#", "other"
				for _, name := range []string{from, to} {
					f := forms[name]
					tn.reach("backends: {shop: {url: \"http://shop.example.com\"}}\nproducts:\n  shop:\n    backends: {shop: /}\n    authentication: " + f.said + "\n")
					tn.expect(f.version, "products", "shop", "backend_version")
					tn.proxyHas(f.proxy, attributesOf(f.proxy)...)
					tn.expect(f.version, "products", "shop", "staging", "proxy", "authentication_method")
				}
			})
		}
	}
}

func TestFlowsRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	for said, want := range map[string]string{
		`[standard, implicit, serviceAccounts, directAccessGrants]`: `["direct_access_grants_enabled","implicit_flow_enabled","service_accounts_enabled","standard_flow_enabled"]`,
		`[serviceAccounts]`: `["service_accounts_enabled"]`,
		`[]`:                `[]`,
		`[standard]`:        `["standard_flow_enabled"]`,
	} {
		tn.reach(`products: {shop: {authentication: {oidc: {issuer: "https://sso.example.com/realms/one", flows: ` + said + `}}}}`)
		tn.expect(want, "products", "shop", "flows")
	}
	tn.reach(`products: {shop: {authentication: {oidc: {issuer: "https://sso.example.com/realms/two"}}}}`) // flows left alone
}

func TestPoliciesRoundTrip(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	apicast := `{"name":"apicast","version":"builtin","enabled":true}`
	for _, step := range []struct{ said, want string }{
		{`[{name: cors, configuration: {allow_origin: "*", max_age: 600, rate: 0.5}}, {name: llm, version: "0.1"}, {name: apicast}]`,
			`[{"name":"cors","version":"builtin","enabled":true,"configuration":{"allow_origin":"*","max_age":600,"rate":0.5}},
			  {"name":"llm","version":"0.1","enabled":true},` + apicast + `]`},
		{`[{name: llm, version: "0.2"}, {name: cors, enabled: false, configuration: {allow_origin: "*"}}, {name: apicast}]`,
			`[{"name":"llm","version":"0.2","enabled":true},{"name":"cors","version":"builtin","enabled":false,"configuration":{"allow_origin":"*"}},` + apicast + `]`},
		{`[{name: apicast}, {name: cors, configuration: {nested: {list: [1, two, {three: 3.5}]}}}]`,
			`[` + apicast + `,{"name":"cors","version":"builtin","enabled":true,"configuration":{"nested":{"list":[1,"two",{"three":3.5}]}}}]`},
		{`[{name: headers}, {name: headers}]`,
			`[{"name":"headers","version":"builtin","enabled":true},{"name":"headers","version":"builtin","enabled":true},` + apicast + `]`},
		{`[]`, `[` + apicast + `]`},
	} {
		tn.reach("backends: {shop: {url: \"http://shop.example.com\"}}\nproducts:\n  shop:\n    backends: {shop: /}\n    policies: " + step.said + "\n")
		tn.expect(step.want, "products", "shop", "policies")
	}
}

// Changing how the gateway is deployed resets both addresses; those of the document come back in the same run.
func TestDeploymentOptionKeepsEndpoints(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	for _, deployment := range []string{"hosted", "selfManaged", "hosted", "selfManaged"} {
		tn.reach(`
backends: {shop: {url: "http://shop.example.com"}}
products:
  shop:
    deployment: ` + deployment + `
    backends: {shop: /}
    endpoints: {staging: "https://staging.example.com", production: "https://api.example.com"}
`)
		tn.proxyHas(`{"sandbox_endpoint":"https://staging.example.com:443","endpoint":"https://api.example.com:443"}`, "sandbox_endpoint", "endpoint")
		tn.expect(`"https://api.example.com:443"`, "products", "shop", "staging", "proxy", "endpoint")
	}
}

// Addresses that the document doesn't say are those that the server gives: none for one's own gateway, the built-in
// gateway's for a product that becomes hosted again.
func TestDeploymentOptionBringsItsEndpoints(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {deployment: selfManaged}}`)
	tn.proxyHas(`{}`, "sandbox_endpoint", "endpoint")
	tn.reach(`products: {shop: {deployment: hosted}}`)
	tn.proxyHas(`{"sandbox_endpoint":"https://shop-TENANT-apicast-staging.example.com:443","endpoint":"https://shop-TENANT-apicast-production.example.com:443"}`,
		"sandbox_endpoint", "endpoint")
}

// A 3scale without a built-in gateway has no addresses to give; who goes back to a hosted one without saying them is
// told so, and with them they are written first.
func TestDeploymentOptionWithoutEndpoints(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {deployment: selfManaged}}`)
	tn.front(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if r.Method == http.MethodPut && bytes.Contains(body, []byte("hosted")) && tn.call("GET", strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/admin/api"), ".json")+"/proxy", nil)["endpoint"] == nil {
				w.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = io.WriteString(w, `{"errors":{"proxy.endpoint":["can't be blank"]}}`)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	})
	r := tn.run(tn.plan(tn.document(`products: {shop: {deployment: hosted}}`)), applyAll)
	if err := r.Err(); err == nil || !strings.Contains(err.Error(), "say endpoints.staging and endpoints.production") {
		t.Errorf("the error doesn't say what to do: %v", err)
	}
	tn.reach(`products: {shop: {deployment: hosted, endpoints: {staging: "https://staging.example.com", production: "https://api.example.com"}}}`)
	tn.proxyHas(`{"sandbox_endpoint":"https://staging.example.com:443","endpoint":"https://api.example.com:443"}`, "sandbox_endpoint", "endpoint")
}
