package threescaletest

import (
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
)

// amount is how much of a metric was used: added to what there is, or set.
type amount struct {
	n    int64
	sets bool
}

func (a amount) onTop(current int64) int64 {
	if a.sets {
		return a.n
	}
	return current + a.n
}

// amounts are amounts by the metric's id.
type amounts map[int64]amount

var usageForm = lazyregexp.New(`\A\s*(#?)(\d+)\s*\n?\z`)

// usage reads usage by the names of metrics. What is used of a method is used of its
// metric, and of a backend's hits of the product's.
func (a *asked) usage(sent params) (amounts, *backendError) {
	out := amounts{}
	for _, name := range sent.names() {
		text := castText(sent[name])
		m := usageForm.FindStringSubmatch(or(text, ""))
		switch {
		case blank(text):
			return nil, &backendError{http.StatusForbidden, "usage_value_invalid", fmt.Sprintf(`usage value for metric "%s" can not be empty`, name)}
		case m == nil:
			return nil, &backendError{http.StatusForbidden, "usage_value_invalid", fmt.Sprintf(`usage value "%s" for metric "%s" is invalid`, *text, name)}
		}
		id, known := a.metricID(strings.TrimSpace(name))
		if !known {
			return nil, &backendError{http.StatusNotFound, "metric_invalid", fmt.Sprintf(`metric "%s" is invalid`, strings.TrimSpace(name))}
		}
		n, fits := new(big.Int).SetString(m[2], 10)
		if !fits || !n.IsInt64() {
			return nil, &backendError{http.StatusInternalServerError, "", ""}
		}
		out.add(id, amount{n.Int64(), m[1] == "#"})
	}
	for id, x := range copyOf(out) {
		for up := a.parent(id); up != 0; up = a.parent(up) {
			out.add(up, x)
		}
	}
	return out, nil
}

func (m amounts) add(id int64, x amount) {
	if !x.sets {
		x.n += m[id].n
	}
	m[id] = x
}

func copyOf(m amounts) amounts {
	out := amounts{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// owners are the product and the backends that it uses.
func (a *asked) owners() []*owner {
	out := []*owner{&a.product.owner}
	for _, u := range a.product.Usages {
		if b, found := a.tenant.Backends.get(u.BackendID); found {
			out = append(out, &b.owner)
		}
	}
	return out
}

func (a *asked) metricID(name string) (int64, bool) {
	for _, o := range a.owners() {
		for _, m := range o.Metrics {
			if m.SystemName == name {
				return m.ID, true
			}
		}
	}
	return 0, false
}

func (a *asked) metricName(id int64) string {
	for _, o := range a.owners() {
		if m, found := o.metric(id); found {
			return m.SystemName
		}
	}
	return ""
}

// parent is the metric that a metric's usage counts for too, 0 if there is none.
func (a *asked) parent(id int64) int64 {
	for _, o := range a.owners() {
		m, found := o.metric(id)
		if !found {
			continue
		}
		if m.ParentID == 0 && o.Kind == ownerBackend && hitsForm.MatchString(m.SystemName) {
			hits, _ := a.metricID("hits")
			return hits
		}
		return m.ParentID
	}
	return 0
}

// count notes usage of an application.
func (a *asked) count(app *application, used amounts, at time.Time) {
	for id, x := range used {
		if x.n == 0 && !x.sets {
			continue
		}
		a.tenant.Traffic.add(a.product.ID, app.ID, id, x.n, x.sets, at)
		if app.FirstTraffic == nil {
			app.FirstTraffic = ptr(at)
		}
		app.DailyTraffic = ptr(at.UTC().Truncate(24 * time.Hour))
	}
}
