package threescale_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// Two documents that differ in each field, a line each.
const (
	saidBefore = `
tenant:
  supportEmail: one@example.com
  accessCode: "${env:ONE}"
  signupsEnabled: true
  signIn:
    sso:
      kind: keycloak
      site: https://one.example.com
      clientId: one
      clientSecret: "${env:ONE}"
      published: false
backends:
  back:
    name: One
    description: One
    url: http://one.example.com
products:
  api: {}
  shop:
    name: One
    supportEmail: one@example.com
    deployment: hosted
    buyersManageApps: true
    hostnameRewrite: one.example.com
    secretToken: "${env:ONE}"
    apiTestPath: /one
    backends:
      back: /one
    authentication:
      apiKey:
        name: one
        location: query
    gatewayResponses:
      authenticationFailed:
        status: 403
        contentType: text/one
        body: One
      authenticationMissing:
        status: 403
      noMatch:
        body: One
      limitsExceeded:
        status: 429
    metrics:
      tokens:
        name: One
        unit: one
    mappingRules:
      - GET /one
    policies:
      - name: cors
      - name: apicast
    features:
      fast:
        name: One
    plans:
      free:
        name: One
        published: false
        approvalRequired: false
        trialDays: 1
        setupFee: 1
        monthlyCost: 1
        features: []
        limits:
          tokens: {day: 1}
        prices:
          tokens: [{price: 1}]
    servicePlans:
      Gold:
        approvalRequired: false
    activeDocs:
      doc1:
        name: One
        generate: true
        server: https://one.example.com
  gate:
    authentication:
      appIdKey:
        id: one
        key: one
        location: query
  turn:
    authentication:
      apiKey:
        location: headers
  door:
    authentication:
      oidc:
        issuer: https://one.example.com
        clientId: one
        clientSecret: "${env:ONE}"
        location: query
        issuerType: keycloak
        jwtClaimWithClientId: one
        jwtClaimWithClientIdType: plain
        flows: [standard]
accounts:
  Org One:
    fields:
      org_legaladdress: One
    users:
      user-one:
        email: one@example.com
      user-two:
        email: one.two@example.com
        role: member
    applications:
      app one:
        product: shop
        plan: free
        description: One
        userKey: "${env:ONE}"
    subscribe:
      shop: Default
`
	saidAfter = `
tenant:
  supportEmail: two@example.com
  accessCode: "${env:TWO}"
  signupsEnabled: false
  signIn:
    sso:
      kind: keycloak
      site: https://two.example.com
      clientId: two
      clientSecret: "${env:TWO}"
      published: true
backends:
  back:
    name: Two
    description: Two
    url: http://two.example.com
products:
  api: {}
  shop:
    name: Two
    supportEmail: two@example.com
    deployment: selfManaged
    endpoints:
      staging: https://staging.example.com
      production: https://production.example.com
    buyersManageApps: false
    hostnameRewrite: two.example.com
    secretToken: "${env:TWO}"
    apiTestPath: /two
    backends:
      back: /two
    authentication:
      apiKey:
        name: two
        location: headers
    gatewayResponses:
      authenticationFailed:
        status: 401
        contentType: text/two
        body: Two
      authenticationMissing:
        status: 401
      noMatch:
        body: Two
      limitsExceeded:
        status: 430
    metrics:
      tokens:
        name: Two
        unit: two
    mappingRules:
      - GET /two
    policies:
      - name: headers
      - name: apicast
    features:
      fast:
        name: Two
    plans:
      free:
        name: Two
        published: true
        approvalRequired: true
        trialDays: 2
        setupFee: 2
        monthlyCost: 2
        features: [fast]
        limits:
          tokens: {day: 2}
        prices:
          tokens: [{price: 2}]
      paid: {}
    servicePlans:
      Silver:
        renamed: Gold
        approvalRequired: true
    activeDocs:
      doc1:
        name: Two
        generate: true
        server: https://two.example.com
  gate:
    authentication:
      appIdKey:
        id: two
        key: two
        location: headers
  turn:
    authentication:
      appIdKey:
        location: headers
  door:
    authentication:
      oidc:
        issuer: https://two.example.com
        clientId: two
        clientSecret: "${env:TWO}"
        location: headers
        issuerType: rest
        jwtClaimWithClientId: two
        jwtClaimWithClientIdType: liquid
        flows: [implicit]
accounts:
  Org Two:
    renamed: Org One
    fields:
      org_legaladdress: Two
    users:
      user-one:
        email: two@example.com
      user-two:
        email: two.two@example.com
        role: admin
    applications:
      app two:
        renamed: app one
        product: shop
        plan: paid
        description: Two
        userKey: "${env:TWO}"
    subscribe:
      shop: Silver
`
)

// A plan calls every field what the document calls it, and knows where it stands: the last key of the name is what that
// line begins with. What is shown by its elements stands below its collection's key.
func TestPlansSayTheDocumentsWordsAndPositions(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.variables["ONE"], tn.variables["TWO"] = "secret-number-one", "secret-number-two"
	tn.call("POST", "/fields_definitions", map[string]any{"target": "Account", "name": "org_legaladdress", "label": "Address"})
	tn.reach(saidBefore)
	head := 3 // lines that each document of the tests begins with
	text := strings.Split(saidAfter, "\n")
	collections := map[string]string{
		"rule": "mappingRules", "policy": "policies", "plan feature": "features", "limit": "limits", "price": "prices",
		"backend": "backends", "subscription": "subscribe",
	}
	seen := map[string]bool{}
	for _, c := range tn.plan(tn.document(saidAfter)).Changes {
		for _, f := range c.Fields {
			if f.Action == plan.SetField && c.Action == plan.Create || f.Name == "configuration" {
				continue // a new object is shown whole, and deploying has no words in the document
			}
			if f.Source == nil || f.Source.Line <= head {
				t.Errorf("%s: %s has no position", c.Address, f.Name)
				continue
			}
			line := text[f.Source.Line-1-head]
			key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			want := f.Name[strings.LastIndex(f.Name, ".")+1:]
			switch {
			case f.Element != "" || f.Action == plan.Order:
				want = collections[f.Name]
			case slices.Contains([]string{"standard", "implicit", "serviceAccounts", "directAccessGrants"}, want):
				want = "flows" // a list of such words
			case (want == "name" && c.Kind != "application" && c.Kind != "service plan") || want != "name" && want != "organization":
			default:
				want = "renamed" // the key changes by that word
			}
			if key != want {
				t.Errorf("%s: the plan says %s, the document at %d:%d %q", c.Address, f.Name, f.Source.Line, f.Source.Column, line)
			}
			seen[c.Kind+" "+f.Name] = true
		}
	}
	if len(seen) < 65 {
		t.Errorf("only %d fields differ", len(seen))
	}
	tn.reach(saidAfter)
}
