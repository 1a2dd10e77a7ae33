package threescale

import (
	"time"

	"example.com/maasctl/internal/railszone"
)

// zoneOf is the tenant's time zone as far as it shows: 3scale has no field for it, but gives its times with the zone's
// offset. Where that is the wanted zone's offset at that time, the wanted zone is taken to be set.
func zoneOf(stamp string, wanted any) string {
	name, _ := wanted.(string)
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return ""
	}
	zone, err := railszone.Load(name)
	if err != nil {
		return at.Format("UTC-07:00")
	}
	_, have := at.Zone()
	_, want := at.In(zone).Zone()
	if have == want {
		return name
	}
	return at.Format("UTC-07:00")
}
