package apply

import "container/heap"

// queue is a heap of steps in the plan's order.
type queue []*step

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].place < q[j].place }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(s any)        { *q = append(*q, s.(*step)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = nil
	*q = (*q)[:len(*q)-1]
	return last
}

var _ heap.Interface = (*queue)(nil)

// lane has one call under way at most; others that are ready wait here.
type lane struct {
	busy    bool
	waiting queue
}

// enter takes the step's lane, or leaves the step waiting there.
func (r *run) enter(s *step) bool {
	l := r.lanes[s.change.Lane]
	if l == nil {
		l = &lane{}
		r.lanes[s.change.Lane] = l
	}
	if l.busy {
		heap.Push(&l.waiting, s)
		return false
	}
	l.busy = true
	return true
}

// leave gives the step's lane to the next one of those that wait for it.
func (r *run) leave(s *step) {
	l := r.lanes[s.change.Lane]
	l.busy = false
	if len(l.waiting) > 0 {
		heap.Push(&r.ready, heap.Pop(&l.waiting))
	}
}
