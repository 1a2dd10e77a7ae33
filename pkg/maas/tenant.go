package maas

import "example.com/maasctl/pkg/secret"

// Tenant is what belongs to the tenant as a whole.
type Tenant struct {
	// Needs threescale.master.
	Organization *string `yaml:"organization" chars:"1-255"`
	// A Rails name such as Berlin; needs threescale.master.
	Timezone *string `yaml:"timezone"`
	// Empty for a portal that is open.
	AccessCode *secret.Value   `yaml:"accessCode" empty:"true"`
	Provider   TenantAddresses `yaml:",inline"`
	Settings   TenantSettings  `yaml:",inline"`
	// Ways to sign in to the developer portal, by system name.
	SignIn Map[*SignIn] `yaml:"signIn" key:"systemName"`
}

// TenantAddresses are the fields of PUT provider.json beside the access code.
type TenantAddresses struct {
	// The sender of mails.
	FromEmail *string `yaml:"fromEmail" chars:"0-255"`
	// For subscribers.
	SupportEmail *string `yaml:"supportEmail" chars:"0-255"`
	// For questions about bills.
	FinanceSupportEmail *string `yaml:"financeSupportEmail" chars:"0-255"`
}

// TenantSettings are the fields of PUT settings.json, under 3scale's own names in camel case.
type TenantSettings struct {
	// Users edit their own data.
	UseraccountareaEnabled *bool `yaml:"useraccountareaEnabled"`
	// One product is not shown by name.
	HideService *bool `yaml:"hideService"`
	// Developers can sign up by themselves.
	SignupsEnabled *bool `yaml:"signupsEnabled"`
	// New accounts wait for an approval.
	AccountApprovalRequired *bool `yaml:"accountApprovalRequired"`
	// Passwords have to be strong.
	StrongPasswordsEnabled *bool `yaml:"strongPasswordsEnabled"`
	// The search is open to all.
	PublicSearch *bool `yaml:"publicSearch"`
	// Account plans are shown.
	AccountPlansUIVisible *bool `yaml:"accountPlansUiVisible"`
	// How accounts change their plan.
	ChangeAccountPlanPermission *string `yaml:"changeAccountPlanPermission" enum:"request,none,credit_card,request_credit_card,direct"`
	// Service plans are shown.
	ServicePlansUIVisible *bool `yaml:"servicePlansUiVisible"`
	// How subscriptions change their plan.
	ChangeServicePlanPermission *string `yaml:"changeServicePlanPermission" enum:"request,none,credit_card,request_credit_card,direct"`
	// No passwords in the admin portal.
	EnforceSSO *bool `yaml:"enforceSso"`
}

// SignIn is a way to sign in to the developer portal. 3scale can't delete one by its API, nor change kind, name or system name.
type SignIn struct {
	Meta `yaml:",inline"`
	// One of keycloak, auth0, github, or a custom kind.
	Kind string `yaml:"kind" chars:"1-255"`
	// For people; its key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// Hands over site, clientId and clientSecret.
	Client *ClientRef `yaml:"client"`
	// The realm's or domain's URL.
	Site *string `yaml:"site" chars:"1-255"`
	// Where no client is said.
	ClientID *string `yaml:"clientId" chars:"1-255"`
	// Where no client is said.
	ClientSecret *secret.Value `yaml:"clientSecret"`
	// Whether the portal offers it.
	Published *bool `yaml:"published"`
	// Who signs up by it needs no approval.
	AutomaticallyApproveAccounts *bool `yaml:"automaticallyApproveAccounts"`
	// E-mails of it count as confirmed; said on create only.
	TrustEmail *bool `yaml:"trustEmail"`
	// The site's certificate isn't checked.
	SkipSSLCertificateVerification *bool `yaml:"skipSslCertificateVerification"`
	// The field with the id; said on create only.
	IdentifierKey *string `yaml:"identifierKey" chars:"1-255"`
	// The field with the name; said on create only.
	UsernameKey *string `yaml:"usernameKey" chars:"1-255"`
	// Of a custom kind; said on create only.
	TokenURL *string `yaml:"tokenUrl" chars:"1-255"`
	// Of a custom kind; said on create only.
	UserInfoURL *string `yaml:"userInfoUrl" chars:"1-255"`
	// Of a custom kind; said on create only.
	AuthorizeURL *string `yaml:"authorizeUrl" chars:"1-255"`
}

// ClientRef names a client of a realm: "realm/client", or {realm:, client:} where a name has a slash.
type ClientRef struct {
	// The realm's name.
	Realm string `yaml:"realm" required:"true"`
	// The client's clientId.
	Client string `yaml:"client" required:"true"`
}
