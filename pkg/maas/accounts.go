package maas

import "example.com/maasctl/pkg/secret"

// Accounts are the tenant's developer accounts, by organization name, and what holds for all of them.
type Accounts struct {
	Subscribe string        `yaml:"subscribe" enum:"all"` // every approved account to every product's default service plan
	Accounts  Map[*Account] `yaml:",inline" key:"organization"`
}

// Account is an organization whose users see the portal.
type Account struct {
	Meta         `yaml:",inline"`
	Renamed      string            `yaml:"renamed" chars:"1-255"`
	Plan         *string           `yaml:"plan"` // an account plan's name
	Fields       map[string]any    `yaml:"fields"`
	Users        Map[*AccountUser] `yaml:"users" key:"username"`
	Applications Map[*Application] `yaml:"applications" key:"name"`
	Subscribe    Map[string]       `yaml:"subscribe"` // product to service plan
}

// AccountUser is a person who signs in to the portal; its key is the username.
type AccountUser struct {
	Meta     `yaml:",inline"`
	Email    *string       `yaml:"email"`
	Password *secret.Value `yaml:"password"`
	Role     *string       `yaml:"role" enum:"admin,member"`
}

// Application is an account's access to one product.
type Application struct {
	Meta        `yaml:",inline"`
	Renamed     string         `yaml:"renamed" chars:"1-255"`
	Product     string         `yaml:"product"`
	Plan        string         `yaml:"plan"`
	Description *string        `yaml:"description" chars:"0-65535"`
	Client      *ClientRef     `yaml:"client"` // its id and secret become the application's
	UserKey     *secret.Value  `yaml:"userKey"`
	AppID       *string        `yaml:"appId" chars:"4-255"`
	Keys        []secret.Value `yaml:"keys"`
	RedirectURL *string        `yaml:"redirectUrl" chars:"0-255"`
}
