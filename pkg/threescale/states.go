package threescale

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

// fieldState is the state of an account or application: not an attribute, but where events have led.
const fieldState = "state"

// event is a call that leads from some states to another.
type event struct {
	name string
	from []string
	to   string
}

// The states of applications, and that of accounts that may use the portal.
const (
	live      = "live"
	suspended = "suspended" // doesn't keep its account subscribed: it goes with the subscription
	pending   = "pending"
	approved  = "approved"
)

func applicationEvents() []event {
	return []event{{"accept", []string{pending}, live}, {"resume", []string{suspended}, live}, {"suspend", []string{live}, suspended}}
}

func accountEvents() []event {
	return []event{
		{"approve", []string{"created", pending, "rejected"}, approved}, {"make_pending", []string{"created", approved, "rejected"}, pending},
		{"reject", []string{"created", pending, approved}, "rejected"},
	}
}

// way is the shortest row of events that leads from one state to another; nil where there is none.
func way(events []event, from, to string) []event {
	rows := [][]event{nil}
	seen := []string{from}
	for len(rows) > 0 {
		row := rows[0]
		rows = rows[1:]
		at := from
		if len(row) > 0 {
			at = row[len(row)-1].to
		}
		if at == to {
			return row
		}
		for _, e := range events {
			if slices.Contains(e.from, at) && !slices.Contains(seen, e.to) {
				seen = append(seen, e.to)
				rows = append(rows, append(row[:len(row):len(row)], e))
			}
		}
	}
	return nil
}

// moveTo leads the object at a path from its state to another. An event whose answer was lost is refused the second time:
// then the object itself tells how it stands.
func (s *Session) moveTo(ctx context.Context, item string, events []event, from, to string) error {
	if from == to {
		return nil
	}
	row := way(events, from, to)
	if row == nil {
		return fmt.Errorf("no event leads from the state %s to %s", from, to)
	}
	for _, e := range row {
		err := s.api.do(ctx, http.MethodPut, item+"/"+e.name+".json", nil, nil)
		if err == nil {
			continue
		}
		now, lookErr := one[struct {
			State string `json:"state"`
		}](ctx, s.api, item+".json")
		if lookErr != nil || now.State != e.to {
			return err
		}
	}
	return nil
}
