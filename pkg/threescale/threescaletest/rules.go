package threescaletest

import (
	"fmt"
	"math"
	"sort"
)

// rule is a mapping rule of a product or a backend.
type rule struct {
	stamps
	ID       int64  `json:"id"`
	MetricID int64  `json:"metric_id"`
	Method   string `json:"http_method"`
	Pattern  string `json:"pattern"`
	Delta    int64  `json:"delta"`
	Position int64  `json:"position"`
	Last     bool   `json:"last"`
}

func (r *rule) place() *int64 { return &r.Position }

func ruleAttributes() []string {
	return []string{"id", "proxy_id", "http_method", "pattern", "metric_id", "metric_system_name", "delta", "tenant_id", "created_at", "updated_at", "redirect_url", "position", "last", "owner_id", "owner_type"}
}

// ruleInput is a rule as a request wants it to be.
type ruleInput struct {
	rule
	method, pattern *string
	delta, position any
	moved           bool
}

// inRule gives a handler the rule of the path.
func inRule(h func(*call, *owner, *rule) answer) handler {
	return inOwner(func(c *call, o *owner) answer {
		for _, r := range o.Rules {
			if r.ID == c.id("id") {
				return h(c, o, r)
			}
		}
		return notFound()
	})
}

// ordered are the rules by position, then id.
func (o *owner) ordered() []*rule {
	out := append([]*rule(nil), o.Rules...)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Position != out[j].Position {
			return out[i].Position < out[j].Position
		}
		return out[i].ID < out[j].ID
	})
	return out
}

func listRules(c *call, o *owner) answer {
	show := func(c *call, r *rule) object { return showRule(c, o, r) }
	if o.Kind == ownerBackend {
		return withoutMetadata(paged(c, "mapping_rules", o.ordered(), limits500(), show))
	}
	return listed(c, "mapping_rules", o.ordered(), show)
}

func getRule(c *call, o *owner, r *rule) answer { return ok(showRule(c, o, r)) }

// read takes a request's word for a rule. A metric that is not the owner's is not
// found.
func (in *ruleInput) read(o *owner, p params) *answer {
	sent := p.permit("http_method", "pattern", "delta", "last", "position", "metric_id")
	if v, given := sent["http_method"]; given {
		in.method = castText(v)
	}
	if v, given := sent["pattern"]; given {
		in.pattern = castText(v)
	}
	if v, given := sent["delta"]; given {
		in.delta = v
	}
	if v, given := sent["position"]; given {
		in.position, in.moved = v, true
	}
	if v, given := sent["last"]; given {
		in.Last = or(castBool(v), false)
	}
	if v, given := sent["metric_id"]; given && (v != nil || o.Kind == ownerProduct) { // only a product's looks for null
		if _, found := o.metric(castID(v)); !found {
			return ptr(notFound())
		}
		in.MetricID = castID(v)
	}
	return nil
}

func (in *ruleInput) validate(errs *problems) {
	errs.presence("http_method", in.method)
	if blank(in.pattern) {
		errs.add("pattern", msgPatternBlank)
	}
	if in.MetricID == 0 {
		errs.add("metric_id", msgBlank)
	}
	errs.number("delta", in.delta, bounds{integer: true, above: ptr(int64(0))})
	checkPattern(errs, in.pattern)
	errs.inclusion("http_method", or(in.method, ""), "GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")
}

// finish makes the rule of what was read. Numbers that the column cannot hold make
// porta crash.
func (in *ruleInput) finish() (rule, bool) {
	r := in.rule
	r.Method, r.Pattern = or(in.method, ""), or(in.pattern, "")
	delta := castInt(in.delta)
	if !fits32(delta.IsInt64(), delta.Int64()) {
		return r, false
	}
	r.Delta = delta.Int64()
	if p := castInt(in.position); in.moved && p != nil {
		if !fits32(p.IsInt64(), p.Int64()) {
			return r, false
		}
		r.Position = p.Int64()
	}
	return r, true
}

func fits32(isInt64 bool, n int64) bool {
	return isInt64 && n >= math.MinInt32 && n <= math.MaxInt32
}

func createRule(c *call, o *owner) answer {
	p, wrong := c.required("mapping_rule", ruleAttributes()...)
	if wrong != nil {
		return *wrong
	}
	in := ruleInput{rule: rule{stamps: born(c.now)}}
	if none := in.read(o, p); none != nil {
		return *none
	}
	var errs problems
	in.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	r, fits := in.finish()
	if !fits {
		return crashed()
	}
	r.ID = c.next("rule")
	if castInt(in.position) == nil {
		r.Position = bottom(o.Rules) + 1
		if c.seen != nil { // the last position as it was when this request began
			r.Position = c.seen.bottom + 1
		}
	} else {
		makeRoom(o.Rules, r.Position)
	}
	o.Rules = append(o.Rules, &r)
	c.tenant.touchOwner(o, c.now)
	return created(showRule(c, o, &r))
}

func updateRule(c *call, o *owner, r *rule) answer {
	p, wrong := c.required("mapping_rule", ruleAttributes()...)
	if wrong != nil {
		return *wrong
	}
	in := ruleInput{rule: *r, method: &r.Method, pattern: &r.Pattern, delta: number(r.Delta)}
	if none := in.read(o, p); none != nil {
		return *none
	}
	var errs problems
	in.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft, fits := in.finish()
	if !fits {
		return crashed()
	}
	if draft.Position != r.Position {
		move(o.Rules, r, draft.Position)
	}
	draft.UpdatedAt = c.now
	*r = draft
	c.tenant.touchOwner(o, c.now)
	return ok(showRule(c, o, r))
}

func deleteRule(c *call, o *owner, r *rule) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	o.Rules = closeGap(o.Rules, r)
	c.tenant.touchOwner(o, c.now)
	return deleted()
}

func showRule(c *call, o *owner, r *rule) object {
	var out object
	out.put("id", r.ID)
	out.put("metric_id", r.MetricID)
	out.put("pattern", r.Pattern)
	out.put("http_method", r.Method)
	out.put("delta", r.Delta)
	out.put("position", r.Position)
	out.put("last", r.Last)
	out.putTimes(c, r.stamps)
	if o.Kind == ownerProduct {
		out.putLinks(c, "self", fmt.Sprintf("%s/proxy/mapping_rules/%d", o.path(), r.ID), "service", o.path(), "proxy", o.path()+"/proxy")
	} else {
		out.putLinks(c, "self", fmt.Sprintf("%s/mapping_rules/%d", o.path(), r.ID), "backend_api", o.path())
	}
	return wrap("mapping_rule", out)
}
