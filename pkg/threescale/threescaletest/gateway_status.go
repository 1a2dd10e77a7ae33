package threescaletest

import (
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

// status is the backend's judgement of a request.
type status struct {
	*asked
	app    *application
	plan   *plan
	sent   params // the usage as it was sent
	usage  amounts
	counts bool // the usage is counted (authrep), not only predicted
	reason *[2]string
}

// refuse notes a reason, its code and its text.
func (s *status) refuse(code, text string) { s.reason = &[2]string{code, text} }

// current is what the application used of a metric in the limit's period.
func (s *status) current(l *limit) int64 {
	return s.tenant.Traffic.value(s.product.ID, s.app.ID, l.MetricID, l.Period, s.now)
}

// limits are those of the plan, by metric and then from the longest period on.
func (s *status) limits() []*limit {
	if s.plan == nil {
		return nil
	}
	out := without(append([]*limit(nil), s.plan.Limits...), func(l *limit) bool { return s.metricName(l.MetricID) == "" })
	rank := map[string]int{}
	for i, p := range periods() {
		rank[p] = i
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].MetricID != out[j].MetricID {
			return out[i].MetricID < out[j].MetricID
		}
		return rank[out[i].Period] < rank[out[j].Period]
	})
	return out
}

// inForce is a limit's value; one that was changed goes on for a while as it was.
func (s *status) inForce(l *limit) int64 {
	if l.Before != nil && s.now.Before(l.UpdatedAt.Add(s.server.opts.LimitDelay)) {
		return *l.Before
	}
	return l.Value
}

// withinLimits checks the metrics that the request names and those above them. A
// request without usage is checked against all limits.
func (s *status) withinLimits() bool {
	for _, l := range s.limits() {
		current := s.current(l)
		if s.sent != nil {
			a, named := s.usage[l.MetricID]
			if !named {
				continue
			}
			current = a.onTop(current)
		}
		if current > s.inForce(l) {
			return false
		}
	}
	return true
}

// answer writes the judgement, with the headers that the gateway asks for.
func (s *status) answer(oauth bool) answer {
	a := vendorXML(http.StatusOK, s.xml(oauth))
	a.header = map[string]string{}
	if s.reason != nil {
		a.status = http.StatusConflict
		if s.options.Get("rejection_reason_header") == "1" {
			a.header["3scale-Rejection-Reason"] = s.reason[0]
		}
	}
	if s.options.Get("limit_headers") == "1" && (s.reason == nil || s.reason[0] == "limits_exceeded") {
		s.limitHeaders(a.header)
	}
	if v := s.options.Get("no_body"); v != "" && v != "false" && v != "0" || s.params.text("no_body") == "true" {
		a.raw = nil
	}
	return a
}

// report is a limit with what is left of it.
type limitReport struct {
	limit      *limit
	value      int64
	current    int64 // with the usage of this request, if it is counted
	calls      int64 // how many requests like this one are left, -1 if it uses none
	start, end time.Time
}

func (s *status) report(l *limit) limitReport {
	r := limitReport{limit: l, value: s.inForce(l), current: s.current(l)}
	r.start, r.end = periodBounds(l.Period, s.now)
	used := s.usage[l.MetricID]
	if s.counts && s.reason == nil && s.sent != nil {
		r.current = used.onTop(r.current)
	}
	switch left := max(r.value-r.current, 0); {
	case left == 0:
		r.calls = 0
	case s.sent != nil && used.n > 0:
		r.calls = left / used.n
	default:
		r.calls = -1
	}
	return r
}

// limitHeaders tell about the limit that is closest. Among equals it is the one with
// the longest period. A metric with usage 0 counts as unlimited, and as the closest
// nevertheless when it is compared first.
func (s *status) limitHeaders(h map[string]string) {
	var closest *limitReport
	for _, l := range s.limits() {
		if _, named := s.usage[l.MetricID]; len(s.sent) > 0 && !named {
			continue
		}
		r := s.report(l)
		if closest == nil || r.before(*closest) {
			closest = &r
		}
	}
	h["3scale-Limit-Remaining"], h["3scale-Limit-Reset"] = "-1", "-1"
	if closest == nil || closest.calls == -1 {
		return
	}
	h["3scale-Limit-Remaining"] = strconv.FormatInt(closest.calls, 10)
	if closest.limit.Period != "eternity" {
		h["3scale-Limit-Reset"] = strconv.Itoa(int(math.Ceil(closest.end.Sub(s.now).Seconds())))
	}
	h["3scale-Limit-Max-Value"] = strconv.FormatInt(closest.value, 10)
}

// before says whether a report is closer to its limit than another, as the backend
// compares them: with -1 for unlimited, a smaller number is closer, so unlimited is.
func (r limitReport) before(x limitReport) bool {
	if r.calls == x.calls {
		return rankOf(r.limit.Period) < rankOf(x.limit.Period)
	}
	return x.calls == -1 || r.calls < x.calls
}

func rankOf(period string) int {
	for i, p := range periods() {
		if p == period {
			return i
		}
	}
	return len(periods())
}

const backendTime = "2006-01-02 15:04:05 -0700"

// xml is the body of the answer.
func (s *status) xml(oauth bool) string {
	var b strings.Builder
	text := func(t string) string {
		var e strings.Builder
		_ = xml.EscapeText(&e, []byte(t)) // a builder takes everything
		return e.String()
	}
	b.WriteString("<status>")
	if s.reason == nil {
		b.WriteString("<authorized>true</authorized>")
	} else {
		b.WriteString("<authorized>false</authorized><reason>" + text(s.reason[1]) + "</reason>")
	}
	if oauth {
		key := ""
		if len(s.app.Keys) > 0 {
			key = s.app.Keys[0].Value
		}
		fmt.Fprintf(&b, "<application><id>%s</id><key>%s</key><redirect_url>%s</redirect_url></application>", s.app.ApplicationID, key, text(or(s.app.RedirectURL, "")))
	}
	if s.plan != nil {
		b.WriteString("<plan>" + text(or(s.plan.Name, "")) + "</plan>")
	}
	if limits := s.limits(); len(limits) > 0 {
		b.WriteString("<usage_reports>")
		for _, l := range limits {
			r := s.report(l)
			fmt.Fprintf(&b, `<usage_report metric="%s" period="%s"`, text(s.metricName(l.MetricID)), l.Period)
			if s.current(l) > r.value {
				b.WriteString(` exceeded="true"`)
			}
			b.WriteByte('>')
			if l.Period != "eternity" {
				fmt.Fprintf(&b, "<period_start>%s</period_start><period_end>%s</period_end>", r.start.Format(backendTime), r.end.Format(backendTime))
			}
			fmt.Fprintf(&b, "<max_value>%d</max_value><current_value>%d</current_value></usage_report>", r.value, r.current)
		}
		b.WriteString("</usage_reports>")
	}
	b.WriteString("</status>")
	return b.String()
}
