package threescale

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// The bounds of what is asked one by one before a deletion: beyond them the plan says that it doesn't know the rest.
const (
	mostKeysAsked     = 100 // applications whose keys are counted
	mostAccountsAsked = 200 // accounts whose subscriptions are
	fewLive           = 5   // live applications that are named
	fewDeletes        = 10  // deletions beyond which the applications of all products are read at once
)

// Losses tells what goes along with products, accounts and applications.
func (s *Session) Losses(ctx context.Context, deletes []*plan.Change) error {
	l := &losses{s: s, r: s.reader(plan.State{}), many: len(deletes) > fewDeletes}
	found, err := each(ctx, deletes, l.of)
	if err != nil {
		return s.explain(err)
	}
	counted := map[int64]bool{}
	for i, c := range deletes {
		if c.Kind == kindApplication && found[i] != nil { // counts as itself
			counted[found[i].itself] = true
		}
	}
	for i, c := range deletes {
		if f := found[i]; f != nil {
			f.Objects = f.Users
			for _, id := range f.applications {
				if !counted[id] {
					counted[id] = true
					f.Objects++
				}
			}
			c.Loss = &f.Loss
		}
	}
	return nil
}

// losses asks for what deletions take along; what several of them have to know, once.
type losses struct {
	s *Session
	r *reader

	many bool
}

// loss is what one deletion takes along, with the numbers of its applications.
type loss struct {
	plan.Loss
	itself       int64
	applications []int64
}

func (l *losses) of(ctx context.Context, c *plan.Change) (*loss, error) {
	switch c.Kind {
	case kindProduct, kindAccount, kindApplication:
	default:
		return nil, nil //nolint:nilnil // nothing of anybody's goes along
	}
	id, err := l.s.id(c.Address)
	if err != nil {
		return nil, err
	}
	f := &loss{itself: id}
	switch c.Kind {
	case kindProduct:
		err = l.product(ctx, f, id)
	case kindAccount:
		err = l.account(ctx, f, itemPath(accountsPath, id, ""))
	case kindApplication:
		base, baseErr := l.s.account(c.Parent)
		if baseErr != nil {
			return nil, baseErr
		}
		var a usedApplication
		if a, err = one[usedApplication](ctx, l.r, itemPath(base+"/applications", id, ".json")); err == nil {
			err = l.used(ctx, f, []usedApplication{a})
		}
		f.Applications, f.Live, f.LiveNames, f.Accounts, f.applications = 0, 0, nil, 0, nil // that is what is deleted itself
	}
	return f, err
}

// usedApplication is an application with who has it and when it was used.
type usedApplication struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	State         string `json:"state"`
	ServiceID     int64  `json:"service_id"`
	AccountID     int64  `json:"account_id"`
	Organization  string `json:"org_name"`
	UserKey       string `json:"user_key"`
	ApplicationID string `json:"application_id"`
	LastDay       string `json:"first_daily_traffic_at"` // the first call of the last day with calls
}

func (l *losses) product(ctx context.Context, f *loss, id int64) error {
	found, err := l.applications(ctx, id)
	if err != nil {
		return err
	}
	accounts := map[int64]bool{}
	for _, a := range found {
		accounts[a.AccountID] = true
	}
	if err := l.used(ctx, f, found); err != nil {
		return err
	}
	if err := l.subscribers(ctx, f, id, accounts); err != nil {
		return err
	}
	f.Accounts = len(accounts)
	return l.hits(ctx, f, id)
}

// applications are those of a product.
func (l *losses) applications(ctx context.Context, product int64) ([]usedApplication, error) {
	const all = "/admin/api/applications.json"
	if !l.many {
		return pages[usedApplication](ctx, l.r, fmt.Sprintf("%s?service_id=%d", all, product))
	}
	type byProduct struct{}
	by, err := keep(l.r, byProduct{}, func() (map[int64][]usedApplication, error) {
		found, err := pages[usedApplication](ctx, l.r, all)
		by := map[int64][]usedApplication{}
		for _, a := range found {
			by[a.ServiceID] = append(by[a.ServiceID], a)
		}
		return by, err
	})
	return by[product], err
}

