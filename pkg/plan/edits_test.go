package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func lists() *rapid.Generator[List] {
	item := rapid.Custom(func(t *rapid.T) Item {
		return Item{Label: rapid.SampledFrom([]string{"GET /", "GET /a", "POST /b", "PUT /c", "GET /d"}).Draw(t, "label"), Value: rapid.Int64Range(1, 3).Draw(t, "value")}
	})
	return rapid.Map(rapid.SliceOfN(item, 0, 6), func(items []Item) List { return items })
}

// perform does to have what the edits say, as a server with positions would.
func perform(want, have List, edits []Edit) List {
	out := slices.Clone(have)
	at := func(h int) int { // where an element of have is by now
		for i, item := range out {
			if item.Value == (held{h}) {
				return i
			}
		}
		return -1
	}
	for h := range out {
		out[h].Value = held{h}
	}
	for _, e := range edits {
		if e.Want < 0 {
			out = slices.Delete(out, at(e.Have), at(e.Have)+1)
		}
	}
	for _, e := range edits {
		if e.Have >= 0 && e.Moves {
			out = slices.Delete(out, at(e.Have), at(e.Have)+1)
		}
	}
	for _, e := range edits {
		if e.Want < 0 {
			continue
		}
		if e.Have < 0 || e.Moves {
			out = slices.Insert(out, e.Want, want[e.Want])
		} else {
			out[at(e.Have)] = want[e.Want]
		}
	}
	return out
}

type held struct{ index int }

func TestEditsReachTheWantedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, have := lists().Draw(t, "want"), lists().Draw(t, "have")
		got := perform(want, have, Edits(want, have))
		if !slices.EqualFunc(got, want, func(a, b Item) bool { return a.Label == b.Label && Equal(a.Value, b.Value) }) {
			t.Fatalf("want %v, got %v from %v", want, got, have)
		}
	})
}

func TestEditsOfEqualListsAreNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := lists().Draw(t, "list")
		for _, e := range Edits(l, slices.Clone(l)) {
			if e.Want != e.Have || e.Moves {
				t.Fatalf("%+v in %v", e, l)
			}
		}
	})
}

// TestEditsMoveTheFewest compares the moves of a permutation with the best that any choice of staying elements allows.
func TestEditsMoveTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 7).Draw(t, "n")
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6}[:n]).Draw(t, "order")
		var want, have List
		for i := range n {
			have = append(have, Item{Label: string(rune('a' + i))})
		}
		for _, i := range order {
			want = append(want, have[i])
		}
		moves := 0
		for _, e := range Edits(want, have) {
			if e.Moves {
				moves++
			}
		}
		if best := n - longestByHand(order); moves != best {
			t.Fatalf("%d moves for %v, %d suffice", moves, order, best)
		}
	})
}

// Elements that are there more than once don't cost more than they must: what has to be touched (moved, changed, added or
// removed) is all that isn't common to both lists in order.
func TestEditsTouchTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, have := lists().Draw(t, "want"), lists().Draw(t, "have")
		untouched := 0
		for _, e := range Edits(want, have) {
			if e.Want >= 0 && e.Have >= 0 && !e.Moves && Equal(want[e.Want], have[e.Have]) {
				untouched++
			}
		}
		if best := commonByHand(want, have); untouched != best {
			t.Fatalf("%v from %v: %d elements stay untouched, %d can", want, have, untouched, best)
		}
	})
}

// commonByHand is the length of a longest common subsequence, by its definition.
func commonByHand(a, b List) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := max(commonByHand(a[1:], b), commonByHand(a, b[1:]))
	if Equal(a[0], b[0]) {
		best = max(best, 1+commonByHand(a[1:], b[1:]))
	}
	return best
}

// longestByHand tries all subsets.
func longestByHand(order []int) int {
	best := 0
	for set := range 1 << len(order) {
		last, size, rising := -1, 0, true
		for i, v := range order {
			if set&(1<<i) == 0 {
				continue
			}
			rising = rising && v > last
			last = v
			size++
		}
		if rising {
			best = max(best, size)
		}
	}
	return best
}

func TestExtrasOfSomebodyElseStayWhereTheyAre(t *testing.T) {
	l := func(labels ...string) (out List) {
		for _, s := range labels {
			out = append(out, Item{Label: s})
		}
		return out
	}
	for _, c := range []struct{ want, have, union List }{
		{l("a", "b"), l("x", "a", "y", "b"), l("x", "a", "y", "b")},
		{l("a", "b"), l("b", "y"), l("a", "b", "y")},
		{l("a"), nil, l("a")},
		{nil, l("x"), l("x")},
	} {
		got := unionLists(c.want, c.have)
		if !slices.EqualFunc(got, c.union, func(a, b Item) bool { return a.Label == b.Label }) {
			t.Errorf("%v and %v: got %v, want %v", c.want, c.have, got, c.union)
		}
	}
}
