package keycloak_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
)

// A stand-in that was made of another one's state can't be told from it: it shows the same, there is nothing to change,
// and what was there before can be changed and taken away.
func TestStandInGoesOnFromItsState(t *testing.T) {
	t.Parallel()
	for _, version := range []int{26, 18} {
		first := keycloaktest.New(keycloaktest.Options{Version: version})
		var now atomic.Pointer[keycloaktest.Server]
		now.Store(first)
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) }))
		t.Cleanup(h.Close)
		s := newServer("", h.URL+map[int]string{18: "/auth"}[version], version)
		w, doc := everything(t, s)
		before := w.state(nil)

		var kept bytes.Buffer
		if err := first.Save(&kept); err != nil {
			t.Fatal(err)
		}
		second, err := keycloaktest.Load(keycloaktest.Options{}, &kept)
		if err != nil {
			t.Fatal(err)
		}
		now.Store(second)
		if diff := cmp.Diff(before, w.state(nil)); diff != "" {
			t.Errorf("%d: the first (-) and the second (+) differ:\n%s", version, diff)
		}
		if _, p, _ := w.plan(doc); !p.Empty {
			t.Errorf("%d: there is something to change", version)
		}
		role, _ := w.find("/roles", "name", "model-user")["id"].(string) // which users, roles and services have
		w.admin.must(http.MethodDelete, "/"+w.realm+"/roles-by-id/"+role, nil)
		w.apply(doc)
		w.admin.must(http.MethodDelete, "/"+w.realm, nil)
	}
}

// everything is a realm with an object of every kind.
func everything(t *testing.T, s server) (*world, *maas.Document) {
	t.Helper()
	w := newWorld(t, s)
	for _, name := range []string{"THREESCALE_TOKEN", "KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD", "KEYCLOAK_CLIENT_SECRET", "UPSTREAM_CLIENT_SECRET", "ROBOT_PASSWORD", "AI_TEAM_PASSWORD"} {
		w.variables[name] = "some-" + strings.ToLower(name)
	}
	w.variables["GATEWAY_SECRET"] = "gateway-secret"
	doc := w.load(maas.Options{Files: []string{filepath.Join("..", "..", "examples", "realm-whole", "maas.yaml")}})
	doc.Realms[0].Name = w.realm
	for _, p := range doc.Realms[0].Value.IdentityProviders {
		if p.Value.Discovery != "" {
			p.Value.Discovery = s.url + "/realms/" + upstream(w)
		}
	}
	w.apply(doc)
	return w, doc
}

func TestStatesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "{", "{}", `{"format": 2, "realms": [{}]}`} {
		if _, err := keycloaktest.Load(keycloaktest.Options{}, strings.NewReader(text)); err == nil {
			t.Errorf("%q is loaded", text)
		}
	}
}
