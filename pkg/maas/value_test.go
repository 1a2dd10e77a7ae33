package maas_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/maas"
)

func TestWithPort(t *testing.T) {
	for address, want := range map[string]string{
		"https://x.example.com":       "https://x.example.com:443",
		"http://x.example.com/v1":     "http://x.example.com:80/v1",
		"ws://x.example.com":          "ws://x.example.com:80",
		"wss://x.example.com/a/b":     "wss://x.example.com/a/b",
		"wss://x.example.com:/a":      "wss://x.example.com/a",
		"HTTP://Be.Example.com/V1/":   "http://Be.Example.com:80/V1/",
		"Wss://Be.Example.com:443/":   "wss://Be.Example.com:443/",
		"https://x.example.com:/":     "https://x.example.com:443/",
		"http://http":                 "http://http:80",
		"https://x.example.com:8443/": "https://x.example.com:8443/",
		"https://[::1]/v1":            "https://[::1]:443/v1",
		"ftp://x.example.com":         "ftp://x.example.com",
		"nowhere":                     "nowhere",
	} {
		if got := maas.WithPort(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestAddressesAndPathsAreThoseOf3scale(t *testing.T) {
	doc := load(t, head+`
backends: {llama: {url: "https://llama.example.com/v1"}}
products:
  granite:
    backends: {llama: v1/chat/}
    endpoints: {staging: "https://s.example.com", production: "http://p.example.com:8080"}
`)
	p := product(t, doc)
	got := []string{*doc.Backends[0].Value.URL, p.Backends[0].Value, *p.Endpoints.Staging, *p.Endpoints.Production}
	want := []string{"https://llama.example.com:443/v1", "/v1/chat", "https://s.example.com:443", "http://p.example.com:8080"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecimalsAreExact(t *testing.T) {
	for written, want := range map[string]maas.Decimal{
		"10": "10", "49.90": "49.9", "0.0002": "0.0002", "1e-4": "0.0001", "1_000.5": "1000.5", "-0.0": "0", ".5": "0.5",
		"123456789012345.6789": "123456789012345.6789", "0x10": "16",
		"0.00005": "0.0001", "0.00004": "0", "12.34565": "12.3457", // 3scale rounds half up
	} {
		p := product(t, load(t, head+"products: {granite: {plans: {free: {monthlyCost: "+written+"}}}}"))
		if got := *p.Plans[0].Value.MonthlyCost; got != want {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	}
}

func TestNumbersAtTheirBorders(t *testing.T) {
	p := product(t, load(t, head+`
products:
  granite:
    mappingRules: [{match: GET /, delta: 2147483647}, GET /x]
    plans: {free: {limits: {hits: {day: 0, week: 9223372036854775807, month: 1e3, year: 5.0}}}}
`))
	if p.MappingRules[0].Delta != math.MaxInt32 || p.MappingRules[1].Delta != 1 {
		t.Error(p.MappingRules)
	}
	want := map[string]int64{"day": 0, "week": math.MaxInt64, "month": 1000, "year": 5}
	for _, l := range p.Plans[0].Value.Limits[0].Value {
		if l.Value != want[l.Name] {
			t.Errorf("%s: %d", l.Name, l.Value)
		}
	}
}

func TestEmptyIsNotUnsaid(t *testing.T) {
	p := product(t, load(t, head+"products: {granite: {mappingRules: [], plans: {}, policies: [], backends: null}}"))
	if p.MappingRules == nil || p.Plans == nil || p.Metrics != nil || p.Features != nil || p.Backends != nil {
		t.Errorf("%+v", p)
	}
	if diff := cmp.Diff([]string{"apicast"}, policyNames(p)); diff != "" {
		t.Errorf("an empty chain is 3scale's own: %s", diff)
	}
}

func TestShortForms(t *testing.T) {
	doc := load(t, head+`
keycloak: {url: "https://sso.example.com", credentials: {clientId: maasctl, clientSecret: "${env:S}"}}
realms:
  team:
    clients:
      a/b: {roles: {r/s: {}}, serviceAccountRoles: [user, realm-management/manage-clients, {client: a/b, role: r/s}], serviceAccountsEnabled: true}
    clientScopes: {tier: {}}
    defaultClientScopes: [tier, {name: profile, absent: true}]
    roles: {user: {}}
products: {granite: {authentication: {oidc: {client: {realm: team, client: a/b}}}}}
`)
	client := doc.Realms[0].Value.Clients[0].Value
	var refs []maas.RoleRef
	for _, r := range client.ServiceAccountRoles {
		r.Pos = maas.Position{}
		refs = append(refs, r)
	}
	want := []maas.RoleRef{{Role: "user"}, {Client: "realm-management", Role: "manage-clients"}, {Client: "a/b", Role: "r/s"}}
	if diff := cmp.Diff(want, refs); diff != "" {
		t.Error(diff)
	}
	scopes := doc.Realms[0].Value.DefaultClientScopes
	if scopes[0].Name != "tier" || scopes[0].Absent || !scopes[1].Absent {
		t.Error(scopes)
	}
	if ref := doc.Products[0].Value.Authentication.OIDC.Client; *ref != (maas.ClientRef{Realm: "team", Client: "a/b"}) {
		t.Error(ref)
	}
}

func TestCodesAreExplained(t *testing.T) {
	seen := map[maas.Code]bool{}
	for _, c := range maas.Codes() {
		if c.Meaning == "" || seen[c.Code] {
			t.Errorf("%s: %q", c.Code, c.Meaning)
		}
		seen[c.Code] = true
	}
}
