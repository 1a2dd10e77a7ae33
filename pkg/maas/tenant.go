package maas

import "example.com/maasctl/pkg/secret"

// Tenant is what belongs to the tenant as a whole.
type Tenant struct {
	Organization *string         `yaml:"organization" chars:"1-255"` // needs threescale.master
	Timezone     *string         `yaml:"timezone"`                   // a Rails name such as Berlin; needs threescale.master
	AccessCode   *secret.Value   `yaml:"accessCode" empty:"true"`    // "" opens the portal
	Provider     TenantAddresses `yaml:",inline"`
	Settings     TenantSettings  `yaml:",inline"`
	SignIn       Map[*SignIn]    `yaml:"signIn" key:"systemName"`
}

// TenantAddresses are the fields of PUT provider.json beside the access code.
type TenantAddresses struct {
	FromEmail           *string `yaml:"fromEmail" chars:"0-255"`
	SupportEmail        *string `yaml:"supportEmail" chars:"0-255"`
	FinanceSupportEmail *string `yaml:"financeSupportEmail" chars:"0-255"`
}

// TenantSettings are the fields of PUT settings.json, under 3scale's own names in camel case.
type TenantSettings struct {
	UseraccountareaEnabled      *bool   `yaml:"useraccountareaEnabled"`
	HideService                 *bool   `yaml:"hideService"`
	SignupsEnabled              *bool   `yaml:"signupsEnabled"`
	AccountApprovalRequired     *bool   `yaml:"accountApprovalRequired"`
	StrongPasswordsEnabled      *bool   `yaml:"strongPasswordsEnabled"`
	PublicSearch                *bool   `yaml:"publicSearch"`
	AccountPlansUIVisible       *bool   `yaml:"accountPlansUiVisible"`
	ChangeAccountPlanPermission *string `yaml:"changeAccountPlanPermission" enum:"request,none,credit_card,request_credit_card,direct"`
	ServicePlansUIVisible       *bool   `yaml:"servicePlansUiVisible"`
	ChangeServicePlanPermission *string `yaml:"changeServicePlanPermission" enum:"request,none,credit_card,request_credit_card,direct"`
	EnforceSSO                  *bool   `yaml:"enforceSso"`
}

// SignIn is a way to sign in to the developer portal. 3scale can't delete one by its API, nor change kind, name or system name.
type SignIn struct {
	Meta                           `yaml:",inline"`
	Kind                           string        `yaml:"kind" chars:"1-255"` // keycloak, auth0, github, or a custom kind
	Name                           *string       `yaml:"name" chars:"1-255"`
	Client                         *ClientRef    `yaml:"client"` // hands over site, clientId and clientSecret
	Site                           *string       `yaml:"site" chars:"1-255"`
	ClientID                       *string       `yaml:"clientId" chars:"1-255"`
	ClientSecret                   *secret.Value `yaml:"clientSecret"`
	Published                      *bool         `yaml:"published"`
	AutomaticallyApproveAccounts   *bool         `yaml:"automaticallyApproveAccounts"`
	TrustEmail                     *bool         `yaml:"trustEmail"`
	SkipSSLCertificateVerification *bool         `yaml:"skipSslCertificateVerification"`
	IdentifierKey                  *string       `yaml:"identifierKey" chars:"1-255"`
	UsernameKey                    *string       `yaml:"usernameKey" chars:"1-255"`
	TokenURL                       *string       `yaml:"tokenUrl" chars:"1-255"`
	UserInfoURL                    *string       `yaml:"userInfoUrl" chars:"1-255"`
	AuthorizeURL                   *string       `yaml:"authorizeUrl" chars:"1-255"`
}

// ClientRef names a client of a realm: "realm/client", or {realm:, client:} where a name has a slash.
type ClientRef struct {
	Realm  string `yaml:"realm" required:"true"`
	Client string `yaml:"client" required:"true"`
}
