package keycloak

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"example.com/maasctl/pkg/plan"
)

func groupsSaid(o *plan.Object, said []string) {
	set := plan.Set{}
	for _, g := range said {
		at := groupAt(o.Address.Root(), g)
		set[groupPath(at)] = true
		o.Refs = append(o.Refs, at)
	}
	o.Fields[fieldGroup] = set
}

// groupsOf are the paths of the groups that a user is in; item is where the user is.
func (s *Session) groupsOf(ctx context.Context, realm plan.Address, item string) (plan.Set, error) {
	var found []map[string]any
	if err := s.api.get(ctx, item+"/groups?"+all, &found); err != nil {
		return nil, err
	}
	set := plan.Set{}
	for _, g := range found {
		set[s.learnGroup(realm, g)] = true
	}
	return set, nil
}

// labelOfGroup is a group's path. A slash in its own name is told from one between two names: /a/b would be another group.
func labelOfGroup(raw map[string]any) string {
	at, name := str(raw, "path"), str(raw, "name")
	if !strings.Contains(name, "/") {
		return at
	}
	if above, ok := strings.CutSuffix(at, name); ok {
		return above + strings.ReplaceAll(name, "/", "~/")
	}
	return at // it has been told apart there already
}

// learnGroup remembers the id of a group that the server shows with its path, and gives that path.
func (s *Session) learnGroup(realm plan.Address, raw map[string]any) string {
	label := labelOfGroup(raw)
	s.learn(groupAt(realm, label), str(raw, "id"))
	return label
}

// joinGroups carries out what the change does to the groups of a user. Leaving comes first, and a group before those below it:
// for 18, who is in a group is in all above it too, and it lets nobody join one of those, with 204.
func (s *Session) joinGroups(ctx context.Context, c *change, item string) error {
	for _, g := range c.elements(fieldGroup, plan.Remove) {
		if err := s.membership(ctx, c, http.MethodDelete, item+"/groups", g); err != nil && !isMissing(err) && !gone(err) {
			return err // unless the group has gone itself
		}
	}
	joins := slices.Sorted(slices.Values(c.elements(fieldGroup, plan.Add)))
	for _, g := range joins {
		if err := s.membership(ctx, c, http.MethodPut, item+"/groups", g); err != nil {
			return err
		}
	}
	return s.rejoinBelow(ctx, c, item, joins)
}

// rejoinBelow looks whether joins took effect above groups that the user stays in; where not, it leaves those for a moment.
func (s *Session) rejoinBelow(ctx context.Context, c *change, item string, joins []string) error {
	stays, _ := c.Desired.Fields[fieldGroup].(plan.Set)
	var below []string
	for _, g := range joins {
		for other := range stays {
			if strings.HasPrefix(other, g+"/") && !slices.Contains(joins, other) && !slices.Contains(below, other) {
				below = append(below, other)
			}
		}
	}
	if below == nil {
		return nil
	}
	there, err := s.groupsOf(ctx, c.Address.Root(), item)
	if err != nil || !slices.ContainsFunc(joins, func(g string) bool { return there[g] == nil }) {
		return err
	}
	slices.Sort(below)
	for _, step := range []struct {
		method string
		groups []string
	}{{http.MethodDelete, below}, {http.MethodPut, joins}, {http.MethodPut, below}} {
		for _, g := range step.groups {
			if err := s.membership(ctx, c, step.method, item+"/groups", g); err != nil {
				return err
			}
		}
	}
	return nil
}

// membership lets a user join a group, with PUT, or leave it, with DELETE; or takes a group into a list, and out of it.
func (s *Session) membership(ctx context.Context, c *change, method, list, group string) error {
	id, err := s.groupID(ctx, groupAt(c.Address.Root(), group))
	if err != nil {
		return err
	}
	return retried(ctx, func() error {
		_, err := s.api.do(ctx, method, list+path(id), nil)
		return err
	})
}
