package plan

import (
	"encoding/json"
)

// Loss is what goes along with a deletion, as far as its server tells: an object at the top takes along what customers have
// below it, and that comes back with no apply.
type Loss struct {
	Accounts      int      `json:"accounts,omitempty"` // that have an application or a subscription of it; they stay
	Applications  int      `json:"applications,omitempty"`
	Live          int      `json:"live,omitempty"`      // of the applications
	LiveNames     []string `json:"liveNames,omitempty"` // a few of them
	Keys          int      `json:"keys,omitempty"`
	Subscriptions int      `json:"subscriptions,omitempty"`
	Users         int      `json:"users,omitempty"`
	Clients       int      `json:"clients,omitempty"`
	Unknown       []string `json:"unknown,omitempty"` // what couldn't be counted, and why

	// Objects is how many of these count beside the deleted object itself: applications, users and clients. What two
	// deletions of a plan take along counts with the first.
	Objects int `json:"objects"`

	Traffic Traffic `json:"traffic"`
}

// Traffic is how much what goes was used. It goes on while a plan waits to be applied, and makes none stale.
type Traffic struct {
	Last string `json:"last,omitempty"` // the day of the last call: 2026-11-20
	Hits *int64 `json:"hits,omitempty"` // within a year; nil: not known
}

// Along is how many objects go along with the plan's deletions.
func (p *Plan) Along() int {
	n := 0
	for _, c := range p.Changes {
		if c.Loss != nil {
			n += c.Loss.Objects
		}
	}
	return n
}

// SetAlong takes what goes along with deletions into the summary, once that is known.
func (p *Plan) SetAlong() { p.Summary.Along = p.Along() }

// withoutTraffic is a change as JSON, without what moves by itself.
func withoutTraffic(text json.RawMessage) json.RawMessage {
	var c map[string]json.RawMessage
	var loss map[string]json.RawMessage
	if json.Unmarshal(text, &c) != nil || json.Unmarshal(c["loss"], &loss) != nil || loss == nil {
		return text
	}
	delete(loss, "traffic")
	var err error
	if c["loss"], err = json.Marshal(loss); err != nil {
		return text
	}
	out, err := json.Marshal(c)
	if err != nil {
		return text
	}
	return out
}
