package maas

// Realm is a realm of Keycloak. Its own fields and those of the objects below it have Keycloak's names and pass through
// as they are, so that a newer server's fields need no newer maasctl. Secrets among them are secret.Value.
type Realm struct {
	Object `yaml:",inline"`
	// By clientId.
	Clients Map[*Client] `yaml:"clients" key:"name"`
	// By name.
	ClientScopes Map[*ClientScope] `yaml:"clientScopes" key:"name"`
	// What new clients get; added to those that the realm has.
	DefaultClientScopes []NameOrAbsent `yaml:"defaultClientScopes"`
	// What new clients can ask for; added to those that the realm has.
	OptionalClientScopes []NameOrAbsent `yaml:"optionalClientScopes"`
	// The groups, by their paths, that new users join: all of them.
	DefaultGroups []string `yaml:"defaultGroups"`
	// By name.
	Roles Map[*Role] `yaml:"roles" key:"name"`
	// By name.
	Groups Map[*Group] `yaml:"groups" key:"name"`
	// Upstreams, by alias.
	IdentityProviders Map[*IdentityProvider] `yaml:"identityProviders" key:"name"`
	// By username.
	Users Map[*RealmUser] `yaml:"users" key:"name"`
	// By alias.
	RequiredActions Map[*Object] `yaml:"requiredActions"`
	// By name.
	ClientPolicies Map[*Object] `yaml:"clientPolicies" key:"name"`
	// By name.
	ClientProfiles Map[*Object] `yaml:"clientProfiles" key:"name"`
}

// Object is anything of a realm: its life, and its fields under Keycloak's names. A field's value is what YAML gives
// (string, bool, int64, uint64, float64, nil, []any, map[string]any) or a secret.Value.
type Object struct {
	Meta   `yaml:",inline"`
	Fields map[string]any `yaml:",inline"`
}

// Client is an application of a realm, or a service that asks for tokens.
type Client struct {
	Object `yaml:",inline"`
	// What its tokens hold, by name.
	ProtocolMappers Map[*Mapper] `yaml:"protocolMappers" key:"name"`
	// Its own roles, by name.
	Roles Map[*Role] `yaml:"roles" key:"name"`
	// What its service account may do.
	ServiceAccountRoles []RoleRef `yaml:"serviceAccountRoles"`
	// Added to those that it has.
	DefaultClientScopes []NameOrAbsent `yaml:"defaultClientScopes"`
	// Added to those that it has.
	OptionalClientScopes []NameOrAbsent `yaml:"optionalClientScopes"`
}

// Mapper is a protocol mapper, in its short form (userProperty or userAttribute, with claim and type) or in full.
type Mapper struct {
	Object `yaml:",inline"`
	// Short form: a property of the user, such as email.
	UserProperty string `yaml:"userProperty"`
	// Short form: an attribute of the user.
	UserAttribute string `yaml:"userAttribute"`
	// The claim of the short form.
	Claim string `yaml:"claim"`
	// The claim's type in the short form; String unless said.
	Type string `yaml:"type"`
}

// ClientScope is a set of mappers that clients share.
type ClientScope struct {
	Object `yaml:",inline"`
	// By name.
	ProtocolMappers Map[*Mapper] `yaml:"protocolMappers" key:"name"`
}

// Role is a role of the realm or of a client.
type Role struct {
	Object `yaml:",inline"`
	// Roles that it brings.
	Composites []RoleRef `yaml:"composites"`
}

// Group is a group of users, with the groups below it.
type Group struct {
	Object `yaml:",inline"`
	// What its members may do.
	Roles []RoleRef `yaml:"roles"`
	// Groups below it, by name.
	Groups Map[*Group] `yaml:"groups" key:"name"`
}

// IdentityProvider is an upstream that users sign in by.
type IdentityProvider struct {
	Object `yaml:",inline"`
	// The issuer whose openid-configuration gives the endpoints.
	Discovery string `yaml:"discovery"`
	// By name.
	Mappers Map[*Object] `yaml:"mappers" key:"name"`
}

// RealmUser is a user of the realm; its key is the username.
type RealmUser struct {
	Object `yaml:",inline"`
	// The password has to be changed at the first sign-in.
	Temporary bool `yaml:"temporary"`
	// Paths.
	Groups []string `yaml:"groups"`
	// Realm roles and client/role.
	Roles []RoleRef `yaml:"roles"`
}

// RoleRef names a role of the realm, or, with Client, of one of its clients: "role", "client/role" or {client:, role:}.
type RoleRef struct {
	// The client whose role it is; none for the realm's.
	Client string `yaml:"client"`
	// Its name.
	Role string   `yaml:"role" required:"true"`
	Pos  Position `yaml:"-"`
}

// NameOrAbsent is an entry of a list that is added to what the server has; {name:, absent: true} takes it away.
type NameOrAbsent struct {
	// Its name.
	Name string `yaml:"name" required:"true"`
	// It is taken away.
	Absent bool     `yaml:"absent"`
	Pos    Position `yaml:"-"`
}
