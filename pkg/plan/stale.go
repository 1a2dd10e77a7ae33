package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Saved is a plan as it was written to a file: enough to tell whether the same would still be done.
type Saved struct {
	FormatVersion string        `json:"formatVersion"`
	Owner         string        `json:"owner"`
	Targets       []Target      `json:"targets"`
	Made          Made          `json:"made"`
	Select        []string      `json:"select"`
	Changes       []savedChange `json:"changes"`
}

type savedChange struct {
	Address Address `json:"address"`
	raw     json.RawMessage
}

func (s *savedChange) UnmarshalJSON(text []byte) error {
	type plain savedChange
	s.raw = append(json.RawMessage(nil), text...)
	return json.Unmarshal(text, (*plain)(s))
}

// Load reads a plan from its file.
func Load(r io.Reader) (*Saved, error) {
	var s Saved
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return nil, errors.New("this is no plan, which diff --out writes: " + err.Error())
	}
	if s.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("the plan has format %q; this version reads %q", s.FormatVersion, FormatVersion)
	}
	return &s, nil
}

// StaleError is a saved plan that no longer says what would be done: something has moved, or it was made for another
// document, another server, or with other options.
type StaleError struct {
	Moved []Address
	Why   []string
	By    string // the command that makes a new one; "": diff --out
}

func (e *StaleError) Error() string {
	if len(e.Why) > 0 {
		return "the plan isn't for this: " + strings.Join(e.Why, "; ") + "; make a new one with " + cmp.Or(e.By, "diff --out")
	}
	names := make([]string, len(e.Moved))
	for i, a := range e.Moved {
		names[i] = string(a)
	}
	return "the plan is stale: something has changed since it was made: " + strings.Join(names, ", ") + "; make a new one with " + cmp.Or(e.By, "diff --out")
}

// CheckFor compares what a saved plan was made for with what is at hand, before anything is asked of a server. Where that
// differs, it returns a *StaleError.
func (s *Saved) CheckFor(owner string, targets []Target, made Made, selected []string) error {
	var why []string
	if s.Owner != owner {
		why = append(why, fmt.Sprintf("it was made of the document of %s, and this one (-f) is of %s", s.Owner, owner))
	}
	why = append(why, targetsDiffer(targets, s.Targets)...)
	if s.Owner == owner {
		why = append(why, made.differs(s.Made)...)
	}
	if !slices.Equal(selected, s.Select) {
		why = append(why, fmt.Sprintf("it was made with --target %q, and this is %q", s.Select, selected))
	}
	if len(why) > 0 {
		return &StaleError{Why: why}
	}
	return nil
}

// Check compares a saved plan with what would be done now: what it was made for, fingerprints of what was read, and every
// field. Where something moved, it returns a *StaleError.
func (s *Saved) Check(now *Plan) error {
	if err := s.CheckFor(now.Owner, now.Targets, now.Made, now.Select); err != nil {
		return err
	}
	then := map[Address]json.RawMessage{}
	for _, c := range s.Changes {
		then[c.Address] = c.raw
	}
	stale := &StaleError{}
	for _, c := range now.Changes {
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if !sameJSON(withoutTraffic(text), withoutTraffic(then[c.Address])) {
			stale.Moved = append(stale.Moved, c.Address)
		}
		delete(then, c.Address)
	}
	for _, c := range s.Changes {
		if _, left := then[c.Address]; left {
			stale.Moved = append(stale.Moved, c.Address)
		}
	}
	if len(stale.Moved) > 0 {
		return stale
	}
	return nil
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(unescaped(x.Bytes()), unescaped(y.Bytes()))
}

// unescaped undoes what encoding/json does to <, > and & in one of its modes.
func unescaped(text []byte) []byte {
	return []byte(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text)))
}
