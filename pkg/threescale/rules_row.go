package threescale

// row is where 3scale has each rule: a shadow of its positions, which shift with every write (porta uses acts_as_list).
type row struct {
	position map[int]int64
	labels   map[int]string
}

func newRow(rules []ruleJSON) *row {
	r := &row{position: map[int]int64{}, labels: map[int]string{}}
	for i, rule := range rules {
		r.position[i] = rule.Position
		r.labels[i] = rule.HTTPMethod + " " + rule.Pattern
	}
	return r
}

// regular tells whether the positions are 1, 2, 3 and so on. They aren't where somebody wrote a 0, or two rules at once.
func (r *row) regular() bool {
	seen := map[int64]bool{}
	for _, p := range r.position {
		if p < 1 || p > int64(len(r.position)) || seen[p] {
			return false
		}
		seen[p] = true
	}
	return true
}

func (r *row) label(key int, label string) { r.labels[key] = label }

func (r *row) count(label string) int {
	n := 0
	for _, l := range r.labels {
		if l == label {
			n++
		}
	}
	return n
}

// shift adds by to all positions from first to last.
func (r *row) shift(first, last, by int64) {
	for k, p := range r.position {
		if p >= first && p <= last {
			r.position[k] = p + by
		}
	}
}

const farthest = int64(1) << 40

func (r *row) insert(key int, at int64, label string) {
	r.shift(at, farthest, 1)
	r.position[key], r.labels[key] = at, label
}

func (r *row) remove(key int) {
	at := r.position[key]
	delete(r.position, key)
	delete(r.labels, key)
	r.shift(at+1, farthest, -1)
}

func (r *row) move(key int, to int64) {
	at := r.position[key]
	if to < at {
		r.shift(to, at-1, 1)
	} else {
		r.shift(at+1, to, -1)
	}
	r.position[key] = to
}
