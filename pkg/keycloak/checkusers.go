package keycloak

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// checkAttributes looks whether the realm's user profile has the attributes that a user gets. 24 and later drop others without
// a word.
func (r *reader) checkAttributes(ctx context.Context, d *plan.Object) error {
	live := r.state[d.Address]
	var names []string
	for name, p := range nativeOf(d).paths {
		set, _ := d.Fields[name].(plan.Set)
		if p[0] == "attributes" && len(set) > 0 && (live == nil || at(nativeOf(live).raw, p...) == nil) {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil
	}
	allows, err := r.userProfile(ctx, d.Parent)
	if err != nil || allows == nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		attribute := nativeOf(d).paths[name][1]
		if !allows(attribute) {
			r.refuse(d, name, "the realm's user profile doesn't have the attribute %q, so the server would drop it; add it there, or set the profile's "+
				"unmanagedAttributePolicy to ENABLED: in Keycloak's admin console, at Realm settings, User profile", attribute)
		}
	}
	return nil
}

// userProfile tells which attributes users of a realm may have; nil where any, or where that can't be known.
func (r *reader) userProfile(ctx context.Context, realm plan.Address) (func(string) bool, error) {
	of := realm.Name()
	if r.isNew(realm) {
		of = master // which shows whether realms have profiles here at all
	}
	answer, err := r.optional(ctx, path(of, "users", "profile")) // 18 answers 204
	profile, _ := answer.(map[string]any)
	if transport.Is(err, http.StatusNotFound, http.StatusForbidden, http.StatusMethodNotAllowed) || err == nil && profile == nil {
		return nil, nil //nolint:nilnil // no profile, no limit
	}
	if err != nil {
		return nil, err
	}
	names := []string{"username", "email", "firstName", "lastName"}
	if !r.isNew(realm) {
		if policy := str(profile, "unmanagedAttributePolicy"); policy == "ENABLED" || policy == "ADMIN_EDIT" {
			return nil, nil //nolint:nilnil // any attribute
		}
		for _, a := range objectsIn(profile["attributes"]) {
			names = append(names, str(a, "name"))
		}
	}
	return func(name string) bool { return slices.Contains(names, name) }, nil
}

// checkActions looks whether the actions are known that a user has to do: the server drops others.
func (r *reader) checkActions(ctx context.Context, d *plan.Object) error {
	set, _ := d.Fields[fieldActions].(plan.Set)
	for _, alias := range slices.Sorted(maps.Keys(set)) {
		if err := r.checkAction(ctx, d, fieldActions, alias); err != nil {
			return err
		}
	}
	return nil
}

// checkNewAction looks whether a required action can be registered that the realm doesn't have.
func (r *reader) checkNewAction(ctx context.Context, d *plan.Object) error {
	return r.checkAction(ctx, d, "", d.Name)
}

func (r *reader) checkAction(ctx context.Context, d *plan.Object, field, alias string) error {
	if slices.Contains(newRealmHas(kindAction), alias) {
		return nil
	}
	of := d.Parent.Name()
	if r.isNew(d.Parent) {
		of = master
	}
	known := newRealmHas(kindAction)
	for list, key := range map[string]string{"required-actions": "alias", "unregistered-required-actions": "providerId"} {
		found, err := r.list(ctx, path(of, "authentication", list))
		if transport.Is(err, http.StatusForbidden) {
			return nil // of another realm
		}
		if err != nil {
			return err
		}
		for _, raw := range found {
			known = append(known, str(raw, key))
		}
	}
	if !slices.Contains(known, alias) {
		r.refuse(d, field, "this server has no required action %q%s", alias, near.Meant(alias, known))
	}
	return nil
}
