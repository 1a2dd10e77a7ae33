package keycloak

import (
	"context"
	"encoding/json"
	"fmt"

	"example.com/maasctl/pkg/plan"
)

// Losses tells what goes along with realms: all who sign in there.
func (s *Session) Losses(ctx context.Context, deletes []*plan.Change) error {
	for _, c := range deletes {
		if c.Kind != kindRealm {
			continue
		}
		var count any
		if err := s.api.get(ctx, path(c.Name, "users", "count"), &count); err != nil {
			return err
		}
		users, err := count.(json.Number).Int64()
		if err != nil {
			return fmt.Errorf("the users of realm %s: %w", c.Name, err)
		}
		var clients []map[string]any
		if err := s.api.get(ctx, path(c.Name, "clients"), &clients); err != nil {
			return err
		}
		loss := &plan.Loss{Users: int(users)}
		for _, o := range clients {
			if !builtinClient(c.Name, str(o, "clientId")) {
				loss.Clients++
			}
		}
		loss.Objects = loss.Users + loss.Clients
		c.Loss = loss
	}
	return nil
}
