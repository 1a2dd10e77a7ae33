package threescaletest

// Positions follow acts_as_list 0.9: what is new goes to the bottom or pushes the
// others down, what moves shuffles those in between, and what is deleted closes the
// gap. Nothing keeps a position from being beyond the end, or 0.

// placed is something in a list that has an order of its own: mapping rules of an
// owner, fields of a target.
type placed interface {
	comparable
	place() *int64
}

// bottom is the last position.
func bottom[P placed](list []P) int64 {
	last := int64(0)
	for _, x := range list {
		last = max(last, *x.place())
	}
	return last
}

// shift moves those whose positions are in a range.
func shift[P placed](list []P, from, to, by int64, except P) {
	for _, x := range list {
		if at := x.place(); x != except && *at >= from && *at <= to {
			*at += by
		}
	}
}

const endless = int64(1) << 62

// makeRoom pushes down what is at a position and below it.
func makeRoom[P placed](list []P, position int64) {
	var nobody P
	shift(list, position, endless, 1, nobody)
}

// move shuffles those between the old position and the new one, if somebody is at the
// new one. Otherwise nothing else moves, and the gap stays.
func move[P placed](list []P, x P, to int64) {
	if !occupied(list, to, x) {
		return
	}
	if from := *x.place(); from < to {
		shift(list, from+1, to, -1, x)
	} else {
		shift(list, to, from-1, 1, x)
	}
}

// closeGap takes one out and moves up what was below it.
func closeGap[P placed](list []P, x P) []P {
	out := without(list, func(y P) bool { return y == x })
	shift(out, *x.place()+1, endless, -1, x)
	return out
}

func occupied[P placed](list []P, position int64, except P) bool {
	for _, x := range list {
		if x != except && *x.place() == position {
			return true
		}
	}
	return false
}
