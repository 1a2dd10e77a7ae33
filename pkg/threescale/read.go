package threescale

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/plan"
)

// reader reads the state of a tenant. Each address is fetched once at most, however many kinds look into the answer.
type reader struct {
	s       *Session
	wanted  map[plan.Address]map[string]bool // kinds to read below an object ("" at the top)
	leading map[string]bool                  // kinds with something wanted below them
	desired plan.State
	prune   bool

	collections map[collection][]*plan.Object // desired ones
	guarded     map[plan.Address]bool         // accounts of which only the protected applications count

	only   map[plan.Address]bool // nil: all; else what an apply has changed
	places chan struct{}

	mu    sync.Mutex
	kept  map[any]*memo
	state plan.State
	cause error // the first failure that isn't only the end of what others had failed at
}

// Read reads all that the document has a key for, and nothing else. With prune, it also reads what has to be known
// before owned objects that the document doesn't declare can go.
func (s *Session) Read(ctx context.Context, desired []*plan.Object, collections []plan.Collection, prune bool) (plan.State, error) {
	wanted := plan.State{}
	wanted.Put(desired...)
	r := s.reader(wanted)
	r.prune = prune
	s.desired, s.live = r.desired, r.state
	for _, d := range desired {
		r.want(d.Parent, d.Kind)
	}
	for _, c := range collections {
		r.want(c.Parent, c.Kind)
	}
	r.wantRulesOfMetricsThatGo()
	err := r.top(ctx)
	if err == nil {
		err = errors.Join(r.strangers(), r.onePlanEach(ctx), r.tooManyGuards())
	}
	return r.finish(err)
}

// Look reads the kinds of some objects again, to see what an apply has left.
func (s *Session) Look(ctx context.Context, desired plan.State, at []*plan.Object) (plan.State, error) {
	r := s.reader(desired)
	r.only = map[plan.Address]bool{}
	for _, o := range at {
		r.only[o.Address] = true
		r.want(o.Parent, o.Kind)
	}
	return r.finish(r.below(ctx, nil))
}

func (s *Session) reader(desired plan.State) *reader {
	return &reader{
		s: s, wanted: map[plan.Address]map[string]bool{}, leading: map[string]bool{}, desired: desired, collections: collections(desired), guarded: map[plan.Address]bool{},
		places: make(chan struct{}, readers), kept: map[any]*memo{}, state: plan.State{},
	}
}

// finish gives what was read, or why it couldn't be.
func (r *reader) finish(err error) (plan.State, error) {
	if r.cause != nil {
		err = r.cause
	}
	return r.state, r.s.explain(err)
}

// planning tells whether what is read is for a plan, in which what the document wants may still be completed.
func (r *reader) planning() bool { return r.only == nil }

// asks tells whether a question about one object alone is worth its request: it is wanted, and, after an apply, looked at.
func (r *reader) asks(o *plan.Object) bool { return o != nil && (r.only == nil || r.only[o.Address]) }

func (r *reader) want(parent plan.Address, kind string) {
	if r.wanted[parent] == nil {
		r.wanted[parent] = map[string]bool{}
		r.leading[parent.LastKind()] = true
	}
	r.wanted[parent][kind] = true
}

// top reads the objects at the top and all that stands below those that the document declares.
func (r *reader) top(ctx context.Context) error {
	if r.backendsMayGo() {
		r.want("", kindProduct) // whoever uses one, the document may not speak of it
		if err := r.wantUsers(ctx); err != nil {
			return err
		}
	}
	if err := r.wantGuarded(ctx); err != nil {
		return err
	}
	return r.below(ctx, nil)
}

// readers is how many objects at the top are read at once; the transport has the last word on requests.
const readers = 24

// below reads the wanted kinds below parent side by side and, as soon as a kind is there, what stands below its objects:
// nothing waits for an answer that it doesn't need.
func (r *reader) below(ctx context.Context, parent *plan.Object) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, k := range r.kindsBelow(parent) {
		group.Go(func() error {
			found, err := r.read(ctx, k, parent)
			for _, o := range found {
				if len(r.wanted[o.Address]) > 0 {
					group.Go(func() error { return r.parts(ctx, o) })
				}
			}
			return err
		})
	}
	return group.Wait()
}

