package keycloak_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/maas"
)

// The large realm, created and looked at, beside the fewest possible requests for the same, sent at the same concurrency.
// The ratio of the two is what counts: both depend on the server alike.

func benchmarked(b *testing.B, run func(b *testing.B, w *world, doc *maas.Document)) {
	for _, s := range servers(b) {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, s)
				w.config.Transport.Trace = nil
				doc := w.document(large())
				b.StartTimer()
				run(b, w, doc)
				b.StopTimer()
				w.admin.call(http.MethodDelete, "/"+w.realm, nil)
				b.StartTimer()
			}
		})
	}
}

func BenchmarkCreateLargeRealm(b *testing.B) {
	benchmarked(b, func(b *testing.B, w *world, doc *maas.Document) {
		w.run(doc)
		b.ReportMetric(float64(w.stats.Requests()), "requests/op")
	})
}

func BenchmarkCreateLargeRealmByFewestRequests(b *testing.B) {
	benchmarked(b, func(_ *testing.B, w *world, _ *maas.Document) { w.fewest() })
}

func BenchmarkLookAtLargeRealm(b *testing.B) {
	for _, s := range servers(b) {
		b.Run(s.name, func(b *testing.B) {
			w := newWorld(b, s)
			w.config.Transport.Trace = nil
			doc := w.document(large())
			w.run(doc)
			for b.Loop() {
				if _, p, _ := w.plan(doc); !p.Empty {
					b.Fatal("something is to be changed")
				}
			}
		})
	}
}

func BenchmarkLookAtLargeRealmByFewestRequests(b *testing.B) {
	for _, s := range servers(b) {
		b.Run(s.name, func(b *testing.B) {
			w := newWorld(b, s)
			w.config.Transport.Trace = nil
			w.run(w.document(large()))
			for b.Loop() {
				var group errgroup.Group
				for _, path := range []string{"", "/clients", "/roles?briefRepresentation=false", "/groups?briefRepresentation=false", "/identity-provider/instances"} {
					group.Go(func() error {
						w.admin.must(http.MethodGet, "/"+w.realm+path, nil)
						return nil
					})
				}
				_ = group.Wait()
			}
		})
	}
}

// concurrency is that of the transport at its start.
const concurrency = 8

// fewest makes the large realm with nothing but what has to be sent.
func (w *world) fewest() {
	w.t.Helper()
	w.admin.must(http.MethodPost, "", map[string]any{"realm": w.realm, "enabled": true})
	at := "/" + w.realm
	w.side(50, func(i int) {
		w.admin.must(http.MethodPost, at+"/roles", map[string]any{"name": fmt.Sprintf("role-%d", i)})
	})
	w.side(500, func(i int) {
		w.admin.must(http.MethodPost, at+"/clients", map[string]any{
			"clientId": fmt.Sprintf("client-%d", i), "name": fmt.Sprintf("Client %d", i), "redirectUris": []string{fmt.Sprintf("https://c%d.example.com/*", i)},
			"protocolMappers": []any{map[string]any{"name": "mail", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-property-mapper",
				"config": map[string]any{"user.attribute": "email", "claim.name": "mail", "jsonType.label": "String", "id.token.claim": "true"}}},
		})
		if w.s.version == 18 {
			return // whoever wants no secrets saves 500 requests more
		}
	})
	roles := map[string]any{}
	for _, r := range list(w.admin.must(http.MethodGet, at+"/roles", nil)) {
		roles[r.(map[string]any)["name"].(string)] = r
	}
	w.side(20, func(i int) {
		_, _, header := w.admin.exchange(http.MethodPost, at+"/groups", map[string]any{"name": fmt.Sprintf("group-%d", i), "attributes": map[string]any{"cost": []string{"c"}}})
		location := header.Get("Location")
		w.admin.must(http.MethodPost, at+"/groups/"+location[len(location)-36:]+"/role-mappings/realm", []any{roles[fmt.Sprintf("role-%d", i)]})
	})
	w.admin.must(http.MethodPost, at+"/identity-provider/instances", map[string]any{"alias": "corp", "providerId": "oidc",
		"config": map[string]any{"clientId": "a", "authorizationUrl": "https://a.example.com/a", "tokenUrl": "https://a.example.com/t"}})
}

// side does n things, as many at once as the transport does.
func (w *world) side(n int, do func(i int)) {
	group, _ := errgroup.WithContext(context.Background())
	group.SetLimit(concurrency)
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait()
}
