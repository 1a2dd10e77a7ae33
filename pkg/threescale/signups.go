package threescale

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// newcomer is an account as it signs up, should it not be there yet.
type newcomer struct {
	user       *maas.Entry[*maas.AccountUser] // who signs it up
	subscribed plan.Set                       // what comes along: the default service plan by product
}

// signingUp is the user who comes along with a new account: 3scale makes an account only by signing somebody up. The
// first administrator by name, or else the first user by name.
func signingUp(a *maas.Account) *maas.Entry[*maas.AccountUser] {
	users := slices.Clone(a.Users)
	users = slices.DeleteFunc(users, func(e maas.Entry[*maas.AccountUser]) bool { return e.Value.Absent })
	slices.SortFunc(users, func(x, y maas.Entry[*maas.AccountUser]) int {
		return cmp.Or(cmp.Compare(rank(x.Value), rank(y.Value)), cmp.Compare(x.Name, y.Name))
	})
	if len(users) == 0 {
		return nil
	}
	return &users[0]
}

func rank(u *maas.AccountUser) int {
	if u.Role != nil && *u.Role == "member" {
		return 1
	}
	return 0
}

// bornBelowAccount is what 3scale gives each account that signs up: a subscription to every product that has a default
// service plan.
func bornBelowAccount(account *plan.Object) []*plan.Object {
	n, _ := account.Native.(*newcomer)
	if n == nil || n.subscribed == nil {
		return nil
	}
	return []*plan.Object{account.Child(kindAccountSubscriptions, "", plan.Fields{fieldSubscription: n.subscribed})}
}

// newcomers finds out what comes along with the accounts that the plan makes. They sign up once the document's default
// plans are there: what an account begins with doesn't hang on who is faster.
func (r *reader) newcomers(ctx context.Context, live []*plan.Object) error {
	there := plan.State{}
	there.Put(live...)
	var defaults map[string]defaultPlans
	for _, d := range r.desired {
		n, _ := d.Native.(*newcomer)
		if n == nil || d.Absent || there[d.Address] != nil {
			continue
		}
		for _, p := range r.desired {
			if makesDefault(p) {
				d.Refs = append(d.Refs, p.Address)
			}
		}
		if r.desired[d.Address.Child(kindAccountSubscriptions, "")] == nil {
			continue
		}
		if defaults == nil {
			var err error
			if defaults, err = r.defaultPlans(ctx); err != nil {
				return err
			}
		}
		n.subscribed = plan.Set{}
		for product, p := range defaults {
			n.subscribed[product] = p.service
		}
		r.withoutHeld(d.Address, n.subscribed, func(product string) bool { return defaults[product].application })
	}
	return nil
}

// makesDefault tells whether the document makes this plan the default one of its product.
func makesDefault(d *plan.Object) bool {
	return (d.Kind == kindServicePlan || d.Kind == kindPlan) && !d.Absent && d.Fields["default"] == true
}

// defaultPlans are what each new account gets of one product: a subscription by the default service plan, and an
// application where there is a default application plan.
type defaultPlans struct {
	service     string
	application bool
}

// defaultPlans gives, by product, what the plan leaves behind: what the document says, and what it leaves alone.
// Products without a default service plan aren't among them.
func (r *reader) defaultPlans(ctx context.Context) (map[string]defaultPlans, error) {
	products, err := pages[productJSON](ctx, r, productsPath+".json")
	if err != nil {
		return nil, err
	}
	all := r.declaredDefaults()
	found := make([]defaultPlans, len(products))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, p := range products {
		at, said := productAt(p.SystemName), all[p.SystemName]
		r.s.learn(at, p.ID)
		if r.productGoes(p) {
			continue
		}
		group.Go(func() (err error) {
			found[i], err = r.completed(ctx, at, p.ID, said)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, p := range products {
		all[p.SystemName] = found[i]
	}
	for product, p := range all {
		if p.service == "" {
			delete(all, product)
		}
	}
	return all, nil
}

// productGoes tells whether the plan could delete a product.
func (r *reader) productGoes(p productJSON) bool {
	o := &plan.Object{Address: productAt(p.SystemName), Fields: plan.Fields{}}
	markIn(p.Annotations).put(o)
	return r.mayGo(o)
}

// declaredDefaults are the default plans that the document names.
func (r *reader) declaredDefaults() map[string]defaultPlans {
	all := map[string]defaultPlans{}
	for _, d := range r.desired {
		if !makesDefault(d) {
			continue
		}
		p := all[d.Parent.Name()]
		if d.Kind == kindServicePlan {
			p.service = d.Name
		} else {
			p.application = true
		}
		all[d.Parent.Name()] = p
	}
	return all
}

// completed adds the default plans that a product has by now where the document names none.
func (r *reader) completed(ctx context.Context, product plan.Address, id int64, p defaultPlans) (defaultPlans, error) {
	if p.service == "" {
		found, err := r.servicePlanNames(ctx, product, id)
		if err != nil {
			return p, err
		}
		for _, sp := range found {
			if d := r.desired[product.Child(kindServicePlan, sp.Name)]; sp.Default && (d == nil || !d.Absent) {
				p.service = sp.Name
			}
		}
	}
	if p.service == "" || p.application {
		return p, nil
	}
	plans, err := list[planJSON](ctx, r, itemPath(productsPath, id, "/application_plans.json"))
	for _, ap := range plans {
		if d := r.desired[product.Child(kindPlan, ap.SystemName)]; ap.Default && (d == nil || !d.Absent) {
			p.application = true
		}
	}
	return p, err
}

// signUp makes an account with its first user, who gets active and the account approved where a password is given.
func (accountKind) signUp(ctx context.Context, s *Session, c *change, body map[string]any, planName string) error {
	n, _ := c.Desired.Native.(*newcomer)
	if n == nil || n.user == nil {
		return errors.New("3scale makes an account only together with a user; the document names none for it")
	}
	if planName != "" {
		id, err := s.accountPlan(ctx, planName)
		if err != nil {
			return err
		}
		body["account_plan_id"] = id
	}
	for name, v := range userParams(n.user.Value) {
		body[name] = v
	}
	body["username"] = n.user.Name
	var made accountJSON
	id, err := s.create(ctx, func() (int64, error) {
		var w wrapped[accountJSON]
		err := s.api.do(ctx, http.MethodPost, "/admin/api/signup.json", body, &w)
		made = w.Value
		return made.ID, err
	}, func() (int64, error) {
		found, err := accountsOf(ctx, s.api)
		for _, a := range found {
			if a.OrgName == c.Name && ownerIn(a.Annotations) == s.config.Owner { // others may have signed up with the name
				made = a.accountJSON
				return a.ID, nil
			}
		}
		return 0, err
	})
	if err != nil {
		return err
	}
	c.made(s, id)
	if ownerIn(made.Annotations) != s.config.Owner {
		if err := s.update(ctx, c, accountsPath, map[string]any{"annotations": body["annotations"]}); err != nil {
			return err
		}
	}
	if to, said := c.Desired.Fields[fieldState].(string); said {
		return s.moveTo(ctx, itemPath(accountsPath, id, ""), accountEvents(), made.State, to)
	}
	return nil
}
