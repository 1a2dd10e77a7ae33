package threescale

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/plan"
)

// changeKey is where a request's context has the change that it is sent for.
type changeKey struct{}

// meets remembers that something was there already which a change was to make: another run may have made it, or somebody else.
func meets(ctx context.Context) {
	if c, ok := ctx.Value(changeKey{}).(*change); ok {
		c.met = true
	}
}

// refused tells whether a refusal may mean that somebody else was faster: something is there that was to be made, or not
// there any more, or in another state.
func refused(err error) bool {
	if transport.Is(err, http.StatusConflict, http.StatusNotFound) {
		return true
	}
	return slices.ContainsFunc(textsOfOthers(), func(text string) bool { return says(err, http.StatusUnprocessableEntity, text) })
}

// carryOut writes a change. Where it is refused, or has met what was to be made, the object is read once more: what is there
// as the document says is done, and only the rest is written, as long as the object moves.
func (s *Session) carryOut(ctx context.Context, k kind, c *change) error {
	for tries := len(c.Fields) + 1; ; tries-- {
		err := k.write(context.WithValue(ctx, changeKey{}, c), s, c)
		if !refused(err) && !c.met || c.Answered {
			return err
		}
		live, lookErr := s.lookAgain(ctx, k, c)
		if lookErr != nil || live == nil {
			return err
		}
		rest := c.Against(live, func(h plan.Handed) (any, bool) {
			v, err := c.handed(h)
			return v, err == nil
		})
		if len(rest.Fields) == 0 {
			if id, ok := live.Outputs["id"]; ok {
				c.outputs["id"] = id
			}
			return nil
		}
		if tries == 0 || c.Live != nil && reflect.DeepEqual(rest.Fields, c.Fields) {
			return err
		}
		c = &change{Change: rest, handed: c.handed, outputs: c.outputs}
	}
}

// lookAgain reads the object of a change as it is now; nil where it isn't there.
func (s *Session) lookAgain(ctx context.Context, k kind, c *change) (*plan.Object, error) {
	r := s.reader(s.desired)
	r.only = map[plan.Address]bool{c.Address: true}
	found, err := k.read(ctx, r, s.standing(c.Parent))
	if err == nil {
		err = r.apart(found)
	}
	for _, o := range found {
		if o.Address == c.Address {
			return o, err
		}
	}
	return nil, err
}

// standing is an object as it was read, or as it is wanted where this run has made it; nil at the top.
func (s *Session) standing(a plan.Address) *plan.Object {
	if a == "" {
		return nil
	}
	o := plan.Object{Address: a, Kind: a.LastKind(), Name: a.Name(), Owner: s.config.Owner}
	if live := s.live[a]; live != nil {
		o = *live
	} else if d := s.desired[a]; d != nil {
		o = *d
		o.Owner = s.config.Owner
	}
	o.Outputs = maps.Clone(o.Outputs) // what stands below may be read at once
	if o.Outputs == nil {
		o.Outputs = map[string]any{}
	}
	return &o
}
