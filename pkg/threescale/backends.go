package threescale

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const backendsPath = "/admin/api/backend_apis"

// backendKind are the private APIs (backend_apis) that products use.
type backendKind struct{}

func (backendKind) info() plan.Kind {
	return plan.Kind{Name: kindBackend, Born: bornBelowBackend, Marks: true}
}

func bornBelowBackend(b *plan.Object) []*plan.Object {
	return []*plan.Object{hits(b), b.Child(kindRules, "", plan.Fields{"rule": plan.List(nil)})}
}

func backendAt(name string) plan.Address { return plan.Root(System, kindBackend, name) }

func (w *wants) backends() {
	if w.doc.Backends == nil {
		return
	}
	w.name(kindBackend, "")
	for _, e := range w.doc.Backends {
		b, path := e.Value, []string{"backends", e.Name}
		o := plan.New(System, kindBackend, e.Name, said(*b))
		if b.URL != nil {
			o.Fields["url"] = maas.WithPort(*b.URL)
		}
		w.add(o, b.Meta, path...)
		if b.Absent {
			continue
		}
		w.metrics(o, b.Metrics, b.Methods, path)
		w.rules(o, b.Methods, b.Rules(), b.MappingRules != nil, path)
	}
}

type backendJSON struct {
	ID              int64             `json:"id"`
	SystemName      string            `json:"system_name"`
	Name            string            `json:"name"`
	Description     *string           `json:"description"`
	PrivateEndpoint string            `json:"private_endpoint"`
	Annotations     map[string]string `json:"annotations"`
}

// backends are all backends by number.
func (r *reader) backends(ctx context.Context) (map[int64]backendJSON, error) {
	return keep(r, "backends", func() (map[int64]backendJSON, error) {
		found, err := pages[backendJSON](ctx, r, backendsPath+".json")
		all := map[int64]backendJSON{}
		for _, b := range found {
			all[b.ID] = b
		}
		return all, err
	})
}

func (backendKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	found, err := pages[backendJSON](ctx, r, backendsPath+".json")
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, b := range found {
		o := plan.New(System, kindBackend, b.SystemName, plan.Fields{
			"name": b.Name, "description": text(b.Description), "url": maas.WithPort(b.PrivateEndpoint),
		})
		o.Outputs = map[string]any{"privateEndpoint": o.Fields["url"]}
		markIn(b.Annotations).put(o)
		out = append(out, r.found(o, b.ID))
	}
	return out, nil
}

func (backendKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	annotations, err := s.annotations(c, fields)
	if err != nil {
		return err
	}
	body := params(fields)
	if annotations != nil {
		body["annotations"] = annotations
	}
	if c.Live != nil {
		return s.update(ctx, c, backendsPath, body)
	}
	body["system_name"] = c.Name
	if _, ok := body["name"]; !ok {
		body["name"] = c.Name
	}
	return s.createNamed(ctx, c, backendsPath+".json", body, func(ctx context.Context) ([]named, error) {
		return pages[named](ctx, s.api, backendsPath+".json")
	})
}

// remove retries for a while: a product that has just been deleted still counts as a user of its backends until
// 3scale's background job has purged it.
func (backendKind) remove(ctx context.Context, s *Session, c *change) error {
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	return s.waitFor(ctx, func() (bool, error) {
		err := s.delete(ctx, backendsPath+"/"+strconv.FormatInt(id, 10)+".json")
		if says(err, http.StatusForbidden, textStillUsed) {
			return false, waiting{errors.Join(err, errors.New("a product still uses it"))}
		}
		return err == nil, err
	})
}
