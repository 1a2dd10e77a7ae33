package engine_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/pairs"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// models is a document of n products, each with a backend, 8 methods, 3 metrics and 2 plans with a limit.
func models(b *testing.B, n int) *maas.Document {
	b.Helper()
	var t strings.Builder
	t.WriteString(`
apiVersion: maasctl/v1
name: bench
threescale: {url: "https://maas-admin.example.com", token: "${env:TOKEN}"}
templates:
  model:
    authentication: {apiKey: {name: Authorization, location: headers}}
    metrics: {total: {unit: token}, prompt: {unit: token}, completion: {unit: token}}
    policies: [{name: cors, configuration: {allow_origin: "*"}}, {name: apicast}]
    plans:
      free: {published: true, limits: {total: {day: 100000}}}
      paid: {published: true, limits: {total: {day: 1000000}}}
    promotion: automatic
    methods:
`)
	for i := range 8 {
		fmt.Fprintf(&t, "      v1/m%d: {rules: [POST /v1/m%d]}\n", i, i)
	}
	t.WriteString("backends:\n")
	for i := range n {
		fmt.Fprintf(&t, "  model-%02d: {url: \"http://model-%d.models.svc:8080\"}\n", i, i)
	}
	t.WriteString("products:\n")
	for i := range n {
		fmt.Fprintf(&t, "  model-%02d: {use: [model], name: Model %d, backends: {model-%02d: /}}\n", i, i, i)
	}
	doc, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(t.String())})
	if !found.HasErrors() {
		found = doc.Resolve(b.Context(), maas.Sources{Env: func(string) (string, bool) { return "unused", true }})
	}
	if found.HasErrors() {
		b.Fatal(found)
	}
	return doc
}

// planned compares the document with the tenant, as each command does: over new connections.
func planned(b *testing.B, doc *maas.Document, tenant *threescaletest.Running) (*engine.Engine, *plan.Plan, plan.State) {
	b.Helper()
	e := &engine.Engine{Document: doc, Systems: []engine.System{threescale.Open(threescale.Config{
		URL: tenant.URL, Token: secret.New("", tenant.Token), Owner: engine.Owner(doc),
	})}}
	p, live, err := e.Plan(b.Context(), engine.PlanOptions{})
	if err != nil {
		b.Fatal(err)
	}
	return e, p, live
}

func created(b *testing.B, doc *maas.Document, tenant *threescaletest.Running) {
	b.Helper()
	e, p, live := planned(b, doc, tenant)
	if err := e.Apply(b.Context(), p, live, apply.Options{}).Err(); err != nil {
		b.Fatal(err)
	}
}

// replay sends requests in no order, by the same client with the same limit, and tells how long that takes.
func replay(b *testing.B, url, token string, requests []threescaletest.Request) time.Duration {
	b.Helper()
	client := transport.New(transport.Options{Authorize: func(r *http.Request) error { r.SetBasicAuth("", token); return nil }})
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(64) // more than the client lets through
	began := time.Now()
	for _, q := range requests {
		group.Go(func() error { return send(ctx, client, q.Method, url+q.Path+"?"+q.Query) })
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func send(ctx context.Context, client *http.Client, method, url string) error {
	r, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// BenchmarkCreateModels creates 16 models on a 3scale that takes its real time. The ratio is to as many requests of the
// same kinds sent without any order, which no server would take: what is made has to be there before its parts.
func BenchmarkCreateModels(b *testing.B) {
	doc, latency := models(b, 16), threescaletest.RealLatency()
	ideal := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		time.Sleep(latency(r.Method + " " + regexp.MustCompile(`/\d+`).ReplaceAllString(r.URL.Path, "/{}")))
	}))
	b.Cleanup(ideal.Close)
	var measured pairs.Pairs
	var requests []threescaletest.Request
	for b.Loop() {
		tenant := threescaletest.Start(b, threescaletest.Options{Latency: latency})
		began := time.Now()
		created(b, doc, tenant)
		ours := time.Since(began)
		requests = tenant.Requests()
		measured.Add(ours, replay(b, ideal.URL, tenant.Token, requests))
	}
	measured.Report(b)
	b.ReportMetric(float64(len(requests)), "requests")
}

// BenchmarkUnchangedModels finds nothing to change in 16 models, on a 3scale that takes its real time. The ratio is to the
// same reads sent without any order.
func BenchmarkUnchangedModels(b *testing.B) {
	doc, latency := models(b, 16), threescaletest.RealLatency()
	var slow atomic.Bool
	tenant := threescaletest.Start(b, threescaletest.Options{Latency: func(route string) time.Duration {
		if slow.Load() {
			return latency(route)
		}
		return 0
	}})
	created(b, doc, tenant)
	slow.Store(true)
	var measured pairs.Pairs
	var requests []threescaletest.Request
	for b.Loop() {
		tenant.Reset()
		began := time.Now()
		_, p, _ := planned(b, doc, tenant)
		ours := time.Since(began)
		if !p.Empty {
			b.Fatal("there is something to change")
		}
		requests = tenant.Requests()
		measured.Add(ours, replay(b, tenant.URL, tenant.Token, requests))
	}
	measured.Report(b)
	b.ReportMetric(float64(len(requests)), "requests")
}
