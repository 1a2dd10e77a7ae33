// Package pairs is for benchmarks that compare what maasctl does with the least that can be done: both by turns in one run,
// so that a machine's speed and its other work touch both alike.
package pairs

import (
	"slices"
	"testing"
	"time"
)

// Pairs are times of the same work, done by maasctl and by the fewest possible requests.
type Pairs struct{ ours, fewest []time.Duration }

// Add records one pair.
func (p *Pairs) Add(ours, fewest time.Duration) {
	p.ours, p.fewest = append(p.ours, ours), append(p.fewest, fewest)
}

// Report gives the medians of both, and their ratio, "x-fewest". The time of a whole pair says nothing, and is left out.
func (p *Pairs) Report(b *testing.B) {
	b.Helper()
	ours, fewest := median(p.ours), median(p.fewest)
	b.ReportMetric(float64(ours)/float64(fewest), "x-fewest")
	b.ReportMetric(milliseconds(ours), "ms/run")
	b.ReportMetric(milliseconds(fewest), "ms/fewest")
	b.ReportMetric(0, "ns/op")
}

// median is the one in the middle: a pair that something else has disturbed doesn't move it.
func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	if len(d) == 0 {
		return 0
	}
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
