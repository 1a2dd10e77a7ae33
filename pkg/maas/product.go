package maas

import "example.com/maasctl/pkg/secret"

// Product is one API as its subscribers see it.
type Product struct {
	Meta              `yaml:",inline"`
	Use               []string `yaml:"use"` // templates below its own keys; the loader has merged them, so it is empty
	ProductAttributes `yaml:",inline"`
	ProxyAttributes   `yaml:",inline"`
	Backends          Map[string]           `yaml:"backends"` // backend to path
	Authentication    *Authentication       `yaml:"authentication"`
	GatewayResponses  Map[*GatewayResponse] `yaml:"gatewayResponses" keys:"authenticationFailed,authenticationMissing,noMatch,limitsExceeded"`
	Endpoints         *Endpoints            `yaml:"endpoints"`
	Metrics           Map[*Metric]          `yaml:"metrics" key:"systemName"`
	Methods           Map[*Method]          `yaml:"methods" key:"systemName" ordered:"true"`
	MappingRules      []Rule                `yaml:"mappingRules"`
	Policies          []Policy              `yaml:"policies"` // nil: not said. {prepend, append} is merged by the loader
	Features          Map[*Feature]         `yaml:"features" key:"systemName"`
	Plans             Map[*Plan]            `yaml:"plans" key:"systemName"`
	ServicePlans      Map[*ServicePlan]     `yaml:"servicePlans" key:"name"`
	ActiveDocs        Map[*ActiveDoc]       `yaml:"activeDocs" key:"systemName"`
	Promotion         string                `yaml:"promotion" enum:"manual,automatic"` // manual unless said
	Model             map[string]any        `yaml:"model"`                             // for the portal's catalogue
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
	Name                      *string `yaml:"name" chars:"1-255"`
	Description               *string `yaml:"description" chars:"0-65535"`
	SupportEmail              *string `yaml:"supportEmail" chars:"0-255"` // reads back the account's where unset
	Deployment                *string `yaml:"deployment" enum:"hosted,selfManaged"`
	IntentionsRequired        *bool   `yaml:"intentionsRequired"`
	BuyersManageApps          *bool   `yaml:"buyersManageApps"`
	BuyersManageKeys          *bool   `yaml:"buyersManageKeys"`
	ReferrerFiltersRequired   *bool   `yaml:"referrerFiltersRequired"`
	BuyerCanSelectPlan        *bool   `yaml:"buyerCanSelectPlan"`
	BuyerPlanChangePermission *string `yaml:"buyerPlanChangePermission" enum:"request,direct,credit_card,request_credit_card,none"`
	BuyerKeyRegenerateEnabled *bool   `yaml:"buyerKeyRegenerateEnabled"`
	MandatoryAppKey           *bool   `yaml:"mandatoryAppKey"`
	CustomKeysEnabled         *bool   `yaml:"customKeysEnabled"`
	TxtSupport                *string `yaml:"txtSupport" chars:"0-65535"` // write-only in 3scale
	Terms                     *string `yaml:"terms" chars:"0-65535"`      // write-only in 3scale
}

// ProxyAttributes are fields of PATCH proxy.json without a nested form of their own.
type ProxyAttributes struct {
	HostnameRewrite *string       `yaml:"hostnameRewrite" chars:"0-255"`
	SecretToken     *secret.Value `yaml:"secretToken"`
	APITestPath     *string       `yaml:"apiTestPath" chars:"0-255"`
	OAuthLoginURL   *string       `yaml:"oauthLoginUrl" chars:"0-255"`
}

// Authentication is how callers prove who they are; exactly one of its fields is set.
type Authentication struct {
	APIKey   *APIKey   `yaml:"apiKey"`
	AppIDKey *AppIDKey `yaml:"appIdKey"`
	OIDC     *OIDC     `yaml:"oidc"`
}

// APIKey is one key a request (backend_version 1). Location is query, headers or authorization (HTTP Basic or Bearer).
type APIKey struct {
	Name     *string `yaml:"name" chars:"1-255"`
	Location *string `yaml:"location" enum:"query,headers,authorization"`
}

// AppIDKey is an id with a key (backend_version 2).
type AppIDKey struct {
	ID       *string `yaml:"id" chars:"1-255"`
	Key      *string `yaml:"key" chars:"1-255"`
	Location *string `yaml:"location" enum:"query,headers,authorization"`
}

