package threescaletest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// user is somebody who can sign in: to the admin portal, or to the developer portal
// with an account.
type user struct {
	stamps
	ID       int64             `json:"id"`
	State    string            `json:"state"`
	Role     string            `json:"role"`
	Fields   map[string]string `json:"fields"` // username, email and the fields that the tenant defined
	Password bool              `json:"password"`
	// Minimal is a user who came with a signup, whose address may be anything, even none.
	Minimal bool `json:"minimal,omitempty"`
}

func (u *user) id() int64 { return u.ID }

// is says whether the user is the one that is looked for.
func (u *user) is(by, want string) bool {
	if by == "user_id" {
		return strconv.FormatInt(u.ID, 10) == want
	}
	return u.Fields[by] == want
}

// people are the users of an account, or of the tenant.
type people struct {
	account *account // nil: the tenant's own
	list    []*user
	keep    func([]*user)
}

// amongUsers gives a handler the users of the path.
func amongUsers(h func(*call, *people) answer) handler {
	return func(c *call) answer {
		if _, ofAccount := c.args["account_id"]; !ofAccount {
			t := c.tenant
			return h(c, &people{nil, t.Users.rows, func(l []*user) { t.Users.rows = l }})
		}
		return inAccount("account_id", func(c *call, a *account) answer {
			return h(c, &people{a, a.Users, func(l []*user) { a.Users = l }})
		})(c)
	}
}

// inUser gives a handler the user of the path.
func inUser(h func(*call, *people, *user) answer) handler {
	return amongUsers(func(c *call, p *people) answer {
		for _, u := range p.list {
			if u.ID == c.id("id") {
				return h(c, p, u)
			}
		}
		return notFound()
	})
}

func listUsers(c *call, p *people) answer {
	state, role := c.params().text("state"), c.params().text("role")
	return listed(c, "users", without(p.list, func(u *user) bool {
		return state != "" && u.State != state || role != "" && u.Role != role
	}), p.show)
}

func getUser(c *call, p *people, u *user) answer { return ok(p.show(c, u)) }

func createUser(c *call, p *people) answer {
	in := c.params()
	u := &user{stamps: born(c.now), State: "pending", Role: "member", Fields: c.tenant.assignFields("User", nil, in), Password: !blank(castText(in["password"]))}
	var errs problems
	c.tenant.checkUser(&errs, u, p.rivals(c.tenant))
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	u.ID = c.next("user")
	p.keep(append(p.list, u))
	return created(p.show(c, u))
}

func updateUser(c *call, p *people, u *user) answer {
	in := c.params()
	draft := *u
	draft.Fields = c.tenant.assignFields("User", u.Fields, in)
	var errs problems
	c.tenant.checkUser(&errs, &draft, p.rivals(c.tenant))
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*u = draft
	return ok(p.show(c, u))
}

