package threescaletest

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
)

// Latency is how long a server takes for a route, which is named like
// "GET /admin/api/services/{service_id}.json".
type Latency func(route string) time.Duration

// FixedLatency is the same time for every route.
func FixedLatency(d time.Duration) Latency {
	return func(string) time.Duration { return d }
}

// latencies were measured on a 3scale 2.16 with two workers on two cores: the route,
// the median and the 95th percentile in milliseconds.
//
//go:embed latency.tsv
var latencies string

var pathNames = lazyregexp.New(`\{\w*\}`)

// RealLatency takes the time that a real 3scale 2.16 takes for each route: half of
// the requests up to the measured median, one in twenty beyond the 95th percentile.
// Routes that were not measured take what others of their method do.
func RealLatency() Latency {
	routes, methods := map[string][2]float64{}, map[string][2]float64{"GET": {25, 40}, "POST": {45, 80}, "PUT": {35, 60}, "PATCH": {50, 90}, "DELETE": {40, 60}}
	for _, line := range strings.Split(strings.TrimSpace(latencies), "\n") {
		name, numbers, _ := strings.Cut(line, "\t")
		var t [2]float64
		if _, err := fmt.Sscanf(numbers, "%g\t%g", &t[0], &t[1]); err == nil {
			routes[name] = t
		}
	}
	return func(route string) time.Duration {
		t, known := routes[pathNames.ReplaceAllString(route, "{}")]
		if !known {
			method, _, _ := strings.Cut(route, " ")
			t = methods[method]
		}
		return spread(t[0], t[1])
	}
}

// spread draws a time from a log-normal distribution with the median and the 95th
// percentile given, at most twice the latter.
func spread(median, p95 float64) time.Duration {
	if median <= 0 {
		return 0
	}
	const z95 = 1.645 // of the normal distribution
	sigma := math.Log(math.Max(p95, median)/median) / z95
	ms := math.Min(median*math.Exp(sigma*rand.NormFloat64()), 2*math.Max(p95, median))
	return time.Duration(ms * float64(time.Millisecond))
}

// sleep waits, but not for a client that has gone.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