// OIDC is a token of an issuer: a client of a realm of this document, or an issuer said in full.
type OIDC struct {
	Client                   *ClientRef    `yaml:"client"`
	Issuer                   *string       `yaml:"issuer" chars:"1-255"`
	ClientID                 *string       `yaml:"clientId" chars:"1-255"`
	ClientSecret             *secret.Value `yaml:"clientSecret"`
	IssuerType               *string       `yaml:"issuerType" enum:"keycloak,rest"`
	Flows                    []string      `yaml:"flows" enum:"standard,implicit,serviceAccounts,directAccessGrants"` // nil: not said
	Location                 *string       `yaml:"location" enum:"query,headers,authorization"`
	JWTClaimWithClientID     *string       `yaml:"jwtClaimWithClientId" chars:"1-255"`
	JWTClaimWithClientIDType *string       `yaml:"jwtClaimWithClientIdType" enum:"plain,liquid"`
}

// GatewayResponse is what the gateway answers where a request doesn't go through.
type GatewayResponse struct {
	Status      *int64  `yaml:"status" min:"200" max:"599"`
	ContentType *string `yaml:"contentType" chars:"1-255"`
	Body        *string `yaml:"body" chars:"1-255"`
}

// Endpoints are the product's public addresses.
type Endpoints struct {
	Staging    *string `yaml:"staging" chars:"1-255"`
	Production *string `yaml:"production" chars:"1-255"`
}

// Policy is one link of the gateway's policy chain.
type Policy struct {
	Name          string         `yaml:"name" chars:"1-255" required:"true"`
	Version       string         `yaml:"version"` // builtin unless said
	Enabled       *bool          `yaml:"enabled"` // true unless said
	Configuration map[string]any `yaml:"configuration"`
	Pos           Position       `yaml:"-"`
}

// Feature is something that plans can offer.
type Feature struct {
	Meta        `yaml:",inline"`
	Name        *string `yaml:"name" chars:"0-255"`
	Description *string `yaml:"description" chars:"0-65535"`
	Scope       string  `yaml:"scope" enum:"applicationPlan,servicePlan"` // applicationPlan unless said; can't change
}

// Plan is an application plan.
type Plan struct {
	Meta             `yaml:",inline"`
	Name             *string         `yaml:"name" chars:"1-255"`
	Description      *string         `yaml:"description" chars:"0-65535"` // write-only in 3scale
	Published        *bool           `yaml:"published"`
	Default          *bool           `yaml:"default"` // true only: 3scale can't take it back by its API
	ApprovalRequired *bool           `yaml:"approvalRequired"`
	TrialDays        *int64          `yaml:"trialDays" min:"0" max:"2147483647"`
	SetupFee         *Decimal        `yaml:"setupFee"`
	MonthlyCost      *Decimal        `yaml:"monthlyCost"`
	Features         []string        `yaml:"features"`                                                            // nil: not said
	Limits           Map[Map[int64]] `yaml:"limits" min:"0" innerKeys:"eternity,year,month,week,day,hour,minute"` // metric, method or backend/metric; then period
	Prices           Map[[]Price]    `yaml:"prices"`
}

// Price is one step of a metric's price.
type Price struct {
	From  int64   `yaml:"from" min:"1" max:"2147483647"` // 1 unless said
	To    *int64  `yaml:"to" min:"1" max:"2147483647"`   // nil: no end
	Price Decimal `yaml:"price" required:"true"`         // a unit's, at most 4 decimals
}

// Decimal is an exact decimal number in its shortest form ("49.9", "0.0001").
type Decimal string

// ServicePlan is how accounts subscribe to the product; its key is its name, which 3scale has no other key for.
type ServicePlan struct {
	Meta             `yaml:",inline"`
	Default          *bool    `yaml:"default"`
	Published        *bool    `yaml:"published"`
	ApprovalRequired *bool    `yaml:"approvalRequired"`
	Renamed          string   `yaml:"renamed" chars:"1-255"` // its name until now
	Features         []string `yaml:"features"`
}

// ActiveDoc is an OpenAPI document that the portal shows: read from a file, or generated from the product's rules.
type ActiveDoc struct {
	Meta                   `yaml:",inline"`
	Name                   *string `yaml:"name" chars:"1-255"`
	Description            *string `yaml:"description" chars:"0-65535"`
	Published              *bool   `yaml:"published"`
	SkipSwaggerValidations *bool   `yaml:"skipSwaggerValidations"`
	File                   string  `yaml:"file"` // beside the document that says it
	Generate               bool    `yaml:"generate"`
	Server                 string  `yaml:"server"` // staging, production or a URL: written into the document
	Body                   []byte  `yaml:"-"`      // the file's content as JSON, read by the loader
}