func (l *losses) account(ctx context.Context, f *loss, base string) error {
	found, err := list[usedApplication](ctx, l.r, base+"/applications.json")
	if err != nil {
		return err
	}
	users, err := list[struct{}](ctx, l.r, base+"/users.json")
	if err != nil {
		return err
	}
	subscriptions, err := list[subscriptionJSON](ctx, l.r, base+"/service_subscriptions.json")
	if err != nil {
		return err
	}
	f.Users, f.Subscriptions = len(users), len(subscriptions)
	return l.used(ctx, f, found)
}

// used counts applications, those that are live, and their keys, and finds when one was called last.
func (l *losses) used(ctx context.Context, f *loss, found []usedApplication) error {
	f.Applications = len(found)
	var withKeys []usedApplication
	for _, a := range found {
		f.applications = append(f.applications, a.ID)
		if a.State == "live" {
			f.Live++
			if len(f.LiveNames) < fewLive {
				f.LiveNames = append(f.LiveNames, strings.TrimSuffix(a.Name+" of "+a.Organization, " of "))
			}
		}
		if day, _, _ := strings.Cut(a.LastDay, "T"); day > f.Traffic.Last {
			f.Traffic.Last = day
		}
		switch {
		case a.UserKey != "":
			l.s.config.Transport.Redactor.Add(a.UserKey)
			f.Keys++
		case a.ApplicationID != "":
			withKeys = append(withKeys, a)
		}
	}
	if more := len(withKeys) - mostKeysAsked; more > 0 {
		f.Unknown = append(f.Unknown, fmt.Sprintf("the keys of %d more applications", more))
		withKeys = withKeys[:mostKeysAsked]
	}
	keys, err := each(ctx, withKeys, func(ctx context.Context, a usedApplication) ([]keyJSON, error) {
		return list[keyJSON](ctx, l.r, fmt.Sprintf("%s/%d/applications/%d/keys.json", accountsPath, a.AccountID, a.ID))
	})
	for _, some := range keys {
		for _, k := range some {
			l.s.config.Transport.Redactor.Add(k.Value)
		}
		f.Keys += len(some)
	}
	return err
}

// each asks for something of each, side by side, and gives the answers in their order.
func each[T, A any](ctx context.Context, of []T, ask func(context.Context, T) (A, error)) ([]A, error) {
	answers := make([]A, len(of))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for i, o := range of {
		group.Go(func() error {
			var err error
			answers[i], err = ask(ctx, o)
			return err
		})
	}
	return answers, group.Wait()
}

// subscribers counts the subscriptions of a product; accounts are those that are known to have one, and those found.
func (l *losses) subscribers(ctx context.Context, f *loss, product int64, accounts map[int64]bool) error {
	all, err := pages[struct {
		ID int64 `json:"id"`
	}](ctx, l.r, accountsPath+".json")
	if err != nil {
		return err
	}
	asked := make([]int64, 0, len(all))
	for _, a := range all {
		asked = append(asked, a.ID)
	}
	if len(asked) > mostAccountsAsked { // first those that have applications: those are subscribed
		slices.SortStableFunc(asked, func(a, b int64) int {
			return cmp.Compare(map[bool]int{true: -1}[accounts[a]], map[bool]int{true: -1}[accounts[b]])
		})
		f.Unknown = append(f.Unknown, fmt.Sprintf("the subscriptions of %d more accounts", len(asked)-mostAccountsAsked))
		asked = asked[:mostAccountsAsked]
	}
	found, err := each(ctx, asked, func(ctx context.Context, a int64) ([]subscriptionJSON, error) { return subscriptionsOf(ctx, l.r, a) })
	for i, some := range found {
		for _, sub := range some {
			if sub.ServiceID == product {
				f.Subscriptions++
				accounts[asked[i]] = true
			}
		}
	}
	return err
}

// hits reads how often a product was called within a year. A token may lack the right to.
func (l *losses) hits(ctx context.Context, f *loss, product int64) error {
	var usage struct {
		Total *int64 `json:"total"`
	}
	err := l.r.get(ctx, fmt.Sprintf("/stats/services/%d/usage.json?metric_name=%s&period=year", product, hitsName), &usage)
	switch {
	case transport.Is(err, http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest):
		f.Unknown = append(f.Unknown, "how often it was called, since the token lacks the scope stats or there are no statistics")
		return nil
	case err != nil:
		return err
	}
	f.Traffic.Hits = usage.Total
	return nil
}
