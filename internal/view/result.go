package view

import (
	"fmt"
	"io"
	"strings"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// Result tells what became of a plan: counts, and every change that wasn't made, or not wholly. advice is what to do about
// those; "" where there are none.
func Result(w io.Writer, r *apply.Result, cost, advice string) error {
	var b strings.Builder
	_ = Print(&b, "%s %s\n", Headline(r), cost)
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
				_ = Print(&b, "  %s %s%s\n", o.Change.Action, o.Change.Title(), leftBy(o))
			}
		}
	}
	if advice != "" {
		_ = Print(&b, "%s\n", advice)
	}
	return Print(w, "%s", Styled(b.String()))
}

// Headline says in one line what has happened to the servers.
func Headline(r *apply.Result) string {
	var made []*plan.Change
	for _, o := range r.Outcomes {
		if o.State == apply.Done {
			made = append(made, o.Change)
		}
	}
	verb := "Applied"
	switch {
	case r.Interrupted:
		verb = "Interrupted"
	case r.Count(apply.Done) == 0 && !r.Changed():
		verb = "Failed"
	case r.Count(apply.Done) < len(r.Outcomes):
		verb = "Applied in part"
	}
	switch {
	case r.Count(apply.Done) > 0 || len(r.Outcomes) == 0:
		done := plan.Tally(made)
		return fmt.Sprintf("%s: %d created, %d updated, %d deleted.", verb, done.Create, done.Update, done.Delete)
	case r.Changed():
		return verb + ": no change was made whole, but something was written."
	case r.Unsure():
		return verb + ": nothing is known to have been changed, but something may have been."
	}
	return verb + ": nothing was changed."
}

// leftBy says what a failed change did all the same.
func leftBy(o apply.Outcome) string {
	switch o.Effect {
	case apply.InPart:
		if o.Steps > 0 {
			return fmt.Sprintf(" (%d of %d done)", o.Steps, o.Change.Steps)
		}
		return " (done in part)"
	case apply.Unknown:
		return " (it may have been done)"
	case apply.Nothing:
	}
	return ""
}

// outcome is an Outcome as JSON.
type outcome struct {
	Address plan.Address `json:"address"`
	Action  plan.Action  `json:"action"`
	State   apply.State  `json:"state"`
	Error   string       `json:"error,omitempty"`
	Effect  apply.Effect `json:"effect,omitempty"` // of what failed: "part" or "unknown"
	Steps   int          `json:"steps,omitempty"`  // how many writes were done of a change that stands for many
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
		out := outcome{Address: o.Change.Address, Action: o.Change.Action, State: o.State, Effect: o.Effect, Steps: o.Steps}
		if o.Err != nil {
			out.Error = o.Err.Error()
		}
		a.Outcomes = append(a.Outcomes, out)
	}
	return a
}
