package keycloak

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// What a client hands on, beside its fields.
const (
	fieldSecret   = "secret"
	fieldClientID = "clientId"
	fieldIssuer   = "issuer"
)

const (
	fieldDefaultScopes  = "defaultClientScopes"
	fieldOptionalScopes = "optionalClientScopes"
)

// clientKind are the clients of a realm.
type clientKind struct{}

func (clientKind) info() plan.Kind { return plan.Kind{Name: kindClient, Apart: true} }

func (w *wants) clients(realm *plan.Object, said maas.Map[*maas.Client], at []string) {
	if said == nil {
		return
	}
	w.name(kindClient, realm.Address)
	for _, e := range said {
		c, path := e.Value, join(at, "clients", e.Name)
		o := object(realm.Child(kindClient, e.Name, nil), c.Object, nil)
		w.portal(o, e.Name)
		// What a new client gets of scopes depends on the realm's defaults.
		o.Refs = append(o.Refs, realm.Address.Child(kindDefaultScopes, ""), realm.Address.Child(kindOptionalScopes, ""))
		scopesSaid(o, fieldDefaultScopes, c.DefaultClientScopes)
		scopesSaid(o, fieldOptionalScopes, c.OptionalClientScopes)
		w.add(o, path...)
		if o.Absent {
			continue
		}
		w.mappers(o, c.ProtocolMappers, path)
		w.roles(o, c.Roles, path)
		w.serviceAccount(o, c.ServiceAccountRoles, path)
	}
}

func join(at []string, more ...string) []string { return append(at[:len(at):len(at)], more...) }

// scopesSaid are scopes that are added to those that are there, or taken away.
func scopesSaid(o *plan.Object, field string, said []maas.NameOrAbsent) {
	if said == nil {
		return
	}
	set := plan.Set{}
	for _, s := range said {
		set[s.Name] = true
		if s.Absent {
			set[s.Name] = nil
			continue
		}
		o.Refs = append(o.Refs, o.Address.Root().Child(kindScope, s.Name))
	}
	o.Fields[field] = set
}

func (clientKind) shape() *shape {
	return &shape{
		place:    place{field: "attributes"},
		defaults: func(c *change) map[string]any { return map[string]any{"clientId": c.Name} },
		collection: func(_ context.Context, _ *Session, a plan.Address) (string, error) {
			return path(a.Root().Name(), "clients"), nil
		},
		item: clientItem,
		find: findClient,

		complete: flowIDs,
		// A PUT replaces all mappers, ignores scopes, and would store a secret that is shown masked.
		drop: []string{"protocolMappers", "secret", "registrationAccessToken", "access", fieldDefaultScopes, fieldOptionalScopes},
	}
}

func clientItem(ctx context.Context, s *Session, a plan.Address) (string, error) {
	id, err := s.clientID(ctx, a.Root(), a.Name())
	return path(a.Root().Name(), "clients", id), err
}

// builtinClient tells a client that the server itself has made and needs. master has one for each realm.
func builtinClient(realm, id string) bool {
	if realm == "master" && strings.HasSuffix(id, "-realm") {
		return true
	}
	return slices.Contains([]string{"account", "account-console", adminCLI, "broker", "realm-management", "security-admin-console"}, id)
}

func (r *reader) clients(ctx context.Context, realm string) ([]map[string]any, error) {
	return r.list(ctx, path(realm, "clients"))
}

func (k clientKind) read(ctx context.Context, r *reader, realm *plan.Object) ([]*plan.Object, error) {
	found, err := r.clients(ctx, realm.Name)
	if err != nil {
		return nil, err
	}
	extra, err := r.prunableScopes(ctx, realm)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, raw := range found {
		id := str(raw, "clientId")
		o := r.found(realm.Child(kindClient, id, nil), k.shape().place, raw, str(raw, "id"))
		o.Builtin = builtinClient(realm.Name, id)
		o.Outputs[fieldIssuer] = r.s.issuer(realm.Name)
		d := r.desired[o.Address]
		scopesThere(o, d, fieldDefaultScopes, raw, extra)
		scopesThere(o, d, fieldOptionalScopes, raw, extra)
		out = append(out, o)
		group.Go(func() error { return r.secret(ctx, o, d) })
		group.Go(func() error { return r.flowNames(ctx, o, d) })
	}
	return out, group.Wait()
}

