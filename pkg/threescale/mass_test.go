package threescale_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const everybody = `
products:
  chat: {servicePlans: {Default: {default: true}}}
  later: {servicePlans: {Default: {}, Gold: {default: true}}}
accounts: {subscribe: all}
`

// customers makes accounts that are approved, and one that isn't.
func (tn *tenant) customers(n int) {
	tn.t.Helper()
	for i := range n {
		tn.signUp(fmt.Sprintf("Org %02d", i), fmt.Sprintf("user-%02d", i))
	}
	tn.call("PUT", "/accounts/"+tn.signUp("Held back", "nobody-1")+"/make_pending", nil)
}

// reads are the requests since the last Reset that only read, as a count by the path's last step.
func (tn *tenant) reads(ends string) int {
	n := 0
	for _, q := range tn.Requests() {
		if q.Method == http.MethodGet && strings.HasSuffix(q.Path, ends) {
			n++
		}
	}
	return n
}

// All accounts to all products: the plan counts what that means, nothing is read twice, and each subscription is a write that
// counts.
func TestSubscribingAllIsCounted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.customers(20)
	tn.Reset()
	doc := tn.document(everybody)
	p := tn.plan(doc)
	if n := tn.reads("/service_subscriptions.json"); n != 21 { // with the sample one
		t.Errorf("%d reads of subscriptions", n)
	}
	var steps int
	for _, c := range p.Changes {
		if steps = max(steps, c.Steps); c.Steps > 0 && c.Fields[0].Old != "42 subscriptions missing: 21 accounts, 2 products" {
			t.Errorf("planned: %v", c.Fields)
		}
	}
	if steps != 42 {
		t.Errorf("%d steps", steps)
	}
	tn.Reset()
	stepped := 0
	r := tn.run(p, apply.Options{Observe: func(e apply.Event) {
		if e.State == apply.Stepped {
			stepped++
		}
	}})
	if r.Err() != nil || stepped != 42 || tn.reads("/service_subscriptions.json")+tn.reads("/accounts.json") > 0 {
		t.Errorf("%v: %d steps, %d reads", r.Err(), stepped, tn.reads(".json"))
	}
	tn.Reset()
	if found := tn.unkept(p, r); len(found) > 0 || tn.reads("/service_subscriptions.json") > 0 {
		t.Errorf("not kept: %+v, %d reads", found, tn.reads("/service_subscriptions.json"))
	}
	tn.settled(doc)
	tn.expect(`["api live","chat live","later live"]`, "accounts", "Org 07", "subscriptions")
	tn.expect(`["api live"]`, "accounts", "Held back", "subscriptions")
	t.Log("who is let in by the document is one of them, and so is what its own account says")
	tn.reach(`products: {chat: {}, later: {}}
accounts: {subscribe: all, Held back: {state: approved}}
`)
	tn.expect(`["api live","chat live","later live"]`, "accounts", "Held back", "subscriptions")
}

// Whoever wants it to stop, it does between two writes; the next run makes what is left, and no more.
func TestSubscribingAllStopsBetweenTwoWrites(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.customers(20)
	doc := tn.document(everybody)
	stop := make(chan struct{})
	var once sync.Once
	r := tn.run(tn.plan(doc), apply.Options{Stop: stop, Observe: func(e apply.Event) {
		if e.State == apply.Stepped {
			once.Do(func() { close(stop) })
		}
	}})
	var done int
	for _, o := range r.Outcomes {
		if o.Change.Steps > 0 {
			done = o.Steps
			if o.State != apply.NotRun || o.Effect != apply.InPart {
				t.Errorf("%+v", o)
			}
		}
	}
	if !r.Interrupted || done == 0 || done > 10 { // what was under way when it was told
		t.Errorf("interrupted %v, %d done", r.Interrupted, done)
	}
	left := 0
	for _, c := range tn.plan(doc).Changes {
		left += c.Steps
	}
	if left != 42-done {
		t.Errorf("%d are left after %d of 42", left, done)
	}
	tn.reach(everybody)
}

// A server that is busy for a moment, or breaks off, makes no difference.
func TestSubscribingAllOverAServerThatStumbles(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t,
		"POST /admin/api/accounts/*/service_subscriptions.json every=5 count=4 status=409",
		"POST /admin/api/accounts/*/service_subscriptions.json every=7 count=3 status=502 when=after")})
	tn.customers(10)
	tn.reach(everybody)
	tn.expect(`["api live","chat live","later live"]`, "accounts", "Org 03", "subscriptions")
}
