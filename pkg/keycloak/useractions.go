package keycloak

import (
	"context"
	"maps"
	"slices"

	"example.com/maasctl/pkg/plan"
)

// fieldActions is what a user has to do at the next sign-in. The server adds to what a create says: the change of a temporary
// password, and the actions that are the realm's defaults.
const fieldActions = "requiredActions"

// changePassword is the action that comes with a temporary password. It stays until the user has done it, whatever else the
// document wants of them.
const changePassword = "UPDATE_PASSWORD"

// keptActions leaves the change of a temporary password out of what is compared, where the document doesn't name it.
func keptActions(o, d *plan.Object) {
	said, isSaid := d.Fields[fieldActions].(plan.Set)
	have, _ := o.Fields[fieldActions].(plan.Set)
	if isSaid && nativeOf(d).temporary && said[changePassword] == nil && have[changePassword] != nil {
		have = maps.Clone(have)
		delete(have, changePassword)
		o.Fields[fieldActions] = have
	}
}

// addKeptActions puts it back into what is written.
func addKeptActions(c *change, body map[string]any) {
	said, isSaid := body[fieldActions].([]string)
	there := c.Live != nil && setOf(nativeOf(c.Live).raw[fieldActions])[changePassword] != nil
	if isSaid && nativeOf(c.Desired).temporary && there && !slices.Contains(said, changePassword) {
		body[fieldActions] = append(said, changePassword)
	}
}

// onlyActions takes the realm's default actions from a new user of whom the document wants others.
func (s *Session) onlyActions(ctx context.Context, c *change, item string) error {
	said, isSaid := c.Desired.Fields[fieldActions].(plan.Set)
	if c.Live != nil || !isSaid {
		return nil
	}
	var raw map[string]any
	if err := s.api.get(ctx, item, &raw); err != nil {
		return err
	}
	var keep []string
	more := false
	for _, action := range slices.Sorted(maps.Keys(setOf(raw[fieldActions]))) {
		if said[action] != nil || action == changePassword && nativeOf(c.Desired).temporary {
			keep = append(keep, action)
		} else {
			more = true
		}
	}
	if !more {
		return nil
	}
	return retried(ctx, func() error {
		return s.overwrite(ctx, item, map[string]any{fieldActions: append([]string{}, keep...)}, userKind{}.shape().drop)
	})
}
