package maas

// Realm is a realm of Keycloak. Its own fields and those of the objects below it have Keycloak's names and pass through
// as they are, so that a newer server's fields need no newer maasctl. Secrets among them are secret.Value.
type Realm struct {
	Object               `yaml:",inline"`
	Clients              Map[*Client]           `yaml:"clients" key:"name"`
	ClientScopes         Map[*ClientScope]      `yaml:"clientScopes" key:"name"`
	DefaultClientScopes  []NameOrAbsent         `yaml:"defaultClientScopes"`
	OptionalClientScopes []NameOrAbsent         `yaml:"optionalClientScopes"`
	Roles                Map[*Role]             `yaml:"roles" key:"name"`
	Groups               Map[*Group]            `yaml:"groups" key:"name"`
	IdentityProviders    Map[*IdentityProvider] `yaml:"identityProviders" key:"name"`
	Users                Map[*RealmUser]        `yaml:"users" key:"name"`
	RequiredActions      Map[*Object]           `yaml:"requiredActions"`
	ClientPolicies       Map[*Object]           `yaml:"clientPolicies" key:"name"`
	ClientProfiles       Map[*Object]           `yaml:"clientProfiles" key:"name"`
}

// Object is anything of a realm: its life, and its fields under Keycloak's names. A field's value is what YAML gives
// (string, bool, int64, float64, nil, []any, map[string]any) or a secret.Value.
type Object struct {
	Meta   `yaml:",inline"`
	Fields map[string]any `yaml:",inline"`
}

// Client is an application of a realm, or a service that asks for tokens.
type Client struct {
	Object               `yaml:",inline"`
	ProtocolMappers      Map[*Mapper]   `yaml:"protocolMappers" key:"name"`
	Roles                Map[*Role]     `yaml:"roles" key:"name"`
	ServiceAccountRoles  []RoleRef      `yaml:"serviceAccountRoles"`
	DefaultClientScopes  []NameOrAbsent `yaml:"defaultClientScopes"`
	OptionalClientScopes []NameOrAbsent `yaml:"optionalClientScopes"`
}

// Mapper is a protocol mapper, in its short form (userProperty or userAttribute, with claim and type) or in full.
type Mapper struct {
	Object        `yaml:",inline"`
	UserProperty  string `yaml:"userProperty"`
	UserAttribute string `yaml:"userAttribute"`
	Claim         string `yaml:"claim"`
	Type          string `yaml:"type"`
}

// ClientScope is a set of mappers that clients share.
type ClientScope struct {
	Object          `yaml:",inline"`
	ProtocolMappers Map[*Mapper] `yaml:"protocolMappers" key:"name"`
}

// Role is a role of the realm or of a client.
type Role struct {
	Object     `yaml:",inline"`
	Composites []RoleRef `yaml:"composites"` // nil: not said
}

// Group is a group of users, with the groups below it.
type Group struct {
	Object `yaml:",inline"`
	Roles  []RoleRef   `yaml:"roles"`
	Groups Map[*Group] `yaml:"groups" key:"name"`
}

// IdentityProvider is an upstream that users sign in by.
type IdentityProvider struct {
	Object    `yaml:",inline"`
	Discovery string       `yaml:"discovery"` // the issuer whose openid-configuration gives the endpoints
	Mappers   Map[*Object] `yaml:"mappers" key:"name"`
}

// RealmUser is a user of the realm; its key is the username.
type RealmUser struct {
	Object    `yaml:",inline"`
	Temporary bool      `yaml:"temporary"` // the password has to be changed at the first sign-in
	Groups    []string  `yaml:"groups"`    // paths
	Roles     []RoleRef `yaml:"roles"`
}

// RoleRef names a role of the realm, or, with Client, of one of its clients: "role", "client/role" or {client:, role:}.
type RoleRef struct {
	Client string   `yaml:"client"`
	Role   string   `yaml:"role" required:"true"`
	Pos    Position `yaml:"-"`
}

// NameOrAbsent is an entry of a list that is added to what the server has; {name:, absent: true} takes it away.
type NameOrAbsent struct {
	Name   string   `yaml:"name" required:"true"`
	Absent bool     `yaml:"absent"`
	Pos    Position `yaml:"-"`
}
