package threescale

import (
	"context"
	"net/http"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// subscriptionsKind is the wish that every approved account sees every product: `subscribe: all`.
type subscriptionsKind struct{}

func (subscriptionsKind) info() plan.Kind { return plan.Kind{Name: kindSubscriptions, Part: true} }

// The one field of `subscribe: all`, and its value where there is nothing to do.
const (
	fieldSubscribed = "subscribed"
	everyAccount    = "all"
)

// subscriptions wants every account subscribed to the default service plan of every product. It comes after all products
// and accounts of the document.
func (w *wants) subscriptions(a *maas.Accounts) {
	if a.Subscribe == "" {
		return
	}
	o := plan.New(System, kindSubscriptions, "", plan.Fields{fieldSubscribed: everyAccount})
	for _, p := range w.doc.Products {
		if p.Value.Absent {
			continue
		}
		o.Refs = append(o.Refs, productAt(p.Name))
		for _, sp := range p.Value.ServicePlans {
			o.Refs = append(o.Refs, productAt(p.Name).Child(kindServicePlan, sp.Name))
		}
	}
	for _, e := range a.Accounts {
		if !e.Value.Absent {
			o.Refs = append(o.Refs, accountAt(e.Name), accountAt(e.Name).Child(kindAccountSubscriptions, ""))
		}
	}
	w.add(o, maas.Meta{}, "accounts", "subscribe")
}

type subscriptionJSON struct {
	ID        int64 `json:"id"`
	PlanID    int64 `json:"plan_id"`
	ServiceID int64 `json:"service_id"`
}

func subscriptionsOf(ctx context.Context, g getter, account int64) ([]subscriptionJSON, error) {
	return list[subscriptionJSON](ctx, g, itemPath(accountsPath, account, "/service_subscriptions.json"))
}

// servicePlanRow is a service plan of the tenant-wide list.
type servicePlanRow struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Default bool   `json:"default"`
}

// subscribe makes a subscription; that there is one already, as after a broken connection, is fine.
func (s *Session) subscribe(ctx context.Context, base string, plan int64) error {
	for attempt := 0; ; attempt++ {
		err := s.api.do(ctx, http.MethodPost, base+".json", map[string]any{"plan_id": plan}, nil)
		switch {
		case err == nil, says(err, http.StatusUnprocessableEntity, textAlreadyMember):
			return nil
		case !transport.Uncertain(err) || attempt == subscribeAttempts:
			return err
		}
	}
}

const subscribeAttempts = 4

func (subscriptionsKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	missing, err := r.s.missingSubscriptions(ctx, r)
	if err != nil {
		return nil, err
	}
	n := len(missing)
	for _, d := range r.desired { // what comes with this document isn't there to be counted
		if p, ok := d.Fields["default"].(bool); ok && p && d.Kind == kindServicePlan {
			n += r.notYetDefault(ctx, d)
		}
	}
	value := everyAccount
	if n > 0 {
		value = "not " + everyAccount
	}
	return []*plan.Object{plan.New(System, kindSubscriptions, "", plan.Fields{fieldSubscribed: value})}, nil
}

// notYetDefault tells (as 1 or 0) whether a service plan that is to be its product's default isn't yet.
func (r *reader) notYetDefault(ctx context.Context, d *plan.Object) int {
	product, err := r.productID(ctx, d.Parent.Name())
	if err != nil || product == 0 {
		return 1
	}
	found, err := list[servicePlanRow](ctx, r, itemPath(productsPath, product, "/service_plans.json"))
	if err != nil {
		return 1
	}
	for _, p := range found {
		if p.Default && (p.Name == d.Name || p.Name == d.Was) {
			return 0
		}
	}
	return 1
}

func (r *reader) productID(ctx context.Context, name string) (int64, error) {
	return find(ctx, name, func(ctx context.Context) ([]named, error) { return pages[named](ctx, r, productsPath+".json") })
}

// missing is one subscription that should be there.
type missing struct{ account, plan int64 }

// missingSubscriptions compares all approved accounts with all default service plans.
func (s *Session) missingSubscriptions(ctx context.Context, g getter) ([]missing, error) {
	accounts, err := accountsOf(ctx, g)
	if err != nil {
		return nil, err
	}
	products, err := pages[named](ctx, g, productsPath+".json")
	if err != nil {
		return nil, err
	}
	defaults := make(map[int64]int64, len(products)) // service plan by product
	for _, p := range products {
		plans, err := list[servicePlanRow](ctx, g, itemPath(productsPath, p.ID, "/service_plans.json"))
		if err != nil && !gone(err) { // a product may go in the same run
			return nil, err
		}
		for _, sp := range plans {
			if sp.Default {
				defaults[p.ID] = sp.ID
			}
		}
	}
	lacking := make([][]missing, len(accounts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, a := range accounts {
		if a.State != approved {
			continue
		}
		group.Go(func() error {
			have, err := subscriptionsOf(ctx, g, a.ID)
			if gone(err) { // the account goes in the same run
				return nil
			}
			lacking[i] = lacks(a.ID, products, defaults, have)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []missing
	for _, l := range lacking {
		all = append(all, l...)
	}
	return all, nil
}

func lacks(account int64, products []named, defaults map[int64]int64, have []subscriptionJSON) []missing {
	subscribed := map[int64]bool{}
	for _, s := range have {
		subscribed[s.ServiceID] = true
	}
	var out []missing
	for _, p := range products {
		if plan, ok := defaults[p.ID]; ok && !subscribed[p.ID] {
			out = append(out, missing{account, plan})
		}
	}
	return out
}

func (subscriptionsKind) write(ctx context.Context, s *Session, _ *change) error {
	all, err := s.missingSubscriptions(ctx, s.api)
	if err != nil {
		return err
	}
	for _, m := range all {
		err := s.subscribe(ctx, itemPath(accountsPath, m.account, "/service_subscriptions"), m.plan)
		if err != nil && !gone(err) { // the product, or the account, went in the same run
			return err
		}
	}
	return nil
}

func (subscriptionsKind) remove(context.Context, *Session, *change) error {
	return errPart(kindSubscriptions)
}
