package keycloak

import (
	"context"
	"maps"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// realmScopesKind are the scopes that a realm gives to its new clients, as defaults or as optional ones.
type realmScopesKind struct{ optional bool }

func (k realmScopesKind) info() plan.Kind { return plan.Kind{Name: k.name(), Part: true} }

func (k realmScopesKind) name() string {
	if k.optional {
		return kindOptionalScopes
	}
	return kindDefaultScopes
}

const fieldScope = "scope"

// realmLists are where the two lists of a realm are.
func realmLists(realm string) [2]string {
	return [2]string{path(realm, "default-default-client-scopes"), path(realm, "default-optional-client-scopes")}
}

func (k realmScopesKind) index() int {
	if k.optional {
		return 1
	}
	return 0
}

func (w *wants) realmScopes(realm *plan.Object, r *maas.Realm, at []string) {
	for _, k := range []struct {
		kind, key string
		said      []maas.NameOrAbsent
	}{
		{kindDefaultScopes, fieldDefaultScopes, r.DefaultClientScopes},
		{kindOptionalScopes, fieldOptionalScopes, r.OptionalClientScopes},
	} {
		if k.said == nil {
			continue
		}
		o := realm.Child(k.kind, "", plan.Fields{})
		scopesSaid(o, fieldScope, k.said)
		w.add(o, join(at, k.key)...)
	}
}

func (k realmScopesKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.list(ctx, realmLists(realm.Name)[k.index()])
	if err != nil {
		return nil, err
	}
	o := realm.Child(k.name(), "", plan.Fields{})
	said, _ := r.desired[o.Address].Fields[fieldScope].(plan.Set)
	mine, err := r.ownScopes(ctx, realm)
	if err != nil {
		return nil, err
	}
	set := plan.Set{}
	for _, raw := range found {
		name := str(raw, "name")
		if _, named := said[name]; named || mine[name] {
			set[name] = true
		}
	}
	o.Fields[fieldScope] = set
	return []*plan.Object{o}, nil
}

// ownScopes are, with --prune, the realm's scopes that carry this owner's mark: of those, what the document no longer
// assigns goes. Scopes that the server or somebody else has made stay where they are.
func (r *reader) ownScopes(ctx context.Context, realm *plan.Object) (map[string]bool, error) {
	if !r.prune {
		return nil, nil
	}
	found, err := r.list(ctx, path(realm.Name, "client-scopes"))
	out := map[string]bool{}
	for _, raw := range found {
		if (scopeKind{}).shape().place.owner(raw) == r.s.config.Owner {
			out[str(raw, "name")] = true
		}
	}
	return out, err
}

// prunableScopes are the scopes that --prune may take from a client: its own ones, but those that the realm gives to all.
func (r *reader) prunableScopes(ctx context.Context, realm *plan.Object) (map[string]bool, error) {
	out, err := r.ownScopes(ctx, realm)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	for i, list := range realmLists(realm.Name) {
		d := r.desired[realm.Address.Child(realmScopesKind{optional: i == 1}.name(), "")]
		if d != nil && realm.Owner == r.s.config.Owner { // of its own ones, the realm will give those that the document says
			said, _ := d.Fields[fieldScope].(plan.Set)
			for _, name := range slices.Sorted(maps.Keys(said)) {
				delete(out, name)
			}
			continue
		}
		found, err := r.list(ctx, list)
		if err != nil {
			return nil, err
		}
		for _, raw := range found {
			delete(out, str(raw, "name"))
		}
	}
	return out, nil
}

func (k realmScopesKind) write(ctx context.Context, s *Session, c *change) error {
	a := assignment{paths: realmLists(c.realm())}
	a.fields[k.index()] = fieldScope
	for i, list := range a.paths {
		var found []map[string]any
		if err := s.api.get(ctx, list, &found); err != nil {
			return err
		}
		a.there[i] = plan.Set{}
		for _, raw := range found {
			a.there[i][str(raw, "name")] = true
		}
	}
	return s.assign(ctx, c, a)
}

func (k realmScopesKind) remove(context.Context, *Session, *change) error { return errPart(k.name()) }
