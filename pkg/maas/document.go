// Package maas is the document: what maas.yaml may say, how its layers are merged, and what is wrong with it.
// It knows no server.
package maas

import "example.com/maasctl/pkg/secret"

// APIVersion is the version of the language that this package reads.
const APIVersion = "maasctl/v1"

// Document is a maas.yaml after files, environment, --set and templates have been merged.
type Document struct {
	APIVersion string        `yaml:"apiVersion"`
	Name       string        `yaml:"name"` // the owner: what is created carries "maasctl:NAME"
	ThreeScale *ThreeScale   `yaml:"threescale"`
	Keycloak   *Keycloak     `yaml:"keycloak"`
	Tenant     *Tenant       `yaml:"tenant"`
	Backends   Map[*Backend] `yaml:"backends" key:"systemName"`
	Products   Map[*Product] `yaml:"products" key:"systemName"`
	Accounts   *Accounts     `yaml:"accounts"`
	Realms     Map[*Realm]   `yaml:"realms" key:"realm"`
	Outputs    Map[string]   `yaml:"outputs"`

	positions  map[string]Position // by path, joined with NUL
	unresolved map[string]bool     // paths whose value is a reference still
	source     source
	said       Diagnostics // by Load, so that Resolve says only what is new
}

// ThreeScale says where the tenant's admin portal is and how to get in.
type ThreeScale struct {
	URL      string       `yaml:"url"`
	Token    secret.Value `yaml:"token"`
	Insecure bool         `yaml:"insecure"` // http:// to another machine, or a certificate that can't be checked
	Master   *Master      `yaml:"master"`
}

// Master is access to the master account, which alone may set a tenant's organization and time zone.
type Master struct {
	URL   string       `yaml:"url"`
	Token secret.Value `yaml:"token"`
}

// Keycloak says where Keycloak (or RH-SSO) is; the base path (/auth) is found by probing.
type Keycloak struct {
	URL         string       `yaml:"url"`
	Insecure    bool         `yaml:"insecure"`
	Credentials *Credentials `yaml:"credentials"`
}

// Credentials are one of: username and password (with a clientId, and its secret, where not admin-cli signs in), clientId
// and clientSecret, or a token, such as one mounted as a file.
type Credentials struct {
	Realm        string       `yaml:"realm"` // where the account lives; master unless said
	Username     secret.Value `yaml:"username" literal:"true"`
	Password     secret.Value `yaml:"password"`
	ClientID     secret.Value `yaml:"clientId" literal:"true"`
	ClientSecret secret.Value `yaml:"clientSecret"`
	Token        secret.Value `yaml:"token"`
}

// Meta is what every object can say about its own life.
type Meta struct {
	Absent  bool `yaml:"absent"`  // the object goes, whoever owns it
	Protect bool `yaml:"protect"` // the object is never deleted, whatever is asked
}
