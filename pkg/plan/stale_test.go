package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestSavedPlan(t *testing.T) {
	live := owned(product("a", Fields{"name": "A <&>"}))
	in := input([]*Object{product("a", Fields{"name": "B <&>"}), product("b", Fields{"name": "new"})}, live)
	p := mustMake(t, in)
	var file bytes.Buffer
	e := json.NewEncoder(&file)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		t.Fatal(err)
	}
	saved, err := Load(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := saved.Check(mustMake(t, in)); err != nil {
		t.Errorf("nothing moved: %v", err)
	}
	live.Fields["description"] = "by hand" // not even a field that the document names
	var stale *StaleError
	if err := saved.Check(mustMake(t, in)); !errors.As(err, &stale) || len(stale.Moved) != 1 || stale.Moved[0] != live.Address {
		t.Errorf("got %v", err)
	}
	if err := saved.Check(mustMake(t, input(in.Desired[:1], live))); !errors.As(err, &stale) || len(stale.Moved) != 2 {
		t.Errorf("a change that is no longer there: %v", err)
	}
	if _, err := Load(strings.NewReader(`{"formatVersion":"0.1"}`)); err == nil {
		t.Error("another format has to be refused")
	}
}

// A plan is for the document that it was made of; whose marks would be written is no small matter.
func TestSavedPlanOfAnotherDocument(t *testing.T) {
	in := input([]*Object{product("a", Fields{"name": "A"})})
	text, err := json.Marshal(mustMake(t, in))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := Load(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	other := in
	other.Owner = "maasctl:other"
	now := mustMake(t, other)
	var stale *StaleError
	if err := saved.Check(now); !errors.As(err, &stale) || len(stale.Why) != 1 || !strings.Contains(stale.Why[0], "maasctl:other") {
		t.Errorf("got %v", err)
	}
	if err := saved.CheckFor(now.Owner, now.Targets, now.Made, now.Select); !errors.As(err, &stale) {
		t.Errorf("got %v", err)
	}
	if err := saved.CheckFor(in.Owner, now.Targets, now.Made, now.Select); err != nil {
		t.Errorf("got %v", err)
	}
	elsewhere := Made{Document: now.Made.Document, Environment: "production"}
	if err := saved.CheckFor(in.Owner, now.Targets, elsewhere, now.Select); !errors.As(err, &stale) || !strings.Contains(stale.Why[0], "production") {
		t.Errorf("got %v", err)
	}
}

// TestTrafficMakesNoPlanStale: what goes along with a deletion has to be what was seen, but calls go on meanwhile.
func TestTrafficMakesNoPlanStale(t *testing.T) {
	in := input(nil, owned(product("a", nil)), owned(product("b", nil)))
	in.Collections, in.Prune = []Collection{{System: "s", Kind: "product"}}, true
	in.Desired = []*Object{product("b", nil)}
	made := func(applications int, day string, hits int64) *Plan {
		p := mustMake(t, in)
		p.Changes[0].Loss = &Loss{Applications: applications, LiveNames: []string{"<a> & b"}, Traffic: Traffic{Last: day, Hits: &hits}}
		return p
	}
	text, err := json.Marshal(made(3, "2026-11-20", 5))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := Load(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := saved.Check(made(3, "2026-11-21", 6)); err != nil {
		t.Error(err)
	}
	var stale *StaleError
	if err := saved.Check(made(4, "2026-11-20", 5)); !errors.As(err, &stale) {
		t.Errorf("one more application: %v", err)
	}
}
