package plan

import "slices"

// Edit says what becomes of one element of an ordered list: Want and Have are its places in the wanted and in the
// present list, -1 where it isn't in one of them. Moves is set where it has to change places with others.
type Edit struct {
	Want, Have int
	Moves      bool
}

// Edits finds the fewest changes that turn one list into the other: elements of one label are the same element, and as
// many as possible stay where and what they are. Removals come first, then the rest in the wanted order.
func Edits(want, have List) []Edit {
	partner := match(want, have)
	stays := heaviestRun(partner, func(w int) bool { return Equal(want[w].Value, have[partner[w]].Value) })
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

// match gives each wanted element its present one, or -1: first as many as can stay untouched, then those of equal
// value, then those of the same label.
func match(want, have List) []int {
	partner := untouched(classes(want, have))
	free := map[string][]int{}
	for h, item := range have {
		if !slices.Contains(partner, h) {
			free[item.Label] = append(free[item.Label], h)
		}
	}
	take := func(accept func(w, h int) bool) {
		for w, item := range want {
			if partner[w] >= 0 {
				continue
			}
			for i, h := range free[item.Label] {
				if accept(w, h) {
					partner[w] = h
					free[item.Label] = slices.Delete(free[item.Label], i, i+1)
					break
				}
			}
		}
	}
	take(func(w, h int) bool { return Equal(want[w].Value, have[h].Value) })
	take(func(int, int) bool { return true })
	return partner
}

// classes numbers the elements of both lists: equal ones get equal numbers.
func classes(want, have List) (w, h []int) {
	var distinct List
	byLabel := map[string][]int{}
	number := func(l List) []int {
		out := make([]int, len(l))
		for i, item := range l {
			known := byLabel[item.Label]
			at := slices.IndexFunc(known, func(c int) bool { return Equal(distinct[c].Value, item.Value) })
			if at >= 0 {
				out[i] = known[at]
				continue
			}
			out[i] = len(distinct)
			byLabel[item.Label] = append(known, out[i])
			distinct = append(distinct, item)
		}
		return out
	}
	return number(want), number(have)
}

// untouched pairs the elements of a longest common subsequence. What both lists begin and end with needs no search.
func untouched(want, have []int) []int {
	partner := make([]int, len(want))
	for i := range partner {
		partner[i] = -1
	}
	first := 0
	for first < min(len(want), len(have)) && want[first] == have[first] {
		partner[first] = first
		first++
	}
	w, h := len(want), len(have)
	for w > first && h > first && want[w-1] == have[h-1] {
		w, h = w-1, h-1
		partner[w] = h
	}
	common(want[first:w], have[first:h], func(i, j int) { partner[first+i] = first + j })
	return partner
}

// common calls found for each pair of a longest common subsequence.
func common(a, b []int, found func(i, j int)) {
	longest := make([][]int, len(a)+1) // of a[i:] and b[j:]
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			found(i, j)
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// heaviestRun marks the elements that need not move: an increasing subsequence of places with as many unchanged elements
// as there can be, and of such the longest.
func heaviestRun(places []int, unchanged func(i int) bool) []bool {
	weight := make([]int, len(places)) // of the best run that ends here
	before := make([]int, len(places))
	best := -1
	for i, p := range places {
		if before[i] = -1; p < 0 {
			continue
		}
		own := 1
		if unchanged(i) {
			own += len(places)
		}
		for j := range i {
			if places[j] >= 0 && places[j] < p && weight[j] > weight[i] {
				weight[i], before[i] = weight[j], j
			}
		}
		weight[i] += own
		if best < 0 || weight[i] > weight[best] {
			best = i
		}
	}
	in := make([]bool, len(places))
	for i := best; i >= 0; i = before[i] {
		in[i] = true
	}
	return in
}
