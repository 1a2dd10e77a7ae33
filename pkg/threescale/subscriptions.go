package threescale

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// subscriptionsKind is the wish that every approved account sees every product: `subscribe: all`.
type subscriptionsKind struct{}

func (subscriptionsKind) info() plan.Kind {
	return plan.Kind{Name: kindSubscriptions, Part: true, Answered: true}
}

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
		case !transport.Uncertain(err) && !transport.Is(err, http.StatusConflict) || attempt == subscribeAttempts:
			return err
		}
	}
}

const subscribeAttempts = 4

func (subscriptionsKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	missing, err := r.missingSubscriptions(ctx)
	if err != nil {
		return nil, err
	}
	o := plan.New(System, kindSubscriptions, "", plan.Fields{fieldSubscribed: everyAccount})
	o.Native, o.Steps = missing, len(missing)
	if len(missing) > 0 {
		o.Fields[fieldSubscribed] = inWords(missing)
	}
	return []*plan.Object{o}, nil
}

// inWords counts subscriptions, and how many accounts and products they are of.
func inWords(all []missing) string {
	accounts, products := map[int64]bool{}, map[plan.Address]bool{}
	for _, m := range all {
		accounts[m.account], products[m.product] = true, true
	}
	return fmt.Sprintf("%s missing: %s, %s", count(len(all), "subscription"), count(len(accounts), "account"), count(len(products), "product"))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (r *reader) productID(ctx context.Context, name string) (int64, error) {
	return find(ctx, name, func(ctx context.Context) ([]named, error) { return pages[named](ctx, r, productsPath+".json") })
}

// missing is one subscription that should be there, by the service plan that is the product's default by then.
type missing struct {
	account int64
	product plan.Address
	productDefault
}

// productDefault is a product's default service plan, by the document's name for it, and by its number, where it is there.
type productDefault struct {
	name string
	id   int64
}

// defaultServicePlans are, by product, what the plan leaves behind: what the document says, and what it leaves alone.
func (r *reader) defaultServicePlans(ctx context.Context) (map[string]productDefault, error) {
	products, err := pages[productJSON](ctx, r, productsPath+".json")
	if err != nil {
		return nil, err
	}
	all := map[string]productDefault{}
	for product, p := range r.declaredDefaults() {
		if p.service != "" {
			all[product] = productDefault{name: p.service}
		}
	}
	found := make([]productDefault, len(products))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, p := range products {
		said := all[p.SystemName]
		r.s.learn(productAt(p.SystemName), p.ID)
		if r.productGoes(p) {
			continue
		}
		group.Go(func() (err error) {
			found[i], err = r.productDefault(ctx, p, said)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, p := range products {
		if delete(all, p.SystemName); found[i].name != "" {
			all[p.SystemName] = found[i]
		}
	}
	return all, nil
}

// productDefault is the one that the document says, or else the one that the product has and keeps.
func (r *reader) productDefault(ctx context.Context, p productJSON, said productDefault) (productDefault, error) {
	plans, err := r.servicePlanNames(ctx, productAt(p.SystemName), p.ID)
	for _, sp := range plans {
		d := r.desired[productAt(p.SystemName).Child(kindServicePlan, sp.Name)]
		if sp.Name == said.name || said.name == "" && sp.Default && (d == nil || !d.Absent) {
			return productDefault{sp.Name, sp.ID}, err
		}
	}
	return said, err
}

// missingSubscriptions compares all accounts that the plan leaves approved with all default service plans that it leaves
// behind. Accounts that the plan makes are subscribed by signing up.
func (r *reader) missingSubscriptions(ctx context.Context) ([]missing, error) {
	defaults, err := r.defaultServicePlans(ctx)
	if err != nil {
		return nil, err
	}
	live, err := accountKind{}.read(ctx, r, nil)
	if err != nil {
		return nil, err
	}
	states, err := r.accountStates(ctx)
	if err != nil {
		return nil, err
	}
	products := slices.Sorted(maps.Keys(defaults))
	lacking := make([][]missing, len(live))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, o := range live {
		id, _ := o.Outputs["id"].(int64)
		if r.mayGo(o) || r.stateOfAccount(o, states[id]) != approved {
			continue
		}
		group.Go(func() error {
			have, err := subscriptionsOf(ctx, r, id)
			for _, name := range products {
				if product := productAt(name); !r.subscribed(o, product, have) {
					lacking[i] = append(lacking[i], missing{id, product, defaults[name]})
				}
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(lacking...), nil
}

// accountStates are the states of all accounts, by number.
func (r *reader) accountStates(ctx context.Context) (map[int64]string, error) {
	found, err := accountsOf(ctx, r)
	states := make(map[int64]string, len(found))
	for _, a := range found {
		states[a.ID] = a.State
	}
	return states, err
}

// stateOfAccount is the state that an account has by the time when it is subscribed.
func (r *reader) stateOfAccount(o *plan.Object, now string) string {
	if d := r.desired[o.Address]; d != nil {
		if said, ok := d.Fields[fieldState].(string); ok {
			return said
		}
	}
	return now
}

// subscribed tells whether an account is subscribed to a product, or will be, since the document says by which plan.
func (r *reader) subscribed(account *plan.Object, product plan.Address, have []subscriptionJSON) bool {
	if d := r.desired[account.Address.Child(kindAccountSubscriptions, "")]; d != nil {
		said, _ := d.Fields[fieldSubscription].(plan.Set)
		if _, own := said[product.Name()]; own {
			return true
		}
	}
	id, err := r.s.id(product)
	return err == nil && slices.ContainsFunc(have, func(s subscriptionJSON) bool { return s.ServiceID == id })
}

// subscribers is how many accounts are subscribed at once.
const subscribers = 4

// write makes the subscriptions that were missing when the plan was made, each account's one after the other. Between two of
// them it ends where the run is to stop.
func (subscriptionsKind) write(ctx context.Context, s *Session, c *change) error {
	var all []missing
	if c.Live != nil {
		all, _ = c.Live.Native.([]missing)
	}
	run := &subscribing{s: s, pace: apply.PaceOf(ctx), ids: map[plan.Address]int64{}}
	var group errgroup.Group // without a context: what is under way is finished
	group.SetLimit(subscribers)
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(m missing) bool { return m.account != all[0].account })
		if n < 0 {
			n = len(all)
		}
		ofAccount := all[:n]
		all = all[n:]
		group.Go(func() error { return run.subscribe(ctx, ofAccount) })
	}
	return group.Wait()
}

// subscribing is the making of many subscriptions.
type subscribing struct {
	s    *Session
	pace *apply.Pace

	mu     sync.Mutex
	ids    map[plan.Address]int64 // of service plans that were looked up
	failed bool
}

// subscribe makes the subscriptions of one account, as long as those of the others don't fail.
func (p *subscribing) subscribe(ctx context.Context, all []missing) error {
	for _, m := range all {
		if err := p.pace.Err(ctx); err != nil || p.givenUp(nil) {
			return err
		}
		id, err := p.planID(ctx, m)
		if err == nil {
			err = p.s.subscribe(ctx, itemPath(accountsPath, m.account, "/service_subscriptions"), id)
		}
		if err != nil && !gone(err) { // the product, or the account, went in the same run
			p.givenUp(err)
			return fmt.Errorf("account %d to product %s: %w", m.account, m.product.Name(), err)
		}
		p.pace.Step()
	}
	return nil
}

// givenUp notes a failure, and tells whether there was one.
func (p *subscribing) givenUp(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failed = p.failed || err != nil
	return p.failed
}

// planID is the number of the service plan that an account is to be subscribed by.
func (p *subscribing) planID(ctx context.Context, m missing) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.id != 0 {
		return m.id, nil
	}
	at := m.product.Child(kindServicePlan, m.name)
	if id, ok := p.ids[at]; ok {
		return id, nil
	}
	if !p.s.known(at) {
		if err := p.s.learnServicePlans(ctx, m.product, m.name); err != nil {
			return 0, err
		}
	}
	id, err := p.s.id(at)
	if err == nil {
		p.ids[at] = id
	}
	return id, err
}

func (subscriptionsKind) remove(context.Context, *Session, *change) error {
	return errPart(kindSubscriptions)
}
