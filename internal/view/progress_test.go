package view

import (
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// A long run says how fast it gets on and how long it will take, and a change of many writes isn't a line for each.
func TestProgressHasRateAndTimeLeft(t *testing.T) {
	t.Parallel()
	for _, verbose := range []bool{false, true} {
		now := time.Unix(0, 0)
		var out strings.Builder
		p := NewProgress(&out, false, verbose, func() time.Time { return now })
		c := &plan.Change{Address: "3scale:subscriptions", Action: plan.Update, Desired: plan.New("3scale", "subscriptions", "", nil)}
		for i := range 1000 {
			now = now.Add(50 * time.Millisecond)
			if i >= 600 { // it slows down
				now = now.Add(50 * time.Millisecond)
			}
			p.Observe(apply.Event{State: apply.Stepped, Change: c, Done: i + 1, Total: 12000})
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 7 || lines[0] != "200 of 12000  20/s, 10 min left  update subscriptions" || !strings.HasPrefix(lines[6], "1000 of 12000  10/s, 19 min left") {
			t.Errorf("verbose %v: %d lines: %q", verbose, len(lines), lines)
		}
	}
}
