package view

import (
	"fmt"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// loss writes what goes along with a deletion, for whoever is to say yes to it.
func (h *human) loss(c *plan.Change, indent int) {
	if c.Loss == nil {
		return
	}
	for _, line := range lossLines(c.Loss) {
		h.sentence("· "+line, indent)
	}
}

func lossLines(l *plan.Loss) []string {
	var lines []string
	if l.Applications > 0 {
		line := plural(l.Applications, "application") + " " + goes(l.Applications) + " along"
		if l.Live > 0 {
			line += fmt.Sprintf(", %d of them live: %s", l.Live, strings.Join(l.LiveNames, ", "))
			if more := l.Live - len(l.LiveNames); more > 0 {
				line += fmt.Sprintf(" and %d more", more)
			}
		}
		lines = append(lines, line)
	}
	var also []string
	for _, n := range []struct {
		n    int
		what string
	}{{l.Users, "user"}, {l.Clients, "client"}, {l.Keys, "key"}, {l.Subscriptions, "subscription"}} {
		if n.n > 0 {
			also = append(also, plural(n.n, n.what))
		}
	}
	if len(also) > 0 {
		line := strings.Join(also, ", ") + " " + goes(l.Users+l.Clients+l.Keys+l.Subscriptions) + " along"
		if l.Accounts > 0 {
			line += ", of " + plural(l.Accounts, "account")
		}
		lines = append(lines, line)
	}
	if t := trafficLine(l.Traffic); t != "" {
		lines = append(lines, t)
	}
	if len(lines) == 0 {
		lines = append(lines, "nothing of anybody goes along")
	}
	for _, u := range l.Unknown {
		lines = append(lines, "not counted: "+u)
	}
	return lines
}

func goes(n int) string {
	if n == 1 {
		return "goes"
	}
	return "go"
}

// trafficLine says how much what goes was used; with it go its statistics.
func trafficLine(t plan.Traffic) string {
	var parts []string
	if t.Last != "" {
		parts = append(parts, "last called on "+t.Last)
	}
	if t.Hits != nil && *t.Hits > 0 {
		parts = append(parts, plural(int(*t.Hits), "hit")+" within a year, whose statistics go along")
	}
	return strings.Join(parts, "; ")
}