func deleteUser(c *call, p *people, u *user) answer {
	if p.isCaller(c, u) {
		return forbidden()
	}
	if p.onlyAdmin(u) {
		return refused("Can't delete last admin")
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	p.keep(without(p.list, func(x *user) bool { return x == u }))
	return deleted()
}

var usernameForm = lazyregexp.New(`\A\w[\w.\-_@+]+\z`)

// isCaller says whether a user is the tenant's own one whom the token belongs to, who
// can neither delete himself nor change his role. All tokens are the first user's.
func (p *people) isCaller(c *call, u *user) bool {
	return p.account == nil && u == c.tenant.Users.rows[0]
}

// onlyAdmin says whether a user is the only administrator.
func (p *people) onlyAdmin(u *user) bool {
	admins := without(p.list, func(x *user) bool { return x.Role != "admin" })
	return len(admins) == 1 && admins[0] == u
}

// rivals are the users whose names and addresses a user cannot have: those of all
// accounts, or the tenant's own for one of them.
func (p *people) rivals(t *tenant) []*user {
	if p.account == nil {
		return t.Users.rows
	}
	return t.accountUsers()
}

// accountUsers are the users of all accounts.
func (t *tenant) accountUsers() []*user {
	var all []*user
	for _, a := range t.Accounts.rows {
		all = append(all, a.Users...)
	}
	return all
}

// checkUser checks a user. Passwords are not checked: porta looks at those only that
// people choose themselves.
func (t *tenant) checkUser(errs *problems, u *user, rivals []*user) {
	name, hasName := u.Fields["username"]
	if hasName {
		name = strings.TrimSpace(name)
		u.Fields["username"] = name
	}
	if len([]rune(name)) < 3 {
		errs.add("username", "is too short (minimum is 3 characters)")
	}
	if !hasName || len([]rune(name)) > 40 {
		errs.add("username", "is too long (maximum is 40 characters)")
	}
	if name != "" && !usernameForm.MatchString(name) {
		errs.add("username", "use only letters, numbers, and .-_@+ please.")
	}
	if email := u.Fields["email"]; email != "" && len([]rune(email)) < 6 {
		errs.add("email", "is too short (minimum is 6 characters)")
	}
	errs.maxLength("email", ptr(u.Fields["email"]), 255)
	if !u.Minimal {
		checkEmail(errs, "email", ptr(u.Fields["email"]))
	}
	for _, field := range []string{"email", "username"} {
		if v := u.Fields[field]; strings.TrimSpace(v) != "" && hasUser(rivals, u.ID, field, v) {
			errs.add(field, msgTaken)
		}
	}
}

// hasUser says whether another user has a name or address.
func hasUser(list []*user, except int64, field, value string) bool {
	for _, u := range list {
		if u.ID != except && u.Fields[field] == value {
			return true
		}
	}
	return false
}

func userEvents() stateMachine {
	return stateMachine{
		"activate":  {[]string{"pending"}, "active"},
		"suspend":   {[]string{"active", "suspended"}, "suspended"},
		"unsuspend": {[]string{"suspended"}, "active"},
	}
}

// userEvent changes a user's state. Some events answer with a problem of the state
// when they are not allowed, others raise (suspend, and activate for the users of
// accounts).
func userEvent(event string) handler {
	return inUser(func(c *call, p *people, u *user) answer {
		if event == "activate" && u.State == "active" && p.account != nil {
			return ok(p.show(c, u))
		}
		raises := event == "suspend" || event == "activate" && p.account != nil
		if _, allowed := userEvents().next(u.State, event); !allowed && raises {
			return transitionRaised(c, p, u, event)
		}
		a := fired(c, userEvents(), &u.State, &u.stamps, event, func() object { return p.show(c, u) })
		if a.status == http.StatusOK && event == "activate" && p.account != nil && p.account.State == "created" {
			p.account.upgrade(c.tenant)
		}
		return a
	})
}

// upgrade lets an account in, or leaves it to the tenant if its plan says so.
func (a *account) upgrade(t *tenant) {
	a.State = "approved"
	if p, found := t.plan(planAccount, a.PlanID); found && or(p.Approval, false) {
		a.State = "pending"
	}
}

func transitionRaised(c *call, p *people, u *user, event string) answer {
	return answer{status: http.StatusUnprocessableEntity, body: wrap("error", object{
		{"from", u.State}, {"event", event}, {"error", fmt.Sprintf("State cannot transition via %q", event)}, {"object", p.show(c, u)},
	})}
}

// userRole makes a user a member or an administrator. That of an account's only
// administrator is fixed.
func userRole(role string) handler {
	return inUser(func(c *call, p *people, u *user) answer {
		if p.isCaller(c, u) || p.account != nil && p.onlyAdmin(u) {
			return forbidden()
		}
		if no := c.verdict(nil); no != nil {
			return *no
		}
		u.Role, u.UpdatedAt = role, c.now
		return ok(p.show(c, u))
	})
}

func (p *people) show(c *call, u *user) object {
	o := object{{"id", u.ID}, {"state", u.State}, {"role", u.Role}}
	o.putTimes(c, u.stamps)
	if p.account != nil {
		base := fmt.Sprintf("/admin/api/accounts/%d", p.account.ID)
		o.putLinks(c, "account", base, "self", fmt.Sprintf("%s/users/%d", base, u.ID))
	} else {
		o.putLinks(c, "self", fmt.Sprintf("/admin/api/users.%d", u.ID))
	}
	c.tenant.putFields(&o, "User", u.Fields)
	return wrap("user", o)
}
