package cli

import (
	"strings"
	"testing"

	"example.com/maasctl/pkg/plan"
)

func TestDeleteLimit(t *testing.T) {
	for _, c := range []struct {
		limit   string
		summary plan.Summary
		says    string // "": it may go on
	}{
		{"10", plan.Summary{Delete: 10}, ""},
		{"10", plan.Summary{Delete: 11}, "deletes 11 objects and --max-deletes allows 10"},
		{"10", plan.Summary{Delete: 1, Along: 9, Create: 50}, ""},
		{"10", plan.Summary{Delete: 1, Along: 10}, "deletes 1 object, 10 more go along, and --max-deletes allows 10"},
		{"0", plan.Summary{Create: 1}, ""},
		{"0", plan.Summary{Delete: 1}, "allows 0"},
		{"10%", plan.Summary{Delete: 1, Unchanged: 5, Update: 3, Prune: 1}, ""},
		{"10%", plan.Summary{Delete: 1, Unchanged: 8, Create: 100}, "deletes 1 object of the 9 that are there and --max-deletes allows 10%"},
		{"10%", plan.Summary{Delete: 1, Along: 2, Unchanged: 17}, "deletes 1 object of the 20 that are there, 2 more go along, and"},
		{"100%", plan.Summary{Delete: 3}, ""},
		{"0%", plan.Summary{}, ""},
	} {
		var l deleteLimit
		if err := l.Set(c.limit); err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := l.check(&plan.Plan{Summary: c.summary}); err != nil {
			got = err.Error()
		}
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s, %+v: %q, want %q", c.limit, c.summary, got, c.says)
		}
		if l.String() != c.limit {
			t.Errorf("%s is shown as %s", c.limit, l.String())
		}
	}
	for _, bad := range []string{"", "%", "-1", "ten", "10 %", "101%", "1.5%"} {
		if err := new(deleteLimit).Set(bad); err == nil {
			t.Errorf("%q is no limit", bad)
		}
	}
}
