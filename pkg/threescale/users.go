package threescale

import (
	"context"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// userKind are the users of an account, by user name. A password is set when the user is made and never again: it is the
// user's own from then on.
type userKind struct{}

func (userKind) info() plan.Kind { return plan.Kind{Name: kindUser} }

func (w *wants) users(account *plan.Object, a *maas.Account, path []string) {
	if a.Users != nil {
		w.name(kindUser, account.Address)
	}
	for _, e := range a.Users {
		o := account.Child(kindUser, e.Name, plan.Fields{})
		put(o.Fields, "email", e.Value.Email)
		put(o.Fields, "role", e.Value.Role)
		o.Native, o.Initial = e.Value, plan.Fields{}
		if e.Value.Password != nil {
			o.Initial["password"] = *e.Value.Password
		}
		w.add(o, e.Value.Meta, append(path, "users", e.Name)...)
	}
}

func userParams(u *maas.AccountUser) map[string]any {
	body := map[string]any{}
	if u.Email != nil {
		body["email"] = *u.Email
	}
	if u.Password != nil {
		body["password"] = u.Password.Reveal()
	}
	return body
}

type userJSON struct {
	ID       int64  `json:"id"`
	State    string `json:"state"`
	Role     string `json:"role"`
	Username string `json:"username"`
	Email    string `json:"email"`
}

func (s *Session) usersOf(ctx context.Context, g getter, account plan.Address) ([]userJSON, error) {
	base, err := s.account(account)
	if err != nil {
		return nil, err
	}
	return list[userJSON](ctx, g, base+"/users.json")
}

func (userKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	found, err := r.s.usersOf(ctx, r, parent.Address)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, u := range found {
		out = append(out, r.found(parent.Child(kindUser, u.Username, plan.Fields{"email": u.Email, "role": u.Role}), u.ID))
	}
	return out, nil
}

func (userKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.account(c.Parent)
	if err != nil {
		return err
	}
	var role string // that it has by now
	fields, err := c.changed()
	if err != nil {
		return err
	}
	if c.Live == nil {
		if role, err = s.createUser(ctx, c, base); err != nil {
			return err
		}
	} else {
		role, _ = c.Live.Fields["role"].(string)
		if email, ok := fields["email"]; ok {
			if err := s.update(ctx, c, base+"/users", map[string]any{"email": email}); err != nil {
				return err
			}
		}
	}
	wanted, said := fields["role"].(string)
	if !said || wanted == role {
		return nil
	}
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPut, itemPath(base+"/users", id, "/"+wanted+".json"), nil, nil)
}

// createUser makes a user and activates it, unless it came along with its account. It returns the role that it has.
func (s *Session) createUser(ctx context.Context, c *change, base string) (string, error) {
	found, err := s.usersOf(ctx, s.api, c.Parent)
	if err != nil {
		return "", err
	}
	for _, u := range found {
		if u.Username == c.Name {
			c.made(s, u.ID)
			return u.Role, s.activate(ctx, base, u)
		}
	}
	user, _ := c.Desired.Native.(*maas.AccountUser)
	body := userParams(user)
	body["username"] = c.Name
	err = s.createNamed(ctx, c, base+"/users.json", body, func(ctx context.Context) ([]named, error) {
		found, err := s.usersOf(ctx, s.api, c.Parent)
		var out []named
		for _, u := range found {
			out = append(out, named{ID: u.ID, SystemName: u.Username})
		}
		return out, err
	})
	if err != nil {
		return "", err
	}
	id, err := s.id(c.Address)
	if err != nil {
		return "", err
	}
	return "member", s.activate(ctx, base, userJSON{ID: id, State: "pending"})
}

// activate lets a user in; 3scale makes new ones pending.
func (s *Session) activate(ctx context.Context, base string, u userJSON) error {
	if u.State != "pending" {
		return nil
	}
	return s.api.do(ctx, http.MethodPut, itemPath(base+"/users", u.ID, "/activate.json"), nil, nil)
}

func (userKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := s.account(c.Parent)
	if err != nil {
		return err
	}
	return s.removeAt(ctx, c, base+"/users")
}
