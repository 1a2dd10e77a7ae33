package threescaletest

import (
	"encoding/json"
	"time"
)

// traffic is what gateways reported to a tenant's products: counters by application,
// metric and period, as 3scale's backend keeps them. All periods are in UTC.
type traffic struct {
	counts map[counter]int64
}

// counter names a number: the usage of a metric of a product in a period, by one
// application or, if that is 0, by all.
type counter struct {
	Product     int64  `json:"service_id"`
	Application int64  `json:"application_id"`
	Metric      int64  `json:"metric_id"`
	Period      string `json:"period"`
	Start       int64  `json:"start"` // seconds since 1970
}

// periods are those that limits have and usage is counted in, the longest first.
func periods() []string {
	return []string{"eternity", "year", "month", "week", "day", "hour", "minute"}
}

// periodBounds are the begin and the end of the period that a time is in; eternity
// has neither.
func periodBounds(period string, at time.Time) (start, end time.Time) {
	at = at.UTC()
	day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	switch period {
	case "year":
		start = time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(1, 0, 0)
	case "month":
		start = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
		return start, start.AddDate(0, 1, 0)
	case "week":
		start = day.AddDate(0, 0, -(int(at.Weekday())+6)%7)
		return start, start.AddDate(0, 0, 7)
	case "day":
		return day, day.AddDate(0, 0, 1)
	case "hour":
		start = at.Truncate(time.Hour)
		return start, start.Add(time.Hour)
	case "minute":
		start = at.Truncate(time.Minute)
		return start, start.Add(time.Minute)
	}
	return time.Unix(0, 0).UTC(), time.Time{}
}

// value is what a counter stands at in the period of a time.
func (t *traffic) value(product, application, metric int64, period string, at time.Time) int64 {
	start, _ := periodBounds(period, at)
	return t.counts[counter{product, application, metric, period, start.Unix()}]
}

// add counts usage of an application, and of all. A value that sets, rather than
// adds, sets both: the total of all applications is lost then.
func (t *traffic) add(product, application, metric, n int64, sets bool, at time.Time) {
	if t.counts == nil {
		t.counts = map[counter]int64{}
	}
	for _, p := range periods() {
		start, _ := periodBounds(p, at)
		for _, app := range []int64{0, application} {
			c := counter{product, app, metric, p, start.Unix()}
			if sets {
				t.counts[c] = n
			} else {
				t.counts[c] += n
			}
		}
	}
}

// sum adds up the hours or months of a range.
func (t *traffic) sum(product, application, metric int64, unit string, from, to time.Time) int64 {
	total := int64(0)
	for at, _ := periodBounds(unit, from); at.Before(to); {
		total += t.counts[counter{product, application, metric, unit, at.Unix()}]
		_, at = periodBounds(unit, at)
	}
	return total
}

// savedCount is a counter in a saved state.
type savedCount struct {
	counter
	Value int64 `json:"value"`
}

// MarshalJSON writes the counters as a list.
func (t traffic) MarshalJSON() ([]byte, error) {
	list := make([]savedCount, 0, len(t.counts))
	for c, v := range t.counts {
		list = append(list, savedCount{c, v})
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads them.
func (t *traffic) UnmarshalJSON(raw []byte) error {
	var list []savedCount
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	t.counts = make(map[counter]int64, len(list))
	for _, c := range list {
		t.counts[c.counter] = c.Value
	}
	return nil
}
