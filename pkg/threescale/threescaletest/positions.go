package threescaletest

// Positions of mapping rules follow acts_as_list 0.9: a new rule goes to the bottom
// or pushes the others down, a rule that moves shuffles those in between, and a
// deleted one closes the gap. Nothing keeps a position from being beyond the end,
// or from being 0, which pushes nothing.

// bottom is the last position.
func bottom(rules []*rule) int64 {
	last := int64(0)
	for _, r := range rules {
		last = max(last, r.Position)
	}
	return last
}

// shift moves the rules whose positions are in a range.
func shift(rules []*rule, from, to, by int64, except *rule) {
	for _, r := range rules {
		if r != except && r.Position >= from && r.Position <= to {
			r.Position += by
		}
	}
}

const endless = int64(1) << 62

// makeRoom pushes down what is at a position and below it.
func makeRoom(rules []*rule, position int64) { shift(rules, position, endless, 1, nil) }

// moveRule shuffles the rules between the old position and the new one, if somebody
// is at the new one. Otherwise nothing else moves, and the gap stays.
func moveRule(rules []*rule, r *rule, to int64) {
	if !occupied(rules, to, r) {
		return
	}
	if from := r.Position; from < to {
		shift(rules, from+1, to, -1, r)
	} else {
		shift(rules, to, from-1, 1, r)
	}
}

// removeRule takes a rule out and closes its gap.
func removeRule(rules []*rule, r *rule) []*rule {
	out := without(rules, func(x *rule) bool { return x == r })
	shift(out, r.Position+1, endless, -1, nil)
	return out
}

func occupied(rules []*rule, position int64, except *rule) bool {
	for _, r := range rules {
		if r != except && r.Position == position {
			return true
		}
	}
	return false
}
