package keycloak

import (
	"cmp"
	"context"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// mapperKind are the protocol mappers of clients and client scopes.
type mapperKind struct{}

func (mapperKind) info() plan.Kind { return plan.Kind{Name: kindMapper} }

func (w *wants) mappers(parent *plan.Object, said maas.Map[*maas.Mapper], at []string) {
	if said == nil {
		return
	}
	w.name(kindMapper, parent.Address)
	for _, e := range said {
		w.add(object(parent.Child(kindMapper, e.Name, nil), e.Value.Object, short(e.Value)), join(at, "protocolMappers", e.Name)...)
	}
}

// short is what the short forms stand for: a claim of a property or of an attribute of the user, in all tokens.
func short(m *maas.Mapper) map[string]any {
	mapper, of := "oidc-usermodel-property-mapper", m.UserProperty
	if of == "" {
		mapper, of = "oidc-usermodel-attribute-mapper", m.UserAttribute
	}
	if of == "" {
		return nil
	}
	return map[string]any{"protocolMapper": mapper, "config": map[string]any{
		"user.attribute": of, "claim.name": cmp.Or(m.Claim, of), "jsonType.label": cmp.Or(m.Type, "String"),
		"id.token.claim": "true", "access.token.claim": "true", "userinfo.token.claim": "true",
	}}
}

// kindAndParent takes an address apart: what it is below, and that one's kind.
func kindAndParent(a plan.Address) (kind string, parent plan.Address) {
	segments := strings.Split(string(a), "/")
	up := plan.Address(strings.Join(segments[:len(segments)-2], "/"))
	above := strings.Split(string(up), "/")
	kind = above[len(above)-2]
	if _, after, ok := strings.Cut(kind, ":"); ok {
		kind = after
	}
	return kind, up
}

func (mapperKind) shape() *shape {
	return &shape{
		place: place{field: "config"},
		collection: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			kind, parent := kindAndParent(a)
			item := clientItem
			if kind == kindScope {
				item = scopeItem
			}
			above, err := item(ctx, s, parent)
			return above + "/protocol-mappers/models", err
		},
		item: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			return itemByName(ctx, s, mapperKind{}.shape(), a)
		},
		find: func(ctx context.Context, s *Session, a plan.Address) (string, error) {
			return findByName(ctx, s, mapperKind{}.shape(), a)
		},
	}
}

// itemByName is where an object is that was read, or that is found in its list by its name.
func itemByName(ctx context.Context, s *Session, w *shape, a plan.Address) (string, error) {
	list, err := w.collection(ctx, s, a)
	if err != nil {
		return "", err
	}
	id, ok := s.id(a)
	if !ok {
		if id, err = findByName(ctx, s, w, a); err != nil {
			return "", err
		}
	}
	return list + path(id), nil
}

func findByName(ctx context.Context, s *Session, w *shape, a plan.Address) (string, error) {
	list, err := w.collection(ctx, s, a)
	if err != nil {
		return "", err
	}
	var found []map[string]any
	err = s.api.get(ctx, list, &found)
	for _, raw := range found {
		if str(raw, "name") == a.Name() {
			return str(raw, "id"), nil
		}
	}
	return "", err
}

func (k mapperKind) read(_ context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	var out []*plan.Object
	for _, raw := range objectsIn(nativeOf(parent).raw["protocolMappers"]) {
		out = append(out, r.found(parent.Child(kindMapper, str(raw, "name"), nil), k.shape().place, raw, str(raw, "id")))
	}
	return out, nil
}

// whole is a mapper as a create sends it, with the protocol of what it is below.
func (k mapperKind) whole(s *Session, c *change) (map[string]any, error) {
	w := k.shape()
	w.defaults = func(c *change) map[string]any {
		protocol := s.protocol(c.Parent)
		return map[string]any{"name": c.Name, "protocol": protocol}
	}
	return w.whole(s, c)
}

func (s *Session) protocol(a plan.Address) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d, ok := s.desired[a]; ok {
		if p, ok := d.Fields["protocol"].(string); ok && p != "" {
			return p
		}
	}
	return cmp.Or(s.protocols[a], openIDConnect)
}

// embed puts the mappers of a new client or scope into its create: one request instead of one each.
func (s *Session) embed(c *change, body map[string]any) ([]plan.Address, error) {
	var list []map[string]any
	var out []plan.Address
	for _, d := range s.mappersBelow(c.Address) {
		m, err := mapperKind{}.whole(s, &change{
			Change: &plan.Change{Address: d.Address, Kind: d.Kind, Name: d.Name, Parent: d.Parent, Desired: d}, handed: c.handed,
		})
		if err != nil {
			return nil, err
		}
		list, out = append(list, m), append(out, d.Address)
	}
	if list != nil {
		body["protocolMappers"] = list
	}
	return out, nil
}

func (s *Session) mappersBelow(a plan.Address) []*plan.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mappers[a]
}

func (k mapperKind) write(ctx context.Context, s *Session, c *change) error {
	if s.isEmbedded(c.Address) {
		return nil
	}
	if c.Live != nil {
		return k.shape().update(ctx, s, c)
	}
	body, err := k.whole(s, c)
	if err != nil {
		return err
	}
	_, err = k.shape().create(ctx, s, c, body)
	return err
}

func (k mapperKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
