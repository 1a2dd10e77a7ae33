package engine

import (
	"context"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// Clear looks, for each change that failed without anybody knowing whether it took effect, what the server has now, and
// writes that into the result. before is what was read when the plan was made.
func (e *Engine) Clear(ctx context.Context, p *plan.Plan, before plan.State, r *apply.Result) error {
	var open []*plan.Change
	for _, o := range r.Outcomes {
		if o.Effect == apply.Unknown && !o.Change.Answered {
			open = append(open, o.Change)
		}
	}
	if len(open) == 0 || !e.settled(ctx) { // what is under way still may need a moment
		return nil
	}
	after, err := e.readAgain(ctx, p, before, open)
	if err != nil {
		return err
	}
	for i, o := range r.Outcomes {
		if o.Effect != apply.Unknown || o.Change.Answered {
			continue
		}
		switch made, known := p.TookEffect(o.Change, before, after); {
		case made:
			r.Outcomes[i].Effect = apply.InPart
		case known:
			r.Outcomes[i].Effect = apply.Nothing
		}
	}
	return nil
}
