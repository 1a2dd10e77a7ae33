package threescaletest

import (
	"fmt"
	"time"

	"example.com/maasctl/internal/railszone"
)

// statsRange is a range of time that is cut into parts.
type statsRange struct {
	name         string
	since, until time.Time // until is the first moment after
	granularity  string
	zone         *time.Location
	zoneName     string
}

const msgNoRange = "You need to specify either 'range' or 'since' and 'until'"

// statsRange reads period, since, until, granularity and timezone. The second value
// says what is wrong.
func (c *call) statsRange(q params) (statsRange, string) {
	r := statsRange{name: q.text("period"), granularity: granularityOf(q.text("granularity"))}
	r.zone, r.zoneName = c.statsZone(q)
	if r.name != "" {
		normal, known := map[string]string{"year": "month", "month": "day", "week": "6h", "day": "hour"}[r.name]
		if !known {
			return r, fmt.Sprintf(`Period must be one of ["year", "month", "week", "day"] not %q`, r.name)
		}
		if r.granularity == "" {
			r.granularity = normal
		}
		since, fine := parseStatsTime(q.text("since"), r.zone)
		if q.text("since") == "" {
			since, fine = step(c.now.In(r.zone), r.name, -1), true
		}
		if !fine {
			return r, msgBadDate
		}
		end := step(since, r.name, 1).Add(-time.Second)
		return r.rounded(since, end.Truncate(time.Minute).Add(59*time.Second))
	}
	if !contains([]string{"month", "day", "hour", "6h"}, r.granularity) {
		return r, "Granularity must be one of [:month, :day, 6 hours, :hour], not " + q.text("granularity")
	}
	if q.text("until") == "" {
		return r, msgNoRange
	}
	since, fine1 := parseStatsTime(q.text("since"), r.zone)
	until, fine2 := parseStatsTime(q.text("until"), r.zone)
	if !fine1 || !fine2 {
		return r, msgBadDate
	}
	return r.rounded(since, until)
}

const msgBadDate = "Date parameters should have valid date/time format."

// periodFrom is the whole period that the parameter since is in.
func (c *call) periodFrom(q params) (statsRange, string) {
	r := statsRange{name: q.text("period"), granularity: "day"}
	r.zone, r.zoneName = c.statsZone(q)
	if !contains([]string{"year", "month", "week", "day"}, r.name) {
		return r, fmt.Sprintf(`Period must be one of ["year", "month", "week", "day"] not %q`, r.name)
	}
	since, fine := parseStatsTime(q.text("since"), r.zone)
	if !fine {
		return r, msgBadDate
	}
	start, _ := periodBounds(r.name, asUTC(since))
	r.since = fromUTC(start, r.zone)
	r.until = step(r.since, r.name, 1)
	return r, ""
}

func granularityOf(text string) string {
	if text == "21600" || text == "6hours" {
		return "6h"
	}
	return text
}

// statsZone is the time zone of a request, the tenant's unless it names one, with its
// IANA name; nil for one that is unknown.
func (c *call) statsZone(q params) (*time.Location, string) {
	name := c.tenant.Timezone
	if z := q.text("timezone"); z != "" {
		name = z
	}
	iana, rails := railszone.IANA(name)
	if !rails {
		iana = name
	}
	l, err := time.LoadLocation(iana)
	if err != nil {
		return nil, ""
	}
	return l, iana
}

func parseStatsTime(text string, zone *time.Location) (time.Time, bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.In(zone), true
		}
	}
	return time.Time{}, false
}

// step goes some periods on.
func step(t time.Time, period string, n int) time.Time {
	switch period {
	case "year":
		return t.AddDate(n, 0, 0)
	case "month":
		return t.AddDate(0, n, 0)
	case "week":
		return t.AddDate(0, 0, 7*n)
	case "day":
		return t.AddDate(0, 0, n)
	case "6h":
		return t.Add(time.Duration(n) * 6 * time.Hour)
	}
	return t.Add(time.Duration(n) * time.Hour)
}

// rounded makes whole parts of a range, and refuses ranges that are too long.
func (r statsRange) rounded(since, until time.Time) (statsRange, string) {
	r.since, r.until = r.floor(since), step(r.floor(until), r.granularity, 1)
	limit, text := map[string]time.Duration{"month": 3653 * 24 * time.Hour, "day": 366 * 24 * time.Hour, "6h": 184 * 24 * time.Hour, "hour": 90 * 24 * time.Hour}[r.granularity],
		map[string]string{"month": "10 years", "day": "1 year", "6h": "6 months", "hour": "90 days"}[r.granularity]
	if r.until.Sub(r.since) > limit {
		return r, "Time range for the granularity must be less than " + text
	}
	return r, ""
}

// floor is the begin of the part that a time is in, in the range's time zone.
func (r statsRange) floor(t time.Time) time.Time {
	wall := asUTC(t.In(r.zone))
	if r.granularity == "6h" {
		return fromUTC(wall.Truncate(6*time.Hour), r.zone)
	}
	start, _ := periodBounds(r.granularity, wall)
	return fromUTC(start, r.zone)
}

// asUTC and fromUTC keep what the clock on the wall shows.
func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func fromUTC(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}

// parts are the begins and ends of the parts.
func (r statsRange) parts() [][2]time.Time {
	var out [][2]time.Time
	for at := r.since; at.Before(r.until); {
		next := step(at, r.granularity, 1)
		out = append(out, [2]time.Time{at, next})
		at = next
	}
	return out
}

func (r statsRange) show() object {
	var name, granularity any = nil, r.granularity
	if r.name != "" {
		name = r.name
	}
	if r.granularity == "6h" {
		granularity = 21600
	}
	return object{{"name", name}, {"since", r.since.In(r.zone).Format(time.RFC3339)}, {"until", r.until.Add(-time.Second).In(r.zone).Format(time.RFC3339)}, {"timezone", r.zoneName}, {"granularity", granularity}}
}
