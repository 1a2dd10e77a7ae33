package keycloak

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// reader reads the state of a server. Each address is fetched once at most, however many kinds look into the answer.
type reader struct {
	s       *Session
	wanted  map[plan.Address]map[string]bool // kinds to read below an object ("" at the top)
	desired plan.State
	prune   bool
	only    map[plan.Address]bool // nil: all; else what an apply has changed

	mu      sync.Mutex
	fetched map[string]*fetch
	state   plan.State
	refused []*Refusal
}

type fetch struct {
	once  sync.Once
	value any
	err   error
}

// Read reads all that the document has a key for, and nothing else. With prune, it also reads what has to be known before
// owned objects that the document doesn't declare can go. It completes desired identity providers with the endpoints that
// their discovery gives.
func (s *Session) Read(ctx context.Context, desired []*plan.Object, collections []plan.Collection, prune bool) (plan.State, error) {
	wanted := plan.State{}
	wanted.Put(desired...)
	r := s.reader(wanted)
	r.prune = prune
	s.mu.Lock()
	s.ids, s.desired, s.warnings, s.done = map[plan.Address]string{}, r.desired, nil, map[plan.Address]bool{}
	s.mappers, s.protocols = map[plan.Address][]*plan.Object{}, map[plan.Address]string{}
	for _, d := range desired {
		r.want(d.Parent, d.Kind)
		if d.Kind == kindMapper && !d.Absent {
			s.mappers[d.Parent] = append(s.mappers[d.Parent], d)
		}
	}
	s.mu.Unlock()
	s.given.forget()
	s.flows.forget()
	for _, c := range collections {
		r.want(c.Parent, c.Kind)
	}
	if len(r.wanted) == 0 {
		return r.state, nil
	}
	r.discover(ctx)
	err := r.top(ctx)
	if err == nil {
		err = r.check(ctx)
	}
	if err == nil {
		err = r.undiscovered()
	}
	return r.state, s.explain(err)
}

// Look reads the kinds of some objects again, to see what an apply has left.
func (s *Session) Look(ctx context.Context, desired plan.State, at []*plan.Object) (plan.State, error) {
	r := s.reader(desired)
	r.only = map[plan.Address]bool{}
	for _, o := range at {
		r.only[o.Address] = true
		r.want(o.Parent, o.Kind)
	}
	return r.state, s.explain(r.top(ctx))
}

func (s *Session) reader(desired plan.State) *reader {
	return &reader{s: s, wanted: map[plan.Address]map[string]bool{}, desired: desired, fetched: map[string]*fetch{}, state: plan.State{}}
}

func (r *reader) top(ctx context.Context) error {
	roots, err := r.level(ctx, nil)
	if err != nil {
		return err
	}
	return r.below(ctx, roots)
}

// asks tells whether a question about one object alone is worth its request: it is wanted, and, after an apply, looked at.
func (r *reader) asks(o *plan.Object) bool { return o != nil && (r.only == nil || r.only[o.Address]) }

func (r *reader) want(parent plan.Address, kind string) {
	if r.wanted[parent] == nil {
		r.wanted[parent] = map[string]bool{}
	}
	r.wanted[parent][kind] = true
}

// readers is how many objects are looked below at once; the transport has the last word on requests.
const readers = 16

// below reads what is wanted below some objects, side by side.
func (r *reader) below(ctx context.Context, parents []*plan.Object) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, p := range parents {
		if r.wanted[p.Address] == nil {
			continue
		}
		group.Go(func() error {
			children, err := r.level(ctx, p)
			if err != nil {
				return err
			}
			return r.below(ctx, children)
		})
	}
	return group.Wait()
}

// level reads the wanted kinds directly below parent, side by side.
func (r *reader) level(ctx context.Context, parent *plan.Object) ([]*plan.Object, error) {
	at := plan.Address("")
	if parent != nil {
		at = parent.Address
	}
	all := kinds()
	found := make([][]*plan.Object, len(all))
	group, ctx := errgroup.WithContext(ctx)
	for i, k := range all {
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
	var objects []*plan.Object
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range found {
		r.state.Put(f...)
		objects = append(objects, f...)
	}
	return objects, r.twins(objects)
}

// value fetches a path once.
func (r *reader) value(ctx context.Context, path string) (any, error) {
	return r.once(path, func(out *any) error { return r.s.api.get(ctx, path, out) })
}

// optional is value where the server may have nothing to say: nil then.
func (r *reader) optional(ctx context.Context, path string) (any, error) {
	return r.once(path, func(out *any) error {
		a, err := r.s.api.do(ctx, http.MethodGet, path, nil)
		if err != nil || a.resp.StatusCode == http.StatusNoContent {
			return err
		}
		*out, err = a.checked(ctx, path)
		return err
	})
}

func (r *reader) once(path string, ask func(out *any) error) (any, error) {
	r.mu.Lock()
	f, ok := r.fetched[path]
	if !ok {
		f = &fetch{}
		r.fetched[path] = f
	}
	r.mu.Unlock()
	f.once.Do(func() { f.err = ask(&f.value) })
	return f.value, f.err
}

// one reads a single object, list a list of them.
func (r *reader) one(ctx context.Context, path string) (map[string]any, error) {
	v, err := r.value(ctx, path)
	m, _ := v.(map[string]any)
	return m, err
}

func (r *reader) list(ctx context.Context, path string) ([]map[string]any, error) {
	v, err := r.value(ctx, path)
	return objectsIn(v), err
}

func objectsIn(v any) []map[string]any {
	list, _ := v.([]any)
	out := make([]map[string]any, 0, len(list))
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// found makes a live object of what the server shows: of its fields only those that are wanted, for nothing else is compared.
func (r *reader) found(o *plan.Object, p place, raw map[string]any, id string) *plan.Object {
	o.Native = &native{raw: raw, refs: map[string]roleRef{}}
	o.Owner = p.owner(raw)
	o.Outputs = outputs(raw)
	o.Outputs["id"] = id
	r.s.learn(o.Address, id)
	if p := str(raw, "protocol"); p != "" {
		r.s.learnProtocol(o.Address, p)
	}
	o.Fields = plan.Fields{}
	d := r.desired[o.Address]
	for name, path := range nativeOf(d).paths {
		want, ok := d.Fields[name]
		if !ok {
			continue
		}
		have := at(raw, path...)
		if s, ok := want.(secret.Value); ok {
			o.Fields[name] = p.seen(raw, name, have, s)
			continue
		}
		o.Fields[name] = projected(have, want)
	}
	return o
}

// outputs are the scalars of an object that others may ask for; nothing that looks like a secret is among them.
func outputs(raw map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range raw {
		switch v := plan.Normal(v).(type) {
		case string, bool, int64, float64, json.Number:
			if lower := strings.ToLower(name); !strings.Contains(lower, "secret") && !strings.Contains(lower, "token") && !strings.Contains(lower, "password") {
				out[name] = v
			}
		}
	}
	return out
}

func str(raw map[string]any, field string) string { s, _ := raw[field].(string); return s }

func flag(raw map[string]any, field string) bool { b, _ := raw[field].(bool); return b }
