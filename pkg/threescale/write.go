package threescale

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"example.com/maasctl/pkg/plan"
)

// named is what every answer about an object has.
type named struct {
	ID         int64  `json:"id"`
	SystemName string `json:"system_name"`
	Name       string `json:"name"`
}

// createNamed makes an object that has a system name, and learns its number.
func (s *Session) createNamed(ctx context.Context, c *change, path string, body map[string]any, list func(context.Context) ([]named, error)) error {
	id, err := s.create(ctx,
		func() (int64, error) {
			var w wrapped[named]
			err := s.api.do(ctx, http.MethodPost, path, body, &w)
			if lingers(c.Kind) && says(err, http.StatusUnprocessableEntity, textTaken) && refusedSystemName(err) {
				err = waiting{err}
			}
			return w.Value.ID, err
		},
		func() (int64, error) { return find(ctx, c.Name, list) })
	if err != nil {
		return err
	}
	c.made(s, id)
	return nil
}

// lingers tells whether a deleted object keeps its system name until 3scale's background job has purged it. Those of
// other kinds are gone at once: what has their name then keeps it.
func lingers(kind string) bool { return kind == kindProduct || kind == kindBackend }

// made remembers the number of what has just been created.
func (c *change) made(s *Session, id int64) {
	s.learn(c.Address, id)
	c.outputs["id"] = id
}

func find(ctx context.Context, systemName string, list func(context.Context) ([]named, error)) (int64, error) {
	all, err := list(ctx)
	if err != nil {
		return 0, err
	}
	return theOne(systemName, all)
}

// theOne is the number of the object that has a name, 0 where none has.
func theOne(systemName string, all []named) (int64, error) {
	var id int64
	for _, o := range all {
		switch {
		case o.SystemName != systemName:
		case id != 0:
			return 0, fmt.Errorf("3scale has more than one %q, with the numbers %d and %d, and nothing tells which of them is meant", systemName, id, o.ID)
		default:
			id = o.ID
		}
	}
	return id, nil
}

// update writes the fields of an object that has a number: collection/ID.json.
func (s *Session) update(ctx context.Context, c *change, collection string, body map[string]any) error {
	path, err := s.path(c.Address, collection)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPut, path, body, nil)
}

// removeAt deletes an object that has a number: collection/ID.json.
func (s *Session) removeAt(ctx context.Context, c *change, collection string) error {
	path, err := s.path(c.Address, collection)
	if err != nil {
		return err
	}
	return s.delete(ctx, path)
}

// delete sends a DELETE; what is gone already is fine.
func (s *Session) delete(ctx context.Context, path string) error {
	return ignoreGone(s.api.do(ctx, http.MethodDelete, path, nil, nil))
}

// ignoreGone forgives a DELETE of what isn't there any more.
func ignoreGone(err error) error {
	if gone(err) {
		return nil
	}
	return err
}

// path is collection/ID.json of an object.
func (s *Session) path(a plan.Address, collection string) (string, error) {
	id, err := s.id(a)
	return collection + "/" + strconv.FormatInt(id, 10) + ".json", err
}

// owner is the path of a product or backend, under which its parts have theirs.
func (s *Session) owner(a plan.Address) (string, error) {
	id, err := s.id(a)
	if err != nil {
		return "", err
	}
	if a.TopKind() == kindBackend {
		return fmt.Sprintf("%s/%d", backendsPath, id), nil
	}
	return fmt.Sprintf("%s/%d", productsPath, id), nil
}
