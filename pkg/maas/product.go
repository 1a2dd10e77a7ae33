package maas

import "example.com/maasctl/pkg/secret"

// Product is one API as its subscribers see it.
type Product struct {
	Meta `yaml:",inline"`
	// Templates below its own keys; the loader has merged them, so it is empty.
	Use               []string `yaml:"use"`
	ProductAttributes `yaml:",inline"`
	ProxyAttributes   `yaml:",inline"`
	// Backend to path.
	Backends Map[string] `yaml:"backends"`
	// How callers prove who they are.
	Authentication *Authentication `yaml:"authentication"`
	// What the gateway answers where a request does not go through.
	GatewayResponses Map[*GatewayResponse] `yaml:"gatewayResponses" keys:"authenticationFailed,authenticationMissing,noMatch,limitsExceeded"`
	// Its public addresses.
	Endpoints *Endpoints `yaml:"endpoints"`
	// What it counts, by system name.
	Metrics Map[*Metric] `yaml:"metrics" key:"systemName"`
	// Metrics below hits, by system name; in their order.
	Methods Map[*Method] `yaml:"methods" key:"systemName" ordered:"true"`
	// Rules besides those of the methods.
	MappingRules []Rule `yaml:"mappingRules"`
	// The gateway's policy chain, or {prepend, append} around a template's.
	Policies []Policy `yaml:"policies"`
	// What plans can offer, by system name.
	Features Map[*Feature] `yaml:"features" key:"systemName"`
	// Application plans, by system name.
	Plans Map[*Plan] `yaml:"plans" key:"systemName"`
	// How accounts subscribe to it, by name.
	ServicePlans Map[*ServicePlan] `yaml:"servicePlans" key:"name"`
	// OpenAPI documents in the portal, by system name.
	ActiveDocs Map[*ActiveDoc] `yaml:"activeDocs" key:"systemName"`
	// Manual unless said.
	Promotion string `yaml:"promotion" enum:"manual,automatic"`
	// For the portal's catalogue.
	Model map[string]any `yaml:"model"`
}

// Rules are all mapping rules of the product in their order: those of its methods, then its own.
func (p *Product) Rules() []Rule { return rules(p.Methods, p.MappingRules) }

// Rules are all mapping rules of the backend in their order: those of its methods, then its own.
func (b *Backend) Rules() []Rule { return rules(b.Methods, b.MappingRules) }

func rules(methods Map[*Method], own []Rule) []Rule {
	var all []Rule
	for _, m := range methods {
		if !m.Value.Absent {
			all = append(all, m.Value.Rules...)
		}
	}
	return append(all, own...)
}

// ProductAttributes are the fields of PUT services/{id}.json, under 3scale's own names in camel case.
type ProductAttributes struct {
	// Its key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// Reads back the account's where unset.
	SupportEmail *string `yaml:"supportEmail" chars:"0-255"`
	// Whose gateway it is: hosted unless said.
	Deployment *string `yaml:"deployment" enum:"hosted,selfManaged"`
	// Subscribers have to say what for.
	IntentionsRequired *bool `yaml:"intentionsRequired"`
	// Subscribers make their applications themselves.
	BuyersManageApps *bool `yaml:"buyersManageApps"`
	// Subscribers manage their keys themselves.
	BuyersManageKeys *bool `yaml:"buyersManageKeys"`
	// Applications need a referrer filter.
	ReferrerFiltersRequired *bool `yaml:"referrerFiltersRequired"`
	// Subscribers choose a plan with an application.
	BuyerCanSelectPlan *bool `yaml:"buyerCanSelectPlan"`
	// How subscribers change plans.
	BuyerPlanChangePermission *string `yaml:"buyerPlanChangePermission" enum:"request,direct,credit_card,request_credit_card,none"`
	// Subscribers can make new keys.
	BuyerKeyRegenerateEnabled *bool `yaml:"buyerKeyRegenerateEnabled"`
	// An application gets a key when it is made.
	MandatoryAppKey *bool `yaml:"mandatoryAppKey"`
	// Keys can be chosen.
	CustomKeysEnabled *bool `yaml:"customKeysEnabled"`
	// Write-only in 3scale.
	TxtSupport *string `yaml:"txtSupport" chars:"0-65535"`
	// Write-only in 3scale.
	Terms *string `yaml:"terms" chars:"0-65535"`
}

