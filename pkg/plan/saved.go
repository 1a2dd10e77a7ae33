package plan

import (
	"encoding/json"
	"slices"
)

// Objects are the addresses of what a saved plan changes, in its order.
func (s *Saved) Objects() []Address {
	out := make([]Address, len(s.Changes))
	for i, c := range s.Changes {
		out[i] = c.Address
	}
	return out
}

// Becomes reads into out what a saved plan makes of one field, and tells whether it changes that.
func (s *Saved) Becomes(a Address, field string, out any) bool {
	for _, c := range s.Changes {
		var change struct {
			Fields []struct {
				Name    string          `json:"name"`
				Element string          `json:"element"`
				New     json.RawMessage `json:"new"`
			} `json:"fields"`
		}
		if c.Address != a || json.Unmarshal(c.raw, &change) != nil {
			continue
		}
		for _, f := range change.Fields {
			if f.Name == field && f.Element == "" {
				return json.Unmarshal(f.New, out) == nil
			}
		}
	}
	return false
}

// Without is the saved plan without the changes of some objects: they have been made already.
func (s *Saved) Without(done []Address) *Saved {
	left := *s
	left.Changes = slices.DeleteFunc(slices.Clone(s.Changes), func(c savedChange) bool { return slices.Contains(done, c.Address) })
	return &left
}
