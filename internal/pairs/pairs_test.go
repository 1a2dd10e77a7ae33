package pairs

import (
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		of   []time.Duration
		want time.Duration
	}{{nil, 0}, {[]time.Duration{3}, 3}, {[]time.Duration{9, 1, 3}, 3}, {[]time.Duration{1, 100, 3, 5}, 4}} {
		if got := median(c.of); got != c.want {
			t.Errorf("%v: %d, not %d", c.of, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	r := testing.Benchmark(func(b *testing.B) {
		var p Pairs
		for range 3 {
			p.Add(3*time.Millisecond, 2*time.Millisecond)
		}
		p.Report(b)
	})
	if r.Extra["x-fewest"] != 1.5 || r.Extra["ms/run"] != 3 || r.Extra["ms/fewest"] != 2 {
		t.Errorf("%v", r.Extra)
	}
}
