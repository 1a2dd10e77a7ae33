package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestAReaderKnowsTheOrder reads the changes of a list as a person does: what goes, what is new and behind all others, or
// else the whole order. What comes out has to be what will be.
func TestAReaderKnowsTheOrder(t *testing.T) {
	list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Item {
		return Item{rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "label"), rapid.Int64Range(0, 2).Draw(t, "value")}
	}), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		want, have := List(list.Draw(t, "want")), List(list.Draw(t, "have"))
		read := labels(have)
		changes := compareLists("rule", want, have)
		for _, f := range changes {
			switch f.Action {
			case Remove: // which of equal names is all the same to the order of names, but where others stand between them
				read = without(read, f.Element)
			case Add:
				read = append(read, f.Element)
			case Move:
				if f.Old == f.New {
					t.Errorf("%s moves from %v to the same place", f.Element, f.Old)
				}
			case Order:
				read = f.New.([]any)
			case SetField:
			}
		}
		if diff := cmp.Diff(labels(want), read); diff != "" && !twice(have) {
			t.Error(diff)
		}
		if (len(changes) == 0) != cmp.Equal(want, have) && len(want)+len(have) > 0 {
			t.Errorf("%v and %v: %v", want, have, changes)
		}
	})
}

func without(labels []any, gone string) []any {
	for i, l := range labels {
		if l == gone {
			return append(append([]any{}, labels[:i]...), labels[i+1:]...)
		}
	}
	return labels
}

func twice(l List) bool {
	seen := map[string]bool{}
	for _, item := range l {
		if seen[item.Label] {
			return true
		}
		seen[item.Label] = true
	}
	return false
}

func TestOrderIsSaidWhereItChanges(t *testing.T) {
	list := func(labels ...string) List {
		l := List{}
		for _, name := range labels {
			l = append(l, Item{Label: name})
		}
		return l
	}
	changed := list("b", "a")
	changed[0].Value = "x"
	order := func(labels ...any) any { return labels }
	for name, c := range map[string]struct {
		want, have List
		order      any // nil where it needs no word
		moves      int
	}{
		"the same":                   {list("a", "b"), list("a", "b"), nil, 0},
		"one goes":                   {list("a", "c"), list("a", "b", "c"), nil, 0},
		"one comes behind":           {list("a", "b"), list("a"), nil, 0},
		"all are new":                {list("a", "b"), nil, nil, 0},
		"one comes first":            {list("b", "a"), list("a"), order("b", "a"), 0},
		"two change places":          {list("b", "a"), list("a", "b"), order("b", "a"), 1},
		"one goes and two change":    {list("a", "b"), list("r", "b", "a"), order("a", "b"), 0},
		"one is changed and moved":   {changed, list("a", "b"), order("b", "a"), 1},
		"the last comes to the head": {list("c", "a", "b"), list("a", "b", "c"), order("c", "a", "b"), 1},
	} {
		var got any
		moves := 0
		for _, f := range compareLists("policy", c.want, c.have) {
			if f.Action == Order {
				got = f.New
			}
			if f.Action == Move {
				moves++
			}
		}
		if diff := cmp.Diff(c.order, got); diff != "" || moves != c.moves {
			t.Errorf("%s: %d moves, want %d; %s", name, moves, c.moves, diff)
		}
	}
}
