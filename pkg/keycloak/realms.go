package keycloak

import (
	"context"
	"net/http"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// realmKind are the realms themselves.
type realmKind struct{}

func (realmKind) info() plan.Kind {
	return plan.Kind{Name: kindRealm, Marks: true, Frozen: map[string]string{
		"defaultRole.name": "Keycloak takes another default role on create only; say the composites of the one that the realm has",
	}}
}

func (w *wants) realms() {
	if w.doc.Realms != nil {
		w.name(kindRealm, "")
	}
	for _, e := range w.doc.Realms {
		r, path := e.Value, []string{"realms", e.Name}
		o := w.add(object(plan.New(System, kindRealm, e.Name, nil), r.Object, nil), path...)
		if o.Absent {
			continue
		}
		w.scopes(o, r.ClientScopes, path)
		w.realmScopes(o, r, path)
		w.clients(o, r.Clients, path)
		w.roles(o, r.Roles, path)
		w.groups(o, r.Groups, path)
		w.defaultGroups(o, r, path)
		w.providers(o, r.IdentityProviders, path)
		w.users(o, r.Users, path)
		w.actions(o, r.RequiredActions, path)
		w.policies(o, r, path)
	}
}

func (realmKind) shape() *shape {
	item := func(_ context.Context, _ *Session, a plan.Address) (string, error) { return path(a.Name()), nil }
	return &shape{
		place: place{field: "attributes"},
		defaults: func(c *change) map[string]any {
			return map[string]any{"realm": c.Name, "enabled": true} // a realm is made disabled otherwise
		},
		collection: func(context.Context, *Session, plan.Address) (string, error) { return "", nil },
		item:       item,
		named:      true,
		// What has calls of its own; 18 even shows the secrets of identity providers here. Client profiles and policies have
		// such calls too, but 18 loses them where they aren't in the body.
		drop: []string{"identityProviders", "identityProviderMappers", "defaultRole", "defaultGroups"},
	}
}

// read gets the realms of the document one by one: listing all would take rights on all. Only --prune has to list.
func (realmKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	var found []map[string]any
	for _, d := range r.desired {
		if d.Kind != kindRealm || !r.asks(d) {
			continue
		}
		raw, err := r.one(ctx, path(d.Name))
		if gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	if r.prune {
		all, err := r.list(ctx, "?briefRepresentation=false")
		if err != nil && !transport.Is(err, http.StatusForbidden) { // an account of one realm sees no list
			return nil, err
		}
		for _, raw := range all {
			if _, ok := r.desired[realmAt(str(raw, "realm"))]; !ok {
				found = append(found, raw)
			}
		}
	}
	var out []*plan.Object
	for _, raw := range found {
		name := str(raw, "realm")
		o := r.found(plan.New(System, kindRealm, name, nil), realmKind{}.shape().place, raw, str(raw, "id"))
		r.s.hide(raw)
		if guards := (realmKind{}).shape().place.guards(raw); len(guards) > 0 {
			o.Fields[plan.FieldProtect] = guards
		}
		r.unkept(o, raw)
		o.Builtin = name == "master"
		o.Outputs["name"] = name
		o.Outputs[fieldIssuer] = r.s.issuer(name)
		out = append(out, o)
	}
	return out, nil
}

// unkept are the user and password of a mail server at which nobody signs in: 26 takes them and drops them, so what the
// document says of them counts as done there.
func (r *reader) unkept(o *plan.Object, raw map[string]any) {
	d := r.desired[o.Address]
	if d == nil || d.Absent {
		return
	}
	auth, said := d.Fields["smtpServer.auth"]
	if !said {
		auth = at(raw, "smtpServer", "auth")
	}
	if text(auth) == "true" {
		return
	}
	for _, key := range []string{"user", "password"} {
		name := "smtpServer." + key
		if want, ok := d.Fields[name]; ok && at(raw, "smtpServer", "host") != nil && at(raw, "smtpServer", key) == nil {
			o.Fields[name] = want
		}
	}
}

// hide makes the secrets known that 18 shows with a realm, so that they are kept out of all text.
func (s *Session) hide(realm map[string]any) {
	for _, p := range objectsIn(realm["identityProviders"]) {
		if t, ok := at(p, "config", "clientSecret").(string); ok && t != masked {
			s.config.Transport.Redactor.Add(t)
		}
	}
}

// issuer is the address of a realm, which its tokens name.
func (s *Session) issuer(realm string) string {
	s.api.mu.Lock()
	defer s.api.mu.Unlock()
	return s.api.base + "/realms" + path(realm)
}

// create makes sure of a token with rights on the new realm: on 18, one from before has none. The policy for one-time passwords
// comes afterwards: a create takes nothing of it without its type, and makes zeros of what isn't said with it.
func (k realmKind) create(ctx context.Context, s *Session, c *change) error {
	w := k.shape()
	body, err := w.whole(s, c)
	if err != nil {
		return err
	}
	later := false
	for field := range body {
		if strings.HasPrefix(field, "otpPolicy") {
			delete(body, field)
			later = true
		}
	}
	made, err := w.create(ctx, s, c, body)
	if err != nil {
		return err
	}
	s.api.tokens.drop(s.api.tokens.current())
	if made && later {
		return w.update(ctx, s, c)
	}
	return nil
}

func (k realmKind) write(ctx context.Context, s *Session, c *change) error {
	var err error
	if c.Live == nil {
		err = k.create(ctx, s, c)
	} else {
		err = k.shape().write(ctx, s, c)
	}
	c.outputs["name"], c.outputs[fieldIssuer] = c.Name, s.issuer(c.Name)
	return err
}

func (k realmKind) remove(ctx context.Context, s *Session, c *change) error {
	return k.shape().remove(ctx, s, c)
}
