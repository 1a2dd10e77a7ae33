package threescale

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/transport"
)

// Use is when a product was called last, by 3scale's statistics.
type Use struct {
	Day     string // in the tenant's time zone, as 2026-11-29; "" where it wasn't called in UseDays
	Unknown string // why nobody can tell; "" where that is known
}

// UseDays is how far back a last use is looked for.
const UseDays = 360

// statsJSON has a number for each day.
type statsJSON struct {
	Period struct {
		Since time.Time `json:"since"`
	} `json:"period"`
	Values []int64 `json:"values"`
}

// LastUse asks for each product when it was called last: a request each, side by side. A token that may not read statistics
// is no error.
func (s *Session) LastUse(ctx context.Context, gateways []*Gateway, now time.Time) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, g := range gateways {
		if !g.Found {
			continue
		}
		group.Go(func() (err error) {
			g.Use, err = s.lastUse(ctx, g.id, now)
			return err
		})
	}
	return s.explain(group.Wait())
}

func (s *Session) lastUse(ctx context.Context, product int64, now time.Time) (Use, error) {
	const day = "2006-01-02"
	var found statsJSON
	path := fmt.Sprintf("/stats/services/%d/usage.json?metric_name=%s&granularity=day&since=%s&until=%s",
		product, hitsName, now.AddDate(0, 0, -UseDays).Format(day), now.AddDate(0, 0, 1).Format(day)) // it may be tomorrow there
	err := s.api.do(ctx, http.MethodGet, path, nil, &found)
	if transport.Is(err, http.StatusForbidden) {
		return Use{Unknown: "the token may not read statistics (scope stats)"}, nil
	}
	for i := len(found.Values) - 1; err == nil && i >= 0; i-- {
		if found.Values[i] > 0 {
			return Use{Day: found.Period.Since.AddDate(0, 0, i).Format(day)}, nil
		}
	}
	return Use{}, err
}
