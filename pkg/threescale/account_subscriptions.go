package threescale

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// accountSubscriptionsKind are the products that one account is subscribed to, each by a service plan.
type accountSubscriptionsKind struct{}

// fieldSubscription holds the service plans of an account's subscriptions, by product.
const fieldSubscription = "subscription"

func (accountSubscriptionsKind) info() plan.Kind {
	return plan.Kind{Name: kindAccountSubscriptions, Part: true}
}

func (w *wants) accountSubscriptions(account *plan.Object, a *maas.Account, path []string) {
	if a.Subscribe == nil {
		return
	}
	set := plan.Set{}
	o := account.Child(kindAccountSubscriptions, "", plan.Fields{fieldSubscription: set})
	for _, e := range a.Subscribe {
		set[e.Name] = e.Value
		o.Refs = append(o.Refs, productAt(e.Name), productAt(e.Name).Child(kindServicePlan, e.Value))
	}
	w.add(o, maas.Meta{}, append(path[:len(path):len(path)], "subscribe")...)
}

func (accountSubscriptionsKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.account(parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := list[subscriptionJSON](ctx, r, base+"/service_subscriptions.json")
	if err != nil {
		return nil, err
	}
	products, err := r.productNames(ctx)
	if err != nil {
		return nil, err
	}
	set := plan.Set{}
	for _, p := range products {
		at := productAt(p.SystemName)
		for _, sub := range found {
			if sub.ServiceID != p.ID {
				continue
			}
			plans, err := r.servicePlanNames(ctx, at, p.ID)
			if err != nil {
				return nil, err
			}
			for _, sp := range plans {
				if sp.ID == sub.PlanID {
					set[p.SystemName] = sp.Name
				}
			}
		}
	}
	if err := r.withoutUsed(ctx, parent, base, set); err != nil {
		return nil, err
	}
	return []*plan.Object{parent.Child(kindAccountSubscriptions, "", plan.Fields{fieldSubscription: set})}, nil
}

// onePlanEach refuses the names of service plans, said for accounts' subscriptions, that several plans of a product have.
func (r *reader) onePlanEach(ctx context.Context) error {
	var errs []error
	for _, a := range r.collections[collection{kind: kindAccount}] {
		d := r.desired[a.Address.Child(kindAccountSubscriptions, "")]
		if d == nil {
			continue
		}
		said, _ := d.Fields[fieldSubscription].(plan.Set)
		for _, product := range slices.Sorted(maps.Keys(said)) {
			id, err := r.productID(ctx, product)
			if err == nil && id != 0 {
				err = r.onePlan(ctx, d, product, id)
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (r *reader) onePlan(ctx context.Context, d *plan.Object, product string, id int64) error {
	said, _ := d.Fields[fieldSubscription].(plan.Set)
	found, err := list[servicePlanRow](ctx, r, itemPath(productsPath, id, "/service_plans.json"))
	var ids []int64
	for _, p := range found {
		if p.Name == said[product] {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) < 2 {
		return err
	}
	name := fmt.Sprint(said[product])
	return ambiguous(&plan.Object{Kind: kindServicePlan, Name: name, Parent: productAt(product), Source: d.Sources[fieldSubscription]}, name, ids)
}

// productNames are all products, whose numbers subscriptions and applications hold.
func (r *reader) productNames(ctx context.Context) ([]named, error) {
	found, err := pages[named](ctx, r, productsPath+".json")
	for _, p := range found {
		r.s.learn(productAt(p.SystemName), p.ID)
	}
	return found, err
}

// servicePlanNames are the service plans of a product under the document's names for them.
func (r *reader) servicePlanNames(ctx context.Context, product plan.Address, id int64) ([]servicePlanRow, error) {
	found, err := list[servicePlanRow](ctx, r, itemPath(productsPath, id, "/service_plans.json"))
	rows := make([]listed, len(found))
	for i, p := range found {
		rows[i] = listed{name: p.Name, id: p.ID}
	}
	keys, keyErr := r.keysOf(collection{product, kindServicePlan}, rows)
	out := slices.Clone(found) // others look at the same answer
	for i := range out {
		out[i].Name = keys[i]
	}
	return out, cmp.Or(err, keyErr)
}

// withoutUsed takes out the subscriptions beyond the document's that an application of the account needs. Those of
// applications that go end after these.
func (r *reader) withoutUsed(ctx context.Context, account *plan.Object, base string, set plan.Set) error {
	if account.Owner != r.s.config.Owner {
		return nil // of somebody else's account nothing goes
	}
	if r.withoutHeld(account.Address, set, func(string) bool { return false }) == 0 {
		return nil
	}
	found, err := list[applicationJSON](ctx, r, base+"/applications.json")
	if err != nil {
		return err
	}
	keys, err := r.applicationKeys(account.Address, found)
	if err != nil {
		return err
	}
	used, follows := map[int64]bool{}, []plan.Address(nil)
	d := r.desired[account.Address.Child(kindAccountSubscriptions, "")]
	for i, a := range found {
		switch at := account.Address.Child(kindApplication, keys[i]); {
		case r.stateOf(a, at) == suspended:
			if r.desired[at] != nil {
				follows = append(follows, at) // it is suspended first
			}
		case r.applicationGoes(account, at):
			follows = append(follows, at)
		default:
			used[a.ServiceID] = true
		}
	}
	if r.planning() {
		d.Follows = append(d.Follows, follows...)
	}
	r.withoutHeld(account.Address, set, func(product string) bool {
		id, err := r.s.id(productAt(product))
		return err == nil && used[id]
	})
	return nil
}

// stateOf is the state that an application has by the time its account's subscriptions change.
func (r *reader) stateOf(a applicationJSON, at plan.Address) string {
	if d := r.desired[at]; d != nil {
		if said, ok := d.Fields[fieldState].(string); ok {
			return said
		}
	}
	return a.State
}

// applicationGoes tells whether the plan deletes an application of an account.
func (r *reader) applicationGoes(account *plan.Object, at plan.Address) bool {
	d, whole, marks := r.desired[at], r.desired[account.Address], plan.State{account.Address: account}
	if marks.Guarded(at) || d != nil && d.Protect || d == nil && (marks.Guarded(account.Address) || whole != nil && whole.Protect) {
		return false
	}
	return r.wanted[account.Address][kindApplication] && r.mayGo(&plan.Object{Address: at, Owner: account.Owner})
}

// withoutHeld takes out the subscriptions beyond the document's that stay: those that something uses (3scale refuses to
// end them), those that an application of the document brings, and all where every account is to see every product. It
// returns how many go.
func (r *reader) withoutHeld(account plan.Address, set plan.Set, used func(product string) bool) int {
	var wanted plan.Set
	if d := r.desired[account.Child(kindAccountSubscriptions, "")]; d != nil {
		wanted, _ = d.Fields[fieldSubscription].(plan.Set)
	}
	_, all := r.desired[plan.Root(System, kindSubscriptions, "")]
	going := 0
	for product := range set {
		switch _, named := wanted[product]; {
		case named:
		case all, used(product), r.applies(account, product):
			delete(set, product)
		default:
			going++
		}
	}
	return going
}

// applies tells whether the document has an application of the account for the product.
func (r *reader) applies(account plan.Address, product string) bool {
	for _, d := range r.desired {
		if d.Parent == account && d.Kind == kindApplication && !d.Absent && d.Fields[fieldProduct] == product {
			return true
		}
	}
	return false
}

// write looks at what there is by now: signing up and making an application subscribe an account, too.
func (accountSubscriptionsKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.account(c.Parent)
	if err != nil {
		return err
	}
	base += "/service_subscriptions"
	have, err := list[subscriptionJSON](ctx, s.api, base+".json")
	if err != nil {
		return err
	}
	for _, f := range c.Fields {
		if err := s.changeSubscription(ctx, base, have, f); err != nil {
			return fmt.Errorf("subscription to %s: %w", f.Element, err)
		}
	}
	return nil
}

func (s *Session) changeSubscription(ctx context.Context, base string, have []subscriptionJSON, f plan.FieldChange) error {
	product, err := s.id(productAt(f.Element))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(have, func(sub subscriptionJSON) bool { return sub.ServiceID == product })
	if f.Action == plan.Remove {
		if i < 0 {
			return nil
		}
		return s.delete(ctx, itemPath(base, have[i].ID, ".json"))
	}
	planID, err := s.servicePlan(ctx, f)
	switch {
	case err != nil:
		return err
	case i < 0:
		return s.subscribe(ctx, base, planID)
	case have[i].PlanID == planID:
		return nil
	}
	return s.api.do(ctx, http.MethodPut, itemPath(base, have[i].ID, "/change_plan.json"), map[string]any{"plan_id": planID}, nil)
}

// servicePlan is the number of the service plan that a subscription is to have.
func (s *Session) servicePlan(ctx context.Context, f plan.FieldChange) (int64, error) {
	product := productAt(f.Element)
	name, _ := f.New.(string)
	at := product.Child(kindServicePlan, name)
	if !s.known(at) {
		if err := s.learnServicePlans(ctx, product, name); err != nil {
			return 0, err
		}
	}
	return s.id(at)
}

func (accountSubscriptionsKind) remove(context.Context, *Session, *change) error {
	return errPart(kindAccountSubscriptions)
}
