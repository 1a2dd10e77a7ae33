package threescale

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/plan"
)

// reader reads the state of a tenant. Each address is fetched once at most, however many kinds look into the answer.
type reader struct {
	s       *Session
	wanted  map[plan.Address]map[string]bool // kinds to read below an object ("" at the top)
	desired plan.State
	prune   bool

	mu      sync.Mutex
	fetched map[string]*fetch
	kept    map[string]*memo
	state   plan.State
}

type fetch struct {
	once sync.Once
	text json.RawMessage
	err  error
}

// Read reads all that the document has a key for, and nothing else. With prune, it also reads what has to be known
// before owned objects that the document doesn't declare can go.
func (s *Session) Read(ctx context.Context, desired []*plan.Object, collections []plan.Collection, prune bool) (plan.State, error) {
	r := &reader{s: s, wanted: map[plan.Address]map[string]bool{}, desired: plan.State{}, prune: prune, fetched: map[string]*fetch{}, kept: map[string]*memo{}, state: plan.State{}}
	r.desired.Put(desired...)
	s.desired = r.desired
	for _, d := range desired {
		r.want(d.Parent, d.Kind)
	}
	for _, c := range collections {
		r.want(c.Parent, c.Kind)
	}
	r.wantRulesOfMetricsThatGo()
	err := r.top(ctx)
	return r.state, s.explain(err)
}

func (r *reader) want(parent plan.Address, kind string) {
	if r.wanted[parent] == nil {
		r.wanted[parent] = map[string]bool{}
	}
	r.wanted[parent][kind] = true
}

// top reads the objects at the top, then what stands below those that the document declares.
func (r *reader) top(ctx context.Context) error {
	if r.backendsMayGo() {
		r.want("", kindProduct) // whoever uses one, the document may not speak of it
	}
	roots, err := r.level(ctx, nil)
	if err != nil {
		return err
	}
	r.wantUsers(roots)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, o := range roots {
		group.Go(func() error { return r.below(ctx, o) })
	}
	return group.Wait()
}

// readers is how many objects at the top are read at once; the transport has the last word on requests.
const readers = 24

func (r *reader) below(ctx context.Context, parent *plan.Object) error {
	children, err := r.level(ctx, parent)
	if err != nil {
		return err
	}
	for _, c := range children {
		if err := r.below(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// level reads the wanted kinds directly below parent, side by side.
func (r *reader) level(ctx context.Context, parent *plan.Object) ([]*plan.Object, error) {
	at := plan.Address("")
	if parent != nil {
		at = parent.Address
	}
	found := make([][]*plan.Object, len(kinds()))
	group, ctx := errgroup.WithContext(ctx)
	for i, k := range kinds() {
		if !r.wanted[at][k.info().Name] {
			continue
		}
		group.Go(func() (err error) {
			found[i], err = k.read(ctx, r, parent)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var all []*plan.Object
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, objects := range found {
		r.state.Put(objects...)
		all = append(all, objects...)
	}
	return all, nil
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
func (r *reader) wantUsers(roots []*plan.Object) {
	leaves := false
	for _, o := range roots {
		d, declared := r.desired[o.Address]
		leaves = leaves || o.Kind == kindBackend && (declared && d.Absent || !declared && r.prune && o.Owner == r.s.config.Owner)
	}
	for _, o := range roots {
		if leaves && o.Kind == kindProduct {
			r.want(o.Address, kindUsages)
		}
	}
}

// get fetches a path once and reads it into out.
func (r *reader) get(ctx context.Context, path string, out any) error {
	r.mu.Lock()
	f, ok := r.fetched[path]
	if !ok {
		f = &fetch{}
		r.fetched[path] = f
	}
	r.mu.Unlock()
	f.once.Do(func() { f.err = r.s.api.get(ctx, path, &f.text) })
	if f.err != nil {
		return f.err
	}
	return json.NewDecoder(bytes.NewReader(f.text)).Decode(out)
}

var _ getter = (*reader)(nil)

// memo is something that was made of an answer.
type memo struct {
	once  sync.Once
	value any
	err   error
}

// keep makes something once, however many ask for it: lists of the whole tenant are read by each product.
func keep[T any](r *reader, name string, build func() (T, error)) (T, error) {
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

// keysOf finds the document's key for objects that the server knows by their names only: a former name belongs to the
// object that was renamed, unless there is one of the new name already.
func (r *reader) keysOf(parent plan.Address, kind string, n int, nameAt func(int) string) func(name string) string {
	taken := map[string]bool{}
	for i := range n {
		taken[nameAt(i)] = true
	}
	renamed := map[string]string{}
	for _, d := range r.desired {
		if d.Parent == parent && d.Kind == kind && d.Was != "" && !taken[d.Name] {
			renamed[d.Was] = d.Name
		}
	}
	return func(name string) string {
		_, declared := r.desired[address(parent, kind, name)]
		if to, ok := renamed[name]; ok && !declared {
			return to
		}
		return name
	}
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
