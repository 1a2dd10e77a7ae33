package keycloak

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/plan"
)

// Flows of authentication are pointed at by their aliases everywhere but in a client's overrides, which have ids. A realm or an
// identity provider that names one which isn't there is answered with 500.

// overrides is the field of a client with the flows that it has instead of its realm's.
const overrides = "authenticationFlowBindingOverrides"

// builtinFlows are in every realm, on 26 and on 18.
func builtinFlows() []string {
	return []string{"browser", "clients", "direct grant", "docker auth", "first broker login", "registration", "reset credentials"}
}

// flows are the aliases of a realm's flows by id.
type flows map[string]string

func (f flows) id(alias string) (string, bool) {
	for id, name := range f {
		if name == alias {
			return id, true
		}
	}
	_, isID := f[alias]
	return alias, isID
}

func (f flows) aliases() []string {
	return slices.Sorted(maps.Values(f))
}

func flowsAt(realm string) string { return path(realm, "authentication", "flows") }

func flowsIn(found []map[string]any) flows {
	all := flows{}
	for _, raw := range found {
		all[str(raw, "id")] = str(raw, "alias")
	}
	return all
}

// flowsOf asks for the flows of a realm, once in a run.
func (s *Session) flowsOf(ctx context.Context, realm plan.Address) (flows, error) {
	return s.flows.of(realm, func() (flows, error) {
		var found []map[string]any
		err := s.api.get(ctx, flowsAt(realm.Name()), &found)
		return flowsIn(found), err
	})
}

// flowFields are the fields of an object that name flows, with the aliases that they name.
func flowFields(o *plan.Object) map[string]string {
	out := map[string]string{}
	for name, path := range nativeOf(o).paths {
		alias, isText := o.Fields[name].(string)
		if isText && alias != "" && isFlowField(o.Kind, path) {
			out[name] = alias
		}
	}
	return out
}

func isFlowField(kind string, path []string) bool {
	switch kind {
	case kindRealm:
		return len(path) == 1 && strings.HasSuffix(path[0], "Flow")
	case kindProvider:
		return len(path) == 1 && strings.HasSuffix(path[0], "FlowAlias")
	case kindClient:
		return len(path) == 2 && path[0] == overrides
	}
	return false
}

// checkFlows looks whether the flows are there that an object names.
func (r *reader) checkFlows(ctx context.Context, d *plan.Object) error {
	live := r.state[d.Address]
	for name, alias := range flowFields(d) {
		if slices.Contains(builtinFlows(), alias) || live != nil && live.Fields[name] == alias {
			continue
		}
		realm, all := d.Address.Root(), flows{}
		if !r.isNew(realm) {
			found, err := r.list(ctx, flowsAt(realm.Name()))
			if err != nil {
				return err
			}
			all = flowsIn(found)
		}
		if _, there := all.id(alias); !there {
			r.refuse(d, name, "%s: %s has no authentication flow %q%s; maasctl can't make flows: make it in Keycloak's admin console first",
				name, words(realm), alias, near.Meant(alias, append(all.aliases(), builtinFlows()...)))
		}
	}
	return nil
}

// flowNames shows the overrides of a client that is there by alias, as the document says them.
func (r *reader) flowNames(ctx context.Context, o, d *plan.Object) error {
	if len(flowFields(d)) == 0 {
		return nil
	}
	found, err := r.list(ctx, flowsAt(o.Address.Root().Name()))
	if err != nil {
		return err
	}
	all := flowsIn(found)
	for name, said := range flowFields(d) {
		if id, _ := o.Fields[name].(string); id != said && all[id] != "" {
			o.Fields[name] = all[id]
		}
	}
	return nil
}

// flowIDs puts the ids of flows into a client's body, where the document has their aliases.
func flowIDs(ctx context.Context, s *Session, c *change, body map[string]any) error {
	said, _ := body[overrides].(map[string]any)
	for binding, v := range said {
		alias, _ := v.(string)
		if alias == "" {
			continue // takes the override away
		}
		all, err := s.flowsOf(ctx, c.Address.Root())
		if err != nil {
			return err
		}
		id, there := all.id(alias)
		if !there {
			return fmt.Errorf("%s.%s: %s has no authentication flow %q", overrides, binding, words(c.Address.Root()), alias)
		}
		said[binding] = id
	}
	return nil
}
