package keycloak_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/internal/pairs"
)

// The large realm, created and looked at when nothing has changed: each time beside the fewest possible requests for the
// same, sent at the same concurrency, by turns on the same server. The ratio of the two is what counts, "x-fewest".

func BenchmarkCreateLargeRealm(b *testing.B) {
	beside(b, func(b *testing.B, s server) (ours, fewest time.Duration) {
		w := benchWorld(b, s)
		doc := w.document(large())
		ours = took(func() { w.run(doc) })
		b.ReportMetric(float64(w.stats.Requests()), "requests/op")
		w.drop()
		bare := benchWorld(b, s)
		fewest = took(bare.fewest)
		bare.drop()
		return ours, fewest
	})
}

func BenchmarkLookAtLargeRealm(b *testing.B) {
	made := map[string]*world{}
	beside(b, func(b *testing.B, s server) (ours, fewest time.Duration) {
		w := made[s.name]
		if w == nil {
			w = benchWorld(b, s)
			w.run(w.document(large()))
			made[s.name] = w
		}
		w.t = b
		doc, before := w.document(large()), w.stats.Requests()
		ours = took(func() {
			if _, p, _ := w.plan(doc); !p.Empty {
				b.Fatal("something is to be changed")
			}
		})
		b.ReportMetric(float64(w.stats.Requests()-before), "requests/op")
		return ours, took(func() {
			w.admin = newAdmin(b, s.url) // whoever looks has to sign in
			w.look()
		})
	})
	for _, w := range made {
		w.t = b
		w.drop()
	}
}

// beside measures pairs on each server.
func beside(b *testing.B, pair func(b *testing.B, s server) (ours, fewest time.Duration)) {
	for _, s := range servers(b) {
		b.Run(s.name, func(b *testing.B) {
			var measured pairs.Pairs
			pair(b, s) // the server warms up
			for b.Loop() {
				measured.Add(pair(b, s))
			}
			measured.Report(b)
		})
	}
}

func benchWorld(b *testing.B, s server) *world {
	b.Helper()
	w := newWorld(b, s)
	w.config.Transport.Trace = nil
	return w
}

// drop deletes the realm at once, so that the next one finds the server as this one did.
func (w *world) drop() { w.admin.call(http.MethodDelete, "/"+w.realm, nil) }

func took(do func()) time.Duration {
	started := time.Now()
	do()
	return time.Since(started)
}

// look reads what has to be read to see that nothing has changed.
func (w *world) look() {
	paths := []string{"", "/clients", "/roles?briefRepresentation=false", "/groups?briefRepresentation=false", "/identity-provider/instances"}
	w.side(len(paths), func(i int) { w.admin.must(http.MethodGet, "/"+w.realm+paths[i], nil) })
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
		_, _, header := w.admin.exchange(http.MethodPost, at+"/clients", map[string]any{
			"clientId": fmt.Sprintf("client-%d", i), "name": fmt.Sprintf("Client %d", i), "redirectUris": []string{fmt.Sprintf("https://c%d.example.com/*", i)},
			"protocolMappers": []any{map[string]any{"name": "mail", "protocol": "openid-connect", "protocolMapper": "oidc-usermodel-property-mapper",
				"config": map[string]any{"user.attribute": "email", "claim.name": "mail", "jsonType.label": "String", "id.token.claim": "true"}}},
		})
		if w.s.version == 18 { // which makes no secret by itself
			w.admin.must(http.MethodPost, at+"/clients/"+idIn(header)+"/client-secret", nil)
		}
	})
	roles := map[string]any{}
	for _, r := range list(w.admin.must(http.MethodGet, at+"/roles", nil)) {
		roles[r.(map[string]any)["name"].(string)] = r
	}
	w.side(20, func(i int) {
		_, _, header := w.admin.exchange(http.MethodPost, at+"/groups", map[string]any{"name": fmt.Sprintf("group-%d", i), "attributes": map[string]any{"cost": []string{"c"}}})
		w.admin.must(http.MethodPost, at+"/groups/"+idIn(header)+"/role-mappings/realm", []any{roles[fmt.Sprintf("role-%d", i)]})
	})
	w.admin.must(http.MethodPost, at+"/identity-provider/instances", map[string]any{"alias": "corp", "providerId": "oidc",
		"config": map[string]any{"clientId": "a", "authorizationUrl": "https://a.example.com/a", "tokenUrl": "https://a.example.com/t"}})
}

// idIn is the id of what was created.
func idIn(header http.Header) string {
	location := header.Get("Location")
	return location[strings.LastIndexByte(location, '/')+1:]
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
