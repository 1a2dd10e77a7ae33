package keycloak

import (
	"context"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// kind is one kind of object: all that has to be known about it stands in its file. To add one, write such a file and
// name it in kinds.
type kind interface {
	// info is what the planner has to know.
	info() plan.Kind
	// read lists all objects of the kind below parent (nil at the top) as they are, in normal form.
	read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error)
	// write creates or updates, and tells what the server made of it.
	write(ctx context.Context, s *Session, c *change) error
	// remove deletes. That the object is gone already is no error.
	remove(ctx context.Context, s *Session, c *change) error
}

// kinds are all kinds, in the order in which a plan lists those below one realm.
func kinds() []kind {
	return []kind{
		realmKind{}, scopeKind{}, realmScopesKind{}, realmScopesKind{optional: true}, clientKind{}, mapperKind{},
		roleKind{}, compositesKind{}, serviceAccountKind{}, groupKind{}, providerKind{}, providerMapperKind{},
		userKind{}, defaultGroupsKind{}, actionKind{}, policyKind{profiles: true}, policyKind{},
	}
}

// Kinds tells the planner about all kinds of Keycloak.
func Kinds() []plan.Kind {
	var all []plan.Kind
	for rank, k := range kinds() {
		info := k.info()
		info.System, info.Rank = System, rank
		all = append(all, info)
	}
	return all
}

// The names of the kinds, as plans and messages use them.
const (
	kindRealm          = "realm"
	kindScope          = "client scope"
	kindDefaultScopes  = "default client scopes"
	kindOptionalScopes = "optional client scopes"
	kindClient         = "client"
	kindMapper         = "mapper"
	kindRole           = "role"
	kindComposites     = "composites"
	kindServiceAccount = "service account"
	kindGroup          = "group"
	kindProvider       = "identity provider"
	kindProviderMapper = "identity provider mapper"
	kindUser           = "user"
	kindDefaultGroups  = "default groups"
	kindAction         = "required action"
	kindProfile        = "client profile"
	kindPolicy         = "client policy"
)

// change is a change under way.
type change struct {
	*plan.Change
	handed  apply.Handover
	outputs map[string]any
}

// native is what Keycloak's objects know beside what the planner compares.
type native struct {
	raw         map[string]any      // read: as the server shows it
	paths       map[string][]string // wanted: where each field stands in the object
	refs        map[string]roleRef  // roles by label, wanted or read
	discovery   *discovery          // wanted: where the endpoints of an identity provider come from
	credentials []any               // wanted: of a new user
	temporary   bool                // wanted: the new user's password has to be changed
}

func nativeOf(o *plan.Object) *native {
	if o == nil {
		return &native{}
	}
	if n, ok := o.Native.(*native); ok {
		return n
	}
	return &native{}
}

// realm is the name of the realm that the change is in.
func (c *change) realm() string { return c.Address.Root().Name() }
