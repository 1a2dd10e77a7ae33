// Package maas is the document: what maas.yaml may say, how its layers are merged, and what is wrong with it.
// It knows no server.
//
// In all of its types a nil pointer, slice or Map was not said at all; what is empty was said to be empty. The difference
// decides whether something is looked at, and whether parts of an object go.
package maas

import "example.com/maasctl/pkg/secret"

// APIVersion is the version of the language that this package reads.
const APIVersion = "maasctl/v1"

// Document is a maas.yaml after files, environment, --set and templates have been merged.
type Document struct {
	// The version of the language: maasctl/v1.
	APIVersion string `yaml:"apiVersion"`
	// The owner: what is created carries "maasctl:NAME".
	Name string `yaml:"name"`
	// The 3scale tenant.
	ThreeScale *ThreeScale `yaml:"threescale"`
	// The Keycloak server.
	Keycloak *Keycloak `yaml:"keycloak"`
	// What belongs to the tenant as a whole.
	Tenant *Tenant `yaml:"tenant"`
	// Private APIs, by system name.
	Backends Map[*Backend] `yaml:"backends" key:"systemName"`
	// APIs as subscribers see them, by system name.
	Products Map[*Product] `yaml:"products" key:"systemName"`
	// Developer accounts, by organization name.
	Accounts *Accounts `yaml:"accounts"`
	// Realms of Keycloak, by name.
	Realms Map[*Realm] `yaml:"realms" key:"realm"`
	// Texts with ${realms...}, ${products...} and ${backends...} in them, for other tools.
	Outputs Map[string] `yaml:"outputs"`

	positions  map[string]Position // by path, joined with NUL
	unresolved map[string]bool     // paths whose value is a reference still
	source     source
	said       Diagnostics // by Load, so that Resolve says only what is new
}

// ThreeScale says where the tenant's admin portal is and how to get in.
type ThreeScale struct {
	// The tenant's admin portal, such as https://maas-admin.example.com.
	URL string `yaml:"url"`
	// An access token with the scope account_management, read and write.
	Token secret.Value `yaml:"token"`
	TLS   `yaml:",inline"`
	// Access to the master account.
	Master *Master `yaml:"master"`
}

// Master is access to the master account, which alone may set a tenant's organization and time zone.
type Master struct {
	// The master account's admin portal.
	URL string `yaml:"url"`
	// An access token of the master account.
	Token secret.Value `yaml:"token"`
}

// Keycloak says where Keycloak (or RH-SSO) is; the base path (/auth) is found by probing.
type Keycloak struct {
	// With or without /auth.
	URL string `yaml:"url"`
	TLS `yaml:",inline"`
	// How to get in.
	Credentials *Credentials `yaml:"credentials"`
}

// Credentials are one of: username and password (with a clientId, and its secret, where not admin-cli signs in), clientId
// and clientSecret, or a token, such as one mounted as a file.
type Credentials struct {
	// Where the account lives; master unless said.
	Realm string `yaml:"realm"`
	// Of an administrator.
	Username secret.Value `yaml:"username" literal:"true"`
	// The administrator's.
	Password secret.Value `yaml:"password"`
	// Of a client with a service account.
	ClientID secret.Value `yaml:"clientId" literal:"true"`
	// The client's.
	ClientSecret secret.Value `yaml:"clientSecret"`
	// An access token.
	Token secret.Value `yaml:"token"`
}

// Meta is what every object can say about its own life.
type Meta struct {
	// The object goes, whoever owns it.
	Absent bool `yaml:"absent"`
	// The object is never deleted, whatever is asked.
	Protect bool `yaml:"protect"`
}
