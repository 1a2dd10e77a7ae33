package threescaletest

import (
	"encoding/json"
	"sort"
)

// row is something with an id.
type row interface{ id() int64 }

// table holds rows in the order of their ids.
type table[R row] struct {
	rows []R
}

// add appends a row; ids only grow, so the order holds.
func (t *table[R]) add(r R) { t.rows = append(t.rows, r) }

// index is where the row with an id is, or would be.
func (t *table[R]) index(id int64) (int, bool) {
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].id() >= id })
	return i, i < len(t.rows) && t.rows[i].id() == id
}

// get finds a row by its id.
func (t *table[R]) get(id int64) (r R, ok bool) {
	if i, found := t.index(id); found {
		return t.rows[i], true
	}
	return r, false
}

// remove takes a row out.
func (t *table[R]) remove(id int64) {
	if i, found := t.index(id); found {
		t.rows = append(t.rows[:i:i], t.rows[i+1:]...)
	}
}

// find returns the first row for which the condition holds.
func (t *table[R]) find(is func(R) bool) (r R, ok bool) {
	for _, x := range t.rows {
		if is(x) {
			return x, true
		}
	}
	return r, false
}

// where returns the rows for which the condition holds.
func (t *table[R]) where(is func(R) bool) []R {
	var out []R
	for _, x := range t.rows {
		if is(x) {
			out = append(out, x)
		}
	}
	return out
}

// MarshalJSON writes a table as a list.
func (t table[R]) MarshalJSON() ([]byte, error) { return json.Marshal(t.rows) }

// UnmarshalJSON reads a table from a list.
func (t *table[R]) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &t.rows) }
