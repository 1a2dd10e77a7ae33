package threescaletest

import (
	"sync"
	"time"

	"example.com/maasctl/internal/railszone"
)

// tenant is a provider account and all that belongs to it.
type tenant struct {
	mu sync.Mutex
	stamps
	ID          int64             `json:"id"`
	OrgName     string            `json:"org_name"`
	AdminDomain string            `json:"admin_domain"`
	Domain      string            `json:"domain"`
	Timezone    string            `json:"timezone"`
	State       string            `json:"state"`
	AdminEmail  string            `json:"admin_email"` // of its first administrator
	Contact     contact           `json:"contact"`
	Annotations map[string]string `json:"annotations"`
	DeletionAt  *time.Time        `json:"deletion_at,omitempty"`
	Settings    settings          `json:"settings"`

	Tokens         table[*token]   `json:"tokens"`
	Products       table[*product] `json:"products"`
	Backends       table[*backend] `json:"backends"`
	Policies       table[*policy]  `json:"policies"`
	AccountPlans   table[*plan]    `json:"account_plans"`
	DefaultAccount int64           `json:"default_account_plan_id"`
	Features       table[*feature] `json:"features"`

	Users      table[*user]      `json:"users"` // of the tenant itself
	Accounts   table[*account]   `json:"accounts"`
	Fields     table[*field]     `json:"fields_definitions"`
	WebHook    *webHook          `json:"web_hook,omitempty"`
	ActiveDocs table[*activeDoc] `json:"active_docs"`
	SignIns    table[*signIn]    `json:"authentication_providers"`

	Sections  table[*section]  `json:"sections"`
	Templates table[*template] `json:"templates"`
	Files     table[*file]     `json:"files"`

	Traffic traffic `json:"traffic"`

	plans   index[*plan] // application, service and account plans, by id
	names   names        // the system names of products
	beNames names        // and of backends
	due     time.Time    // when the next deleted object goes for good
	loc     *time.Location
	locName string
}

// names counts how often names are taken.
type names struct{ m map[string]int }

func (n *names) add(name string, by int) {
	if n.m == nil {
		n.m = map[string]int{}
	}
	if n.m[name] += by; n.m[name] == 0 {
		delete(n.m, name)
	}
}

func (n *names) taken(name string) bool { return n.m[name] > 0 }

// index finds objects that live below others by their id. It is built anew when a
// state is loaded.
type index[R any] struct{ m map[int64]R }

func (x *index[R]) set(id int64, r R) {
	if x.m == nil {
		x.m = map[int64]R{}
	}
	x.m[id] = r
}

func (x *index[R]) drop(id int64) { delete(x.m, id) }

func (x *index[R]) get(id int64) (R, bool) { r, ok := x.m[id]; return r, ok }

// zone is the tenant's time zone: the times in answers are in it.
func (t *tenant) zone() *time.Location {
	if t.loc != nil && t.locName == t.Timezone {
		return t.loc
	}
	t.loc, t.locName = time.UTC, t.Timezone
	if l, err := railszone.Load(t.Timezone); err == nil {
		t.loc = l
	}
	return t.loc
}

// liveProducts are the products that are not deleted, nor on their way out.
func (t *tenant) liveProducts() []*product {
	return t.Products.where(func(p *product) bool { return p.State != stateDeleted })
}

// liveBackends are the backends that are not deleted.
func (t *tenant) liveBackends() []*backend {
	return t.Backends.where(func(b *backend) bool { return b.State != stateDeleted })
}

// reindex builds the indexes from the objects.
func (t *tenant) reindex() {
	t.plans, t.names, t.beNames = index[*plan]{}, names{}, names{}
	for _, b := range t.Backends.rows {
		t.beNames.add(b.SystemName, 1)
		t.doom(b.PurgeAt)
	}
	for _, p := range t.Products.rows {
		t.names.add(p.SystemName, 1)
		t.doom(p.PurgeAt)
		for _, list := range [][]*plan{p.AppPlans, p.ServicePlans} {
			for _, pl := range list {
				t.plans.set(pl.ID, pl)
			}
		}
	}
	for _, pl := range t.AccountPlans.rows {
		t.plans.set(pl.ID, pl)
	}
}

const stateDeleted = "deleted"
