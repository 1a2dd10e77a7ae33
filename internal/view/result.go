package view

import (
	"io"
	"strings"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// Result tells what became of a plan: counts, and every change that wasn't made with the reason.
func Result(w io.Writer, r *apply.Result, cost string) error {
	var b strings.Builder
	done := map[plan.Action]int{}
	for _, o := range r.Outcomes {
		if o.State == apply.Done {
			done[o.Change.Action]++
		}
	}
	verb := "Applied"
	switch {
	case r.Interrupted:
		verb = "Interrupted"
	case r.Count(apply.Done) < len(r.Outcomes):
		verb = "Applied in part"
	}
	_ = Print(&b, "%s: %d created, %d updated, %d deleted. %s\n", verb, done[plan.Create], done[plan.Update], done[plan.Delete], cost)
	for _, group := range []struct {
		state apply.State
		head  string
	}{
		{apply.Failed, "Failed:"}, {apply.Skipped, "Not done, because something it needs failed:"}, {apply.NotRun, "Not done:"},
	} {
		if r.Count(group.state) == 0 {
			continue
		}
		b.WriteString(group.head + "\n")
		for _, o := range r.Outcomes {
			if o.State == group.state {
				_ = Print(&b, "  %s %s\n", o.Change.Action, o.Change.Title())
			}
		}
	}
	if r.Count(apply.Done) < len(r.Outcomes) {
		b.WriteString("Run the same command again: it goes on from here.\n")
	}
	return Print(w, "%s", Styled(b.String()))
}

// outcome is an Outcome as JSON.
type outcome struct {
	Address plan.Address `json:"address"`
	Action  plan.Action  `json:"action"`
	State   apply.State  `json:"state"`
	Error   string       `json:"error,omitempty"`
}

// Applied is a plan with what became of it, as JSON.
type Applied struct {
	FormatVersion string        `json:"formatVersion"`
	Plan          *plan.Plan    `json:"plan"`
	Outcomes      []outcome     `json:"outcomes"`
	NotKept       []plan.Unkept `json:"notKept"` // the server took it and has something else
	Interrupted   bool          `json:"interrupted"`
}

// NewApplied puts a plan and its result together; r may be nil where nothing was to be done.
func NewApplied(p *plan.Plan, r *apply.Result) Applied {
	a := Applied{FormatVersion: FormatVersion, Plan: p, Outcomes: []outcome{}, NotKept: []plan.Unkept{}}
	if r == nil {
		return a
	}
	a.Interrupted = r.Interrupted
	for _, o := range r.Outcomes {
		out := outcome{Address: o.Change.Address, Action: o.Change.Action, State: o.State}
		if o.Err != nil {
			out.Error = o.Err.Error()
		}
		a.Outcomes = append(a.Outcomes, out)
	}
	return a
}