// parts reads what stands below an object, so many objects of the top at once.
func (r *reader) parts(ctx context.Context, o *plan.Object) error {
	if o.Parent == "" {
		select {
		case r.places <- struct{}{}:
			defer func() { <-r.places }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return r.below(ctx, o)
}

// kindsBelow are the wanted kinds directly below an object; first those whose answers lead to more questions.
func (r *reader) kindsBelow(parent *plan.Object) []kind {
	at := plan.Address("")
	if parent != nil {
		at = parent.Address
	}
	var first, last []kind
	for _, k := range kinds() {
		switch name := k.info().Name; {
		case !r.wanted[at][name]:
		case r.leading[name]:
			first = append(first, k)
		default:
			last = append(last, k)
		}
	}
	return append(first, last...)
}

func (r *reader) read(ctx context.Context, k kind, parent *plan.Object) ([]*plan.Object, error) {
	found, err := k.read(ctx, r, parent)
	if err == nil {
		err = r.apart(found)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Put(found...)
	// A failure ends what is read beside it; who shares an answer with those may report that end before the failure itself.
	if r.cause == nil && err != nil && !errors.Is(err, context.Canceled) {
		r.cause = err
	}
	return found, err
}

// backendsMayGo tells whether the plan could delete a backend.
func (r *reader) backendsMayGo() bool {
	for _, d := range r.desired {
		if d.Kind == kindBackend && d.Absent {
			return true
		}
	}
	return r.prune && r.wanted[""][kindBackend]
}

// wantRulesOfMetricsThatGo adds the rules that may count on a metric or method which could be deleted.
func (r *reader) wantRulesOfMetricsThatGo() {
	for parent, kinds := range r.wanted {
		if r.prune && (kinds[kindMetric] || kinds[kindMethod]) {
			r.want(parent, kindRules)
		}
	}
	for _, d := range r.desired {
		if d.Absent && (d.Kind == kindMetric || d.Kind == kindMethod) {
			r.want(d.Parent, kindRules)
		}
	}
}

// wantUsers adds what has to be known where backends go: which products use them, even such as the document doesn't name.
func (r *reader) wantUsers(ctx context.Context) error {
	backends, err := backendKind{}.read(ctx, r, nil)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(backends, r.mayGo) {
		return nil
	}
	products, err := productKind{}.read(ctx, r, nil)
	for _, p := range products {
		r.want(p.Address, kindUsages)
	}
	return err
}

// mayGo tells whether the plan could delete an object: because the document says so, or doesn't speak of it any more.
func (r *reader) mayGo(o *plan.Object) bool {
	if d, declared := r.desired[o.Address]; declared {
		return d.Absent
	}
	return r.prune && o.Owner == r.s.config.Owner && !(plan.State{o.Address: o}).Guarded(o.Address)
}

// wantGuarded adds the protected applications of all accounts where products may go: they would go along.
func (r *reader) wantGuarded(ctx context.Context) error {
	if !r.prune || !r.wanted[""][kindProduct] {
		if !slices.ContainsFunc(r.collections[collection{kind: kindProduct}], func(d *plan.Object) bool { return d.Absent }) {
			return nil
		}
	}
	accounts, err := accountKind{}.read(ctx, r, nil)
	for _, a := range accounts {
		set, _ := a.Fields[plan.FieldProtect].(plan.Set)
		for name := range set {
			if strings.HasPrefix(name, kindApplication+"/") || strings.HasPrefix(name, "#") {
				r.guarded[a.Address] = !r.wanted[a.Address][kindApplication]
				r.want("", kindAccount)
				r.want(a.Address, kindApplication)
				break
			}
		}
	}
	return err
}

// decoded is an answer as one type of Go.
type decoded struct {
	path string
	as   reflect.Type
}

// get fetches a path once and reads it into out, which shares what it points to with all who ask for the same: it is to
// be looked at, not to be changed.
func (r *reader) get(ctx context.Context, path string, out any) error {
	target := reflect.ValueOf(out).Elem()
	value, err := keep(r, decoded{path, target.Type()}, func() (reflect.Value, error) {
		ask := func() ([]byte, error) { return r.s.api.send(ctx, http.MethodGet, path, nil) }
		fetch := ask // a tenant's answers are many times as large as what is made of them: most are let go
		if readTwice(path) {
			fetch = func() ([]byte, error) { return keep(r, path, ask) }
		}
		text, err := fetch()
		if err != nil {
			return reflect.Value{}, err
		}
		v := reflect.New(target.Type())
		return v.Elem(), decode(ctx, http.MethodGet, path, text, v.Interface())
	})
	if err == nil {
		target.Set(value)
	}
	return err
}

// readTwice tells of an answer that more than one type is made of.
func readTwice(path string) bool {
	return strings.HasPrefix(path, productsPath+".json") || strings.HasSuffix(path, "/service_plans.json")
}

var _ getter = (*reader)(nil)

// memo is something that was made of an answer.
type memo struct {
	once  sync.Once
	value any
	err   error
}

// keep makes something once, however many ask for it: lists of the whole tenant are read by each product.
func keep[T any](r *reader, name any, build func() (T, error)) (T, error) {
	r.mu.Lock()
	m, ok := r.kept[name]
	if !ok {
		m = &memo{}
		r.kept[name] = m
	}
	r.mu.Unlock()
	m.once.Do(func() { m.value, m.err = build() })
	value, _ := m.value.(T)
	return value, m.err
}

// address is that of an object below another, or at the top ("").
func address(parent plan.Address, kind, name string) plan.Address {
	if parent == "" {
		return plan.Root(System, kind, name)
	}
	return parent.Child(kind, name)
}

// found makes a live object and remembers its number.
func (r *reader) found(o *plan.Object, id int64) *plan.Object {
	r.s.learn(o.Address, id)
	if o.Outputs == nil {
		o.Outputs = map[string]any{}
	}
	o.Outputs["id"] = id
	return o
}
