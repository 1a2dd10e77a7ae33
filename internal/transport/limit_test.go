package transport

import (
	"context"
	"slices"
	"testing"
	"time"
)

// waits gives the number of requests that wait for their turn.
func (l *limit) waits() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// queue lets n requests ask for a place, one after the other, and tells the order in which they get one.
func queue(t *testing.T, l *limit, n int) <-chan int {
	t.Helper()
	served := make(chan int, n)
	for i := range n {
		before := l.waits()
		go func() {
			if l.enter(context.Background()) == nil {
				served <- i
				l.leave(200)
			}
		}()
		for l.waits() == before {
			time.Sleep(time.Millisecond)
		}
	}
	return served
}

func TestRequestsWaitInLine(t *testing.T) {
	l := newLimit(nil, 1)
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := queue(t, l, 20)
	l.leave(200)
	var order []int
	for range 20 {
		order = append(order, <-served)
	}
	if !slices.IsSorted(order) {
		t.Errorf("requests came in the order %v", order)
	}
}

// One that gives up leaves the line, and no place is lost.
func TestGivingUpLeavesTheLine(t *testing.T) {
	l := newLimit(nil, 1)
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- l.enter(ctx) }()
	for l.waits() == 0 {
		time.Sleep(time.Millisecond)
	}
	served := queue(t, l, 1)
	cancel()
	if err := <-gone; err == nil {
		t.Error("it got a place that there wasn't")
	}
	l.leave(200)
	<-served
}
