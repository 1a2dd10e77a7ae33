package plan

import "sort"

// Edit says what becomes of one element of an ordered list: Want and Have are its places in the wanted and in the
// present list, -1 where it isn't in one of them. Moves is set where it has to change places with others.
type Edit struct {
	Want, Have int
	Moves      bool
}

// Edits finds the fewest changes that turn one list into the other: elements of one label are the same element (those
// of equal value first), and as many as possible stay where they are. Removals come first, then the rest in the wanted order.
func Edits(want, have List) []Edit {
	partner := match(want, have)
	stays := longestRun(partner)
	kept := make([]bool, len(have))
	for _, h := range partner {
		if h >= 0 {
			kept[h] = true
		}
	}
	var out []Edit
	for h := range have {
		if !kept[h] {
			out = append(out, Edit{Want: -1, Have: h})
		}
	}
	for w, h := range partner {
		out = append(out, Edit{Want: w, Have: h, Moves: h >= 0 && !stays[w]})
	}
	return out
}

// match gives each wanted element its present one, or -1.
func match(want, have List) []int {
	free := map[string][]int{}
	for h, item := range have {
		free[item.Label] = append(free[item.Label], h)
	}
	partner := make([]int, len(want))
	for w := range want {
		partner[w] = -1
	}
	take := func(accept func(w, h int) bool) {
		for w, item := range want {
			if partner[w] >= 0 {
				continue
			}
			for i, h := range free[item.Label] {
				if accept(w, h) {
					partner[w] = h
					free[item.Label] = append(free[item.Label][:i:i], free[item.Label][i+1:]...)
					break
				}
			}
		}
	}
	take(func(w, h int) bool { return Equal(want[w].Value, have[h].Value) })
	take(func(int, int) bool { return true })
	return partner
}

// longestRun marks the elements of the longest increasing subsequence of places: those need not move.
func longestRun(places []int) []bool {
	var tails []int // indexes into places; places[tails[k]] ends the best run of length k+1
	before := make([]int, len(places))
	for i, p := range places {
		if p < 0 {
			continue
		}
		k := sort.Search(len(tails), func(k int) bool { return places[tails[k]] >= p })
		before[i] = -1
		if k > 0 {
			before[i] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	in := make([]bool, len(places))
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			in[i] = true
		}
	}
	return in
}