// ProxyAttributes are fields of PATCH proxy.json without a nested form of their own.
type ProxyAttributes struct {
	// The Host that backends see: host or host:port.
	HostnameRewrite *string `yaml:"hostnameRewrite" chars:"0-255"`
	// Sent to backends, so that they know the gateway.
	SecretToken *secret.Value `yaml:"secretToken"`
	// A path to try the gateway with.
	APITestPath *string `yaml:"apiTestPath" chars:"0-255"`
	// Where users sign in.
	OAuthLoginURL *string `yaml:"oauthLoginUrl" chars:"0-255"`
}

// Authentication is how callers prove who they are; exactly one of its fields is set.
type Authentication struct {
	// One key.
	APIKey *APIKey `yaml:"apiKey"`
	// An id with a key.
	AppIDKey *AppIDKey `yaml:"appIdKey"`
	// A token of OpenID Connect.
	OIDC *OIDC `yaml:"oidc"`
}

// APIKey is one key a request (backend_version 1). Location is query, headers or authorization (HTTP Basic or Bearer).
type APIKey struct {
	// The parameter or header; user_key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// Where the key is.
	Location *string `yaml:"location" enum:"query,headers,authorization"`
}

// AppIDKey is an id with a key (backend_version 2).
type AppIDKey struct {
	// The parameter or header of the id; app_id unless said.
	ID *string `yaml:"id" chars:"1-255"`
	// That of the key; app_key unless said.
	Key *string `yaml:"key" chars:"1-255"`
	// Where both are.
	Location *string `yaml:"location" enum:"query,headers,authorization"`
}

// OIDC is a token of an issuer: a client of a realm of this document, or an issuer said in full.
type OIDC struct {
	// As realm/client: what 3scale registers applications with.
	Client *ClientRef `yaml:"client"`
	// The realm's URL, where no client is said.
	Issuer *string `yaml:"issuer" chars:"1-255"`
	// Of the client that registers applications.
	ClientID *string `yaml:"clientId" chars:"1-255"`
	// That client's.
	ClientSecret *secret.Value `yaml:"clientSecret"`
	// Keycloak unless said.
	IssuerType *string `yaml:"issuerType" enum:"keycloak,rest"`
	// How applications get tokens.
	Flows []string `yaml:"flows" enum:"standard,implicit,serviceAccounts,directAccessGrants"`
	// Where the token is.
	Location *string `yaml:"location" enum:"query,headers,authorization"`
	// The claim that names the application; azp unless said.
	JWTClaimWithClientID *string `yaml:"jwtClaimWithClientId" chars:"1-255"`
	// Whether that is a name or Liquid.
	JWTClaimWithClientIDType *string `yaml:"jwtClaimWithClientIdType" enum:"plain,liquid"`
}

// GatewayResponse is what the gateway answers where a request doesn't go through.
type GatewayResponse struct {
	// 200 to 599.
	Status *int64 `yaml:"status" min:"200" max:"599"`
	// With its charset.
	ContentType *string `yaml:"contentType" chars:"1-255"`
	// Up to 255 characters.
	Body *string `yaml:"body" chars:"1-255"`
}

// Endpoints are the product's public addresses.
type Endpoints struct {
	// As https://host(:port).
	Staging *string `yaml:"staging" chars:"1-255"`
	// As https://host(:port).
	Production *string `yaml:"production" chars:"1-255"`
}

// Policy is one link of the gateway's policy chain.
type Policy struct {
	// The policy's directory, such as cors.
	Name string `yaml:"name" chars:"1-255" required:"true"`
	// Builtin unless said.
	Version string `yaml:"version"`
	// True unless said.
	Enabled *bool `yaml:"enabled"`
	// As the policy's schema has it.
	Configuration map[string]any `yaml:"configuration"`
	Pos           Position       `yaml:"-"`
}
