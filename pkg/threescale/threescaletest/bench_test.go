package threescaletest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// handle sends a request to a handler.
func handle(b *testing.B, s *threescaletest.Server, method, path string, body any) *written {
	b.Helper()
	var in io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, "http://127.0.0.1"+path, in)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("", s.Token())
	w := newAnswer()
	s.ServeHTTP(w, r)
	if w.status >= 300 {
		b.Fatalf("%s %s: %d %s", method, path, w.status, w.body.String())
	}
	return w
}

// many is a server with n products, each with a backend and a plan.
func many(b *testing.B, n int) *threescaletest.Server {
	b.Helper()
	s := threescaletest.New(threescaletest.Options{WriteGap: -1})
	for i := range n {
		name := fmt.Sprintf("model-%05d", i)
		handle(b, s, http.MethodPost, "/admin/api/services.json", map[string]any{"name": name, "system_name": name})
		handle(b, s, http.MethodPost, "/admin/api/backend_apis.json", map[string]any{"name": name, "system_name": name, "private_endpoint": "https://" + name + ".example.com"})
		handle(b, s, http.MethodPost, fmt.Sprintf("/admin/api/services/%d/backend_usages.json", i+3), map[string]any{"backend_api_id": i + 3, "path": "/"})
		handle(b, s, http.MethodPost, fmt.Sprintf("/admin/api/services/%d/application_plans.json", i+3), map[string]any{"name": "Standard", "system_name": "standard"})
	}
	return s
}

// BenchmarkTenThousandProducts makes ten thousand products with their backends and
// plans, and lists the products; it reports the memory that they take.
func BenchmarkTenThousandProducts(b *testing.B) {
	const n = 10000
	var before, after runtime.MemStats
	for range b.N {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := many(b, n)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		for page := 1; page <= n/500+1; page++ {
			handle(b, s, http.MethodGet, fmt.Sprintf("/admin/api/services.json?page=%d&per_page=500", page), nil)
		}
		runtime.KeepAlive(s)
	}
}

// BenchmarkReadAmongTenThousand reads what a diff reads of one product.
func BenchmarkReadAmongTenThousand(b *testing.B) {
	s := many(b, 10000)
	for b.Loop() {
		for _, path := range []string{"", "/metrics", "/proxy", "/proxy/mapping_rules", "/backend_usages", "/application_plans"} {
			handle(b, s, http.MethodGet, "/admin/api/services/5000"+path+".json", nil)
		}
	}
}

// BenchmarkListPage lists 500 products.
func BenchmarkListPage(b *testing.B) {
	s := many(b, 500)
	for b.Loop() {
		handle(b, s, http.MethodGet, "/admin/api/services.json", nil)
	}
}
