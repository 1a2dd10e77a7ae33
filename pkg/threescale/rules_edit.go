package threescale

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// ruleEditor turns one list of rules into another.
type ruleEditor struct {
	s     *Session
	owner plan.Address
	path  string
	want  plan.List
	have  plan.List
	rules []ruleJSON // as in have
	row   *row
}

func (e *ruleEditor) run(ctx context.Context) error {
	spare, steps := reuse(plan.Edits(e.want, e.have))
	e.row = newRow(e.rules)
	if !e.row.regular() {
		for i := range steps { // nothing can be said about where a write leaves the others: place each
			steps[i].Moves = true
		}
	}
	for _, h := range spare {
		if err := e.s.delete(ctx, e.at(h)); err != nil {
			return fmt.Errorf("rule %s: %w", e.have[h].Label, err)
		}
		e.row.remove(h)
	}
	for i := range steps {
		if err := e.step(ctx, steps, i); err != nil {
			return fmt.Errorf("rule %s: %w", e.want[steps[i].Want].Label, err)
		}
	}
	return nil
}

// reuse pairs elements that go with elements that come: one request instead of two, and no moment in which traffic
// matches neither. It returns what is left to delete, and the steps in the wanted order.
func reuse(edits []plan.Edit) (spare []int, steps []plan.Edit) {
	for _, e := range edits {
		if e.Want < 0 {
			spare = append(spare, e.Have)
		} else {
			steps = append(steps, e)
		}
	}
	for i := range steps {
		if steps[i].Have < 0 && len(spare) > 0 {
			steps[i].Have, steps[i].Moves = spare[0], true
			spare = spare[1:]
		}
	}
	return spare, steps
}

func (e *ruleEditor) at(h int) string { return fmt.Sprintf("%s/%d.json", e.path, e.rules[h].ID) }

// step makes one wanted rule what and where it should be; those before it are so already.
func (e *ruleEditor) step(ctx context.Context, steps []plan.Edit, i int) error {
	step := steps[i]
	item := e.want[step.Want]
	if step.Have < 0 {
		return e.insert(ctx, steps, i)
	}
	changed := !reflect.DeepEqual(item, e.have[step.Have])
	to, moves := int64(0), false
	if step.Moves {
		to, moves = e.target(steps, i)
	}
	if !changed && !moves {
		return nil
	}
	body, err := e.body(ctx, item)
	if err != nil {
		return err
	}
	if moves {
		body["position"] = to
	}
	if err := e.s.api.do(ctx, http.MethodPut, e.at(step.Have), body, nil); err != nil {
		return err
	}
	if moves {
		e.row.move(step.Have, to)
	}
	e.row.label(step.Have, item.Label)
	return nil
}

func (e *ruleEditor) insert(ctx context.Context, steps []plan.Edit, i int) error {
	item := e.want[steps[i].Want]
	body, err := e.body(ctx, item)
	if err != nil {
		return err
	}
	to := e.behind(steps, i)
	body["position"] = to
	before := e.row.count(item.Label)
	_, err = e.s.create(ctx, func() (int64, error) {
		return 1, e.s.api.do(ctx, http.MethodPost, e.path+".json", body, nil)
	}, func() (int64, error) { // rules have no name and may stand there twice: one more than before is this one
		found, err := rulesOf(ctx, e.s.api, e.s, e.owner)
		now := 0
		for _, f := range found {
			if f.HTTPMethod+" "+f.Pattern == item.Label {
				now++
			}
		}
		if now > before {
			return 1, err
		}
		return 0, err
	})
	e.row.insert(e.key(steps[i]), to, item.Label)
	return err
}

// key is what a rule is called in the row: its place among those that were there, or behind them all.
func (e *ruleEditor) key(step plan.Edit) int {
	if step.Have >= 0 {
		return step.Have
	}
	return len(e.have) + step.Want
}

// behind is the position right behind the rule before this one.
func (e *ruleEditor) behind(steps []plan.Edit, i int) int64 {
	if i == 0 {
		return 1
	}
	return e.row.position[e.key(steps[i-1])] + 1
}

// target is where a rule that is there already has to go, and whether it isn't there by now: between the one before it
// and the next that stays.
func (e *ruleEditor) target(steps []plan.Edit, i int) (int64, bool) {
	at, to := e.row.position[steps[i].Have], e.behind(steps, i)
	if !e.row.regular() {
		return to, at != to
	}
	next := int64(len(e.row.position) + 1)
	for _, later := range steps[i+1:] {
		if later.Have >= 0 && !later.Moves {
			next = e.row.position[later.Have]
			break
		}
	}
	if at >= to && at < next {
		return at, false
	}
	if at < to {
		to-- // taking it out moves the others up
	}
	return to, true
}

func (e *ruleEditor) body(ctx context.Context, item plan.Item) (map[string]any, error) {
	verb, pattern, _ := strings.Cut(item.Label, " ")
	v := item.Value.(map[string]any)
	metric, err := e.s.metricID(ctx, e.owner, v["metric"].(string))
	if err != nil {
		return nil, err
	}
	return map[string]any{"http_method": verb, "pattern": pattern, "metric_id": metric, "delta": v["delta"], "last": v["last"]}, nil
}
