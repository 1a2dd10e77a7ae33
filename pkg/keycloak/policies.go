package keycloak

import (
	"context"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// policyKind are the client policies of a realm, or the profiles that they name. Keycloak knows one list of each, read and
// written as a whole; the planner gives them no lane of their own, so no two are written at once.
type policyKind struct{ profiles bool }

func (k policyKind) info() plan.Kind { return plan.Kind{Name: k.name()} }

func (k policyKind) name() string {
	if k.profiles {
		return kindProfile
	}
	return kindPolicy
}

// key is the name of the list, in the address and in the answer.
func (k policyKind) key() string {
	if k.profiles {
		return "profiles"
	}
	return "policies"
}

func (k policyKind) list(realm string) string { return path(realm, "client-policies", k.key()) }

func (w *wants) policies(realm *plan.Object, r *maas.Realm, at []string) {
	for _, k := range []struct {
		kind, key string
		said      maas.Map[*maas.Object]
	}{{kindProfile, "clientProfiles", r.ClientProfiles}, {kindPolicy, "clientPolicies", r.ClientPolicies}} {
		if k.said == nil {
			continue
		}
		w.name(k.kind, realm.Address)
		for _, e := range k.said {
			o := object(realm.Child(k.kind, e.Name, nil), *e.Value, nil)
			if names, ok := o.Fields["profiles"].(plan.Set); ok {
				for name := range names {
					o.Refs = append(o.Refs, realm.Address.Child(kindProfile, name))
				}
			}
			w.add(o, join(at, k.key, e.Name)...)
		}
	}
}

func (k policyKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.one(ctx, k.list(realm.Name))
	var out []*plan.Object
	for _, raw := range objectsIn(found[k.key()]) {
		o := r.found(realm.Child(k.name(), str(raw, "name"), nil), place{}, raw, str(raw, "name"))
		for name := range setOf(raw["profiles"]) {
			o.Refs = append(o.Refs, realm.Address.Child(kindProfile, name)) // a profile goes after the policies that use it
		}
		out = append(out, o)
	}
	return out, err
}

func (k policyKind) write(ctx context.Context, s *Session, c *change) error {
	said, err := c.body()
	if err != nil {
		return err
	}
	return k.change(ctx, s, c, func(all []map[string]any) []map[string]any {
		i := slices.IndexFunc(all, func(raw map[string]any) bool { return str(raw, "name") == c.Name })
		if i < 0 {
			all, i = append(all, map[string]any{"name": c.Name}), len(all)
		}
		merge(all[i], said)
		return all
	})
}

func (k policyKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.change(ctx, s, c, func(all []map[string]any) []map[string]any {
		return slices.DeleteFunc(all, func(raw map[string]any) bool { return str(raw, "name") == c.Name })
	})
}

// change reads the list, changes it and writes it back.
func (k policyKind) change(ctx context.Context, s *Session, c *change, edit func([]map[string]any) []map[string]any) error {
	return retried(ctx, func() error {
		var found map[string]any
		if err := s.api.get(ctx, k.list(c.realm()), &found); err != nil {
			return err
		}
		_, err := s.api.do(ctx, http.MethodPut, k.list(c.realm()), map[string]any{k.key(): edit(objectsIn(found[k.key()]))})
		return err
	})
}
