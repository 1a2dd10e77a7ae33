package keycloak

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

func realmAt(name string) plan.Address { return plan.Root(System, kindRealm, name) }

func clientAt(realm plan.Address, id string) plan.Address { return realm.Child(kindClient, id) }

// missingError is something that is pointed at and isn't there.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }

func missing(format string, args ...any) error { return &missingError{fmt.Sprintf(format, args...)} }

func isMissing(err error) bool {
	var e *missingError
	return errors.As(err, &e)
}

// roleRef names a role of a realm, or of one of its clients.
type roleRef struct{ client, role string }

func refTo(r maas.RoleRef) roleRef { return roleRef{client: r.Client, role: r.Role} }

// label is how the role is written in a document, and in a plan: in full where a slash would make another role of it.
func (r roleRef) label() string {
	switch {
	case r.client == "" && strings.Contains(r.role, "/"):
		return fmt.Sprintf("{role: %s}", r.role)
	case strings.Contains(r.client, "/"):
		return fmt.Sprintf("{client: %s, role: %s}", r.client, r.role)
	case r.client == "":
		return r.role
	}
	return r.client + "/" + r.role
}

func (r roleRef) address(realm plan.Address) plan.Address {
	if r.client == "" {
		return realm.Child(kindRole, r.role)
	}
	return clientAt(realm, r.client).Child(kindRole, r.role)
}

// needs are the objects that have to be there before the role can be pointed at.
func (r roleRef) needs(realm plan.Address) []plan.Address {
	if r.client == "" {
		return []plan.Address{r.address(realm)}
	}
	return []plan.Address{r.address(realm), clientAt(realm, r.client)}
}

// rolesSaid is a set of roles that the document names, with what each label stands for.
func rolesSaid(o *plan.Object, said []maas.RoleRef) {
	n := nativeOf(o)
	if n.refs == nil {
		n.refs = map[string]roleRef{}
	}
	o.Native = n
	set := plan.Set{}
	for _, r := range said {
		ref := refTo(r)
		set[ref.label()] = true
		n.refs[ref.label()] = ref
		o.Refs = append(o.Refs, ref.needs(o.Address.Root())...)
	}
	o.Fields[fieldRole] = set
}

// clientID is the server's id of a client that is named by its clientId.
func (s *Session) clientID(ctx context.Context, realm plan.Address, clientID string) (string, error) {
	a := clientAt(realm, clientID)
	if id, ok := s.id(a); ok {
		return id, nil
	}
	id, err := findClient(ctx, s, a)
	if err == nil && id == "" {
		err = missing("realm %s has no client %q", realm.Name(), clientID)
	}
	if err == nil {
		s.learn(a, id)
	}
	return id, err
}

func findClient(ctx context.Context, s *Session, a plan.Address) (string, error) {
	var found []map[string]any
	err := s.api.get(ctx, path(a.Root().Name(), "clients")+"?clientId="+url.QueryEscape(a.Name()), &found)
	for _, c := range found {
		if str(c, "clientId") == a.Name() {
			return str(c, "id"), err
		}
	}
	return "", err
}

// roleID is the server's id of a role. Roles of the realm are listed all at once: those that a plan creates are mostly there
// by the time the first of them is pointed at.
func (s *Session) roleID(ctx context.Context, realm plan.Address, ref roleRef) (string, error) {
	a := ref.address(realm)
	if id, ok := s.id(a); ok {
		return id, nil
	}
	if ref.client != "" {
		client, err := s.clientID(ctx, realm, ref.client)
		if err != nil {
			return "", err
		}
		var role map[string]any
		err = s.api.get(ctx, path(realm.Name(), "clients", client, "roles", ref.role), &role)
		if gone(err) {
			return "", missing("client %s has no role %q", ref.client, ref.role)
		}
		if err == nil {
			s.learn(a, str(role, "id"))
		}
		return str(role, "id"), err
	}
	defer s.roles.take(realm.Name())()
	if id, ok := s.id(a); ok {
		return id, nil // another has just listed them
	}
	var found []map[string]any
	if err := s.api.get(ctx, path(realm.Name(), "roles"), &found); err != nil {
		return "", err
	}
	for _, r := range found {
		s.learn(realm.Child(kindRole, str(r, "name")), str(r, "id"))
	}
	if id, ok := s.id(a); ok {
		return id, nil
	}
	return "", missing("realm %s has no role %q", realm.Name(), ref.role)
}

// scopeID is the server's id of a client scope.
func (s *Session) scopeID(ctx context.Context, realm plan.Address, name string) (string, error) {
	a := realm.Child(kindScope, name)
	if id, ok := s.id(a); ok {
		return id, nil
	}
	id, err := findScope(ctx, s, a)
	if err == nil && id == "" {
		err = missing("realm %s has no client scope %q", realm.Name(), name)
	}
	return id, err
}

// findScope lists the scopes of a realm, and learns the ids of all.
func findScope(ctx context.Context, s *Session, a plan.Address) (string, error) {
	var found []map[string]any
	if err := s.api.get(ctx, path(a.Root().Name(), "client-scopes"), &found); err != nil {
		return "", err
	}
	id := ""
	for _, f := range found {
		s.learn(a.Root().Child(kindScope, str(f, "name")), str(f, "id"))
		if str(f, "name") == a.Name() {
			id = str(f, "id")
		}
	}
	return id, nil
}

// groupID is the server's id of a group. The server looks groups up by their paths, in which a name with a slash can't be told
// from two: such a group is found only where it was read or made in this session.
func (s *Session) groupID(ctx context.Context, a plan.Address) (string, error) {
	if id, ok := s.id(a); ok {
		return id, nil
	}
	at := groupPath(a)
	if groupAt(a.Root(), at) != a {
		return "", missing("realm %s has no group %q", a.Root().Name(), at)
	}
	var group map[string]any
	segments := append([]string{a.Root().Name(), "group-by-path"}, strings.Split(strings.Trim(at, "/"), "/")...)
	err := s.api.get(ctx, path(segments...), &group)
	if gone(err) {
		return "", missing("realm %s has no group %q", a.Root().Name(), at)
	}
	return str(group, "id"), err
}

// groupAt is where the group of a path stands.
func groupAt(realm plan.Address, groupPath string) plan.Address {
	a := realm
	for _, name := range strings.Split(strings.Trim(groupPath, "/"), "/") {
		a = a.Child(kindGroup, name)
	}
	return a
}
