package threescaletest_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// atOnce runs a function several times at once and collects the statuses.
func atOnce(n int, f func(i int) int) map[int]int {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[int]int{}
	)
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			status := f(i)
			mu.Lock()
			defer mu.Unlock()
			seen[status]++
		}()
	}
	wg.Wait()
	return seen
}

func TestTwoWritesToOneProxyAtOnceConflict(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{WriteGap: 50 * time.Millisecond})
	a := apiOf(s)
	p, _ := a.product(t, "granite")
	path := "/admin/api/services/" + p + "/proxy.json"
	patch := func(i int) int {
		status, _, err := a.send(http.MethodPatch, path, map[string]any{"error_auth_failed": fmt.Sprintf("Text %d", i)})
		if err != nil {
			t.Error(err)
		}
		return status
	}
	if seen := atOnce(2, patch); seen[200] != 1 || seen[409] != 1 {
		t.Errorf("two at once: %v, want one 200 and one 409", seen)
	}
	for i := range 3 {
		if status := patch(10 + i); status != 200 {
			t.Errorf("one after the other: %d, want 200", status)
		}
	}
	v := a.must(t, 200, http.MethodGet, path, nil)
	if text := at(t, v, "proxy.error_auth_failed"); text != "Text 12" {
		t.Errorf("the last write left %v", text)
	}
}

func TestTwoNewRulesAtOnceGetOnePosition(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{WriteGap: 50 * time.Millisecond})
	a := apiOf(s)
	p, _ := a.product(t, "granite")
	path := "/admin/api/services/" + p + "/proxy/mapping_rules.json"
	metrics := a.must(t, 200, http.MethodGet, "/admin/api/services/"+p+"/metrics.json", nil)
	rule := map[string]any{"http_method": "GET", "pattern": "/x", "delta": 1, "metric_id": at(t, metrics, "metrics.0.metric.id")}
	atOnce(2, func(int) int {
		status, _, err := a.send(http.MethodPost, path, rule)
		if err != nil {
			t.Error(err)
		}
		return status
	})
	a.make(t, path, rule)
	rules := a.must(t, 200, http.MethodGet, path, nil)
	var positions []any
	for i := range 4 {
		positions = append(positions, at(t, rules, fmt.Sprintf("mapping_rules.%d.mapping_rule.position", i)))
	}
	if got := fmt.Sprint(positions); got != "[1 2 2 3]" {
		t.Errorf("positions %s, want two made at once to share one: [1 2 2 3]", got)
	}
}

func TestWorkersLimitWhatIsDoneAtOnce(t *testing.T) {
	t.Parallel()
	const each = 40 * time.Millisecond
	s := threescaletest.Start(t, threescaletest.Options{Workers: 2, Latency: threescaletest.FixedLatency(each)})
	a := apiOf(s)
	began := time.Now()
	atOnce(6, func(int) int {
		status, _, err := a.send(http.MethodGet, "/admin/api/services.json", nil)
		if err != nil {
			t.Error(err)
		}
		return status
	})
	if took := time.Since(began); took < 3*each {
		t.Errorf("six requests with two workers took %v, want at least %v", took, 3*each)
	}
}
