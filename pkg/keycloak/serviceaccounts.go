package keycloak

import (
	"context"
	"net/http"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// serviceAccountKind are the roles of a client's service account.
type serviceAccountKind struct{}

func (serviceAccountKind) info() plan.Kind { return plan.Kind{Name: kindServiceAccount, Part: true} }

func (w *wants) serviceAccount(client *plan.Object, said []maas.RoleRef, at []string) {
	if said == nil {
		return
	}
	o := client.Child(kindServiceAccount, "", plan.Fields{})
	rolesSaid(o, said)
	o.Refs = append(o.Refs, client.Address) // the change of the client may be what makes the account
	w.add(o, join(at, "serviceAccountRoles")...)
}

func (serviceAccountKind) read(ctx context.Context, r *reader, client *plan.Object) ([]*plan.Object, error) {
	o := client.Child(kindServiceAccount, "", plan.Fields{fieldRole: plan.Set{}})
	if !flag(nativeOf(client).raw, "serviceAccountsEnabled") {
		return []*plan.Object{o}, nil
	}
	item, err := clientItem(ctx, r.s, client.Address)
	if err != nil {
		return nil, err
	}
	user, err := r.one(ctx, item+"/service-account-user")
	if err != nil {
		return nil, err
	}
	d := r.desired[o.Address]
	set, refs, err := r.mapped(ctx, client.Address.Root(), str(user, "id"), d)
	if own := (roleRef{client: client.Name, role: resourceServer}).label(); !saysRole(d, own) {
		delete(set, own)
	}
	o.Fields[fieldRole], o.Native = set, &native{refs: refs}
	return []*plan.Object{o}, err
}

func (serviceAccountKind) write(ctx context.Context, s *Session, c *change) error {
	item, err := clientItem(ctx, s, c.Parent)
	if err != nil {
		return err
	}
	var user map[string]any
	err = s.api.get(ctx, item+"/service-account-user", &user)
	if transport.Is(err, http.StatusBadRequest) && len(c.elements(fieldRole, plan.Add)) == 0 {
		return nil // no account, no roles
	}
	if err != nil {
		return err
	}
	return s.mapTo(ctx, c, path(c.realm(), "users", str(user, "id")))
}

func (serviceAccountKind) remove(context.Context, *Session, *change) error {
	return errPart(kindServiceAccount)
}

// resourceServer is the role of its own that the server gives the service account of a client with authorization services.
const resourceServer = "uma_protection"
