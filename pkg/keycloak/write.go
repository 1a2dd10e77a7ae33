package keycloak

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// shape is how objects of one kind are written: all that the general calls below have to know.
type shape struct {
	place place

	// defaults are what a create says besides the document.
	defaults func(c *change) map[string]any

	// collection is where new ones are posted; item where one is read and written.
	collection func(ctx context.Context, s *Session, a plan.Address) (string, error)
	item       func(ctx context.Context, s *Session, a plan.Address) (string, error)

	// find looks an object up by its name; id "" where it isn't there. Kinds whose items are found by name have none.
	find func(ctx context.Context, s *Session, a plan.Address) (id string, err error)

	// named is set where the location of a new object ends with its name instead of its id.
	named bool

	// complete makes of what an update says what the server takes; nil where that is the same.
	complete func(ctx context.Context, s *Session, c *change, body map[string]any) error

	// drop are fields that the server shows and that must not be written back.
	drop []string
}

// write creates or updates, whichever the change asks for. What a create finds there already is updated.
func (w *shape) write(ctx context.Context, s *Session, c *change) error {
	if s.isEmbedded(c.Address) {
		return nil
	}
	if c.Live != nil {
		return w.update(ctx, s, c)
	}
	body, err := w.whole(s, c)
	if err != nil {
		return err
	}
	_, err = w.create(ctx, s, c, body)
	return err
}

// writeFields is write for kinds that have more than fields: an update of something else needs no PUT.
func (w *shape) writeFields(ctx context.Context, s *Session, c *change) error {
	if c.Live != nil && !c.touchesFields() {
		return nil
	}
	return w.write(ctx, s, c)
}

// touchesFields tells whether the change is about a field of the object itself, not about what hangs on it.
func (c *change) touchesFields() bool {
	for _, f := range c.Fields {
		if _, ok := nativeOf(c.Desired).paths[f.Name]; ok {
			return true
		}
	}
	return false
}

// whole is the object as a create sends it.
func (w *shape) whole(s *Session, c *change) (map[string]any, error) {
	said, err := c.body()
	if err != nil {
		return nil, err
	}
	body := map[string]any{}
	if w.defaults != nil {
		body = w.defaults(c)
	}
	merge(body, said)
	w.place.write(body, ownerKey, s.config.Owner)
	w.place.remember(body, c.Desired.Fields)
	w.place.guard(body, c.Desired.Fields)
	return body, nil
}

// create posts the object. It is false where the object was there already, and has been updated instead.
func (w *shape) create(ctx context.Context, s *Session, c *change, body map[string]any) (bool, error) {
	to, err := w.collection(ctx, s, c.Address)
	if err != nil {
		return false, err
	}
	for attempt := 1; ; attempt++ {
		err = w.post(ctx, s, c, to, body)
		if err == nil || !exists(err) && !unsettled(err) {
			return err == nil, hint(err)
		}
		there, lookErr := w.look(ctx, s, c.Address)
		if lookErr != nil {
			return false, fmt.Errorf("%w (and looking whether it is there: %w)", err, lookErr)
		}
		transport.Settle(ctx, there)
		if there {
			return false, w.update(ctx, s, c)
		}
		if exists(err) || attempt == stumbles { // something else has the name, or it is no accident
			return false, err
		}
		if waitErr := wait(ctx, attempt); waitErr != nil {
			return false, waitErr
		}
	}
}

func (w *shape) post(ctx context.Context, s *Session, c *change, to string, body map[string]any) error {
	a, err := s.api.do(ctx, http.MethodPost, to, body)
	if err == nil && !w.named {
		c.made(s, a.id())
	}
	return err
}

// made remembers the id of what has just been created.
func (c *change) made(s *Session, id string) {
	s.learn(c.Address, id)
	c.outputs["id"] = id
}

// look tells whether the object is there, and learns its id.
func (w *shape) look(ctx context.Context, s *Session, a plan.Address) (bool, error) {
	if w.find != nil {
		id, err := w.find(ctx, s, a)
		if isMissing(err) {
			return false, nil
		}
		if err == nil && id != "" {
			s.learn(a, id)
		}
		return id != "", err
	}
	item, err := w.item(ctx, s, a)
	if err != nil {
		return false, err
	}
	var raw map[string]any
	err = s.api.get(ctx, item, &raw)
	if gone(err) {
		return false, nil
	}
	return err == nil, err
}

// attempts is how often a write is tried that collides with others, stumbles how often a request that the server fails at,
// perhaps over another one beside it; pause is the time before the second try, doubled before each further one.
const (
	attempts = 6
	stumbles = 3
	pause    = 50 * time.Millisecond
)

// update reads the object, writes what the document says over it, and sends it whole, so that nothing is lost of what a PUT
// replaces. Where another write came in between, it reads again.
func (w *shape) update(ctx context.Context, s *Session, c *change) error {
	item, err := w.item(ctx, s, c.Address)
	if err != nil {
		return err
	}
	said, err := c.body()
	if err == nil && w.complete != nil {
		err = w.complete(ctx, s, c, said)
	}
	if err != nil {
		return err
	}
	w.place.remember(said, c.Desired.Fields)
	w.place.guard(said, c.Desired.Fields)
	return retried(ctx, func() error { return s.overwrite(ctx, item, said, w.drop) })
}

func (s *Session) overwrite(ctx context.Context, item string, said map[string]any, drop []string) error {
	var raw map[string]any
	if err := s.api.get(ctx, item, &raw); err != nil {
		return err
	}
	for _, field := range drop {
		delete(raw, field)
	}
	merge(raw, said)
	withoutOldGuards(raw)
	_, err := s.api.do(ctx, http.MethodPut, item, raw)
	return err
}

// retried calls try again while it collides with other writes.
func retried(ctx context.Context, try func() error) error {
	for attempt := 1; ; attempt++ {
		err := try()
		if attempt >= worth(err) {
			return err
		}
		if waitErr := wait(ctx, attempt); waitErr != nil {
			return waitErr
		}
	}
}

// insist sends a POST until the server takes it, and looks before it sends it again whether it has.
func insist(ctx context.Context, post func() error, look func() (bool, error)) error {
	for attempt := 1; ; attempt++ {
		err := post()
		if !unsettled(err) && !collided(err) {
			return err
		}
		there, lookErr := look()
		if lookErr != nil {
			return fmt.Errorf("%w (and looking whether it took effect: %w)", err, lookErr)
		}
		if transport.Settle(ctx, there); there {
			return nil
		}
		if attempt == attempts {
			return err
		}
		if waitErr := wait(ctx, attempt); waitErr != nil {
			return waitErr
		}
	}
}

// worth is how often in all a request is tried that fails like this.
func worth(err error) int {
	switch {
	case collided(err):
		return attempts
	case stumbled(err):
		return stumbles
	}
	return 1
}

// wait is the pause after so many tries.
func wait(ctx context.Context, tries int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause << (tries - 1)):
		return nil
	}
}

// remove deletes the object, unless it is gone already.
func (w *shape) remove(ctx context.Context, s *Session, c *change) error {
	item, err := w.item(ctx, s, c.Address)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = s.api.do(ctx, http.MethodDelete, item, nil); err != nil && !gone(err) {
		return err
	}
	s.forget(c.Address)
	return nil
}

// errPart is what removing a part would be; the planner never asks for it.
func errPart(kind string) error { return fmt.Errorf("%s can't be deleted, only changed", kind) }