// scopesThere are those of the client's scopes that the document names, and those that --prune takes.
func scopesThere(o, d *plan.Object, field string, raw map[string]any, prunable map[string]bool) {
	if d == nil {
		return
	}
	said, ok := d.Fields[field].(plan.Set)
	if !ok {
		return
	}
	set := plan.Set{}
	for name := range setOf(raw[field]) {
		if _, named := said[name]; named || prunable[name] {
			set[name] = true
		}
	}
	o.Fields[field] = set
}

// secret finds out a client's secret where the document says it or something takes it over. 26 shows it with the client, 18 by
// a call of its own. One that is needed and isn't there (18 makes none by itself) is wanted from the server.
func (r *reader) secret(ctx context.Context, o, d *plan.Object) error {
	raw := nativeOf(o).raw
	var said any
	if d != nil {
		said = d.Fields[fieldSecret]
	}
	taken := r.s.takenOver(o.Address)
	if said == nil && !taken || !confidential(raw) {
		return nil
	}
	value := str(raw, fieldSecret)
	if value == "" || value == masked {
		shown, err := r.one(ctx, path(o.Address.Root().Name(), "clients", str(raw, "id"), "client-secret"))
		if err != nil {
			return err
		}
		value = str(shown, "value")
	}
	if value == "" {
		if said == nil && d != nil {
			d.Fields[fieldSecret] = Generated{}
		}
		return nil
	}
	r.s.config.Transport.Redactor.Add(value)
	o.Outputs[fieldSecret] = secret.New("", value)
	if _, is := said.(Generated); is {
		o.Fields[fieldSecret] = said // there is one now
	} else if said != nil {
		o.Fields[fieldSecret] = secret.New("", value)
	}
	return nil
}

func confidential(raw map[string]any) bool {
	return !flag(raw, "publicClient") && !flag(raw, "bearerOnly") && (raw["protocol"] == nil || str(raw, "protocol") == openIDConnect)
}

func (k clientKind) write(ctx context.Context, s *Session, c *change) error {
	c.outputs[fieldClientID], c.outputs[fieldIssuer] = c.Name, s.issuer(c.realm())
	w := k.shape()
	if c.Live != nil {
		if err := w.writeFields(ctx, s, c); err != nil {
			return err
		}
		if err := s.putScopes(ctx, c, nativeOf(c.Live).raw); err != nil {
			return err
		}
		return s.secretAfterUpdate(ctx, c)
	}
	body, err := w.whole(s, c)
	if err == nil {
		err = flowIDs(ctx, s, c, body)
	}
	if err != nil {
		return err
	}
	mappers, err := s.embed(c, body)
	if err != nil {
		return err
	}
	made, err := w.create(ctx, s, c, body)
	if err != nil {
		return err
	}
	if made {
		for _, m := range mappers {
			s.embedded(m)
		}
	}
	if err := s.scopesOfNew(ctx, c); err != nil {
		return err
	}
	return s.secretAfterCreate(ctx, c, body, made)
}

// scopesOfNew adds and takes away scopes, once it is known what the server gave.
func (s *Session) scopesOfNew(ctx context.Context, c *change) error {
	if c.Desired.Fields[fieldDefaultScopes] == nil && c.Desired.Fields[fieldOptionalScopes] == nil {
		return nil
	}
	item, err := clientItem(ctx, s, c.Address)
	if err != nil {
		return err
	}
	var raw map[string]any
	if err := s.api.get(ctx, item, &raw); err != nil {
		return err
	}
	return s.putScopes(ctx, c, raw)
}

func (s *Session) putScopes(ctx context.Context, c *change, raw map[string]any) error {
	item, err := clientItem(ctx, s, c.Address)
	if err != nil {
		return err
	}
	return s.assign(ctx, c, assignment{
		fields: [2]string{fieldDefaultScopes, fieldOptionalScopes},
		paths:  [2]string{item + "/default-client-scopes", item + "/optional-client-scopes"},
		there:  [2]plan.Set{setOf(raw[fieldDefaultScopes]), setOf(raw[fieldOptionalScopes])},
	})
}

func (k clientKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
