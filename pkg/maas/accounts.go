package maas

import "example.com/maasctl/pkg/secret"

// Accounts are the tenant's developer accounts, by organization name, and what holds for all of them.
type Accounts struct {
	// Every approved account to every product's default service plan.
	Subscribe string        `yaml:"subscribe" enum:"all"`
	Accounts  Map[*Account] `yaml:",inline" key:"organization"`
}

// Account is an organization whose users see the portal.
type Account struct {
	Meta `yaml:",inline"`
	// Its name until now.
	Renamed string `yaml:"renamed" chars:"1-255"`
	// An account plan's name.
	Plan *string `yaml:"plan"`
	// Whether it may use the portal.
	State *string `yaml:"state" enum:"approved,pending,rejected"`
	// The tenant's own fields.
	Fields map[string]any `yaml:"fields"`
	// By username.
	Users Map[*AccountUser] `yaml:"users" key:"username"`
	// By name.
	Applications Map[*Application] `yaml:"applications" key:"name"`
	// Product to service plan.
	Subscribe Map[string] `yaml:"subscribe"`
}

// AccountUser is a person who signs in to the portal; its key is the username.
type AccountUser struct {
	Meta `yaml:",inline"`
	// Of nobody else in the tenant.
	Email *string `yaml:"email"`
	// Given once; never overwritten.
	Password *secret.Value `yaml:"password"`
	// Member unless said.
	Role *string `yaml:"role" enum:"admin,member"`
}

// Application is an account's access to one product.
type Application struct {
	Meta `yaml:",inline"`
	// Its name until now.
	Renamed string `yaml:"renamed" chars:"1-255"`
	// The system name of what it uses.
	Product string `yaml:"product"`
	// The system name of one of its plans.
	Plan string `yaml:"plan"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// Suspended ones are refused by the gateway.
	State *string `yaml:"state" enum:"live,suspended"`
	// Its id and secret become the application's.
	Client *ClientRef `yaml:"client"`
	// Of a product with one key.
	UserKey *secret.Value `yaml:"userKey"`
	// Of a product with ids and keys.
	AppID *string `yaml:"appId" chars:"4-255"`
	// Up to five.
	Keys []secret.Value `yaml:"keys"`
	// Of OpenID Connect.
	RedirectURL *string `yaml:"redirectUrl" chars:"0-255"`
}
