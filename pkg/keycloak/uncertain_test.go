package keycloak_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// lossy is a way to a server on which the connection breaks at creates, once for each address: the answer is lost, or the
// request.
type lossy struct {
	server http.Handler
	before bool // the request is lost: nothing takes effect

	mu   sync.Mutex
	lost map[string]bool
}

func (l *lossy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	lose := r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/admin/realms") && !strings.Contains(r.URL.Path, "role-mappings") && !l.lost[r.URL.Path]
	l.lost[r.URL.Path] = true
	l.mu.Unlock()
	if !lose {
		l.server.ServeHTTP(w, r)
		return
	}
	if !l.before {
		l.server.ServeHTTP(httptest.NewRecorder(), r) // it takes effect
	}
	panic(http.ErrAbortHandler) // and nobody hears of it
}

func TestBrokenConnectionsAtCreates(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		for _, before := range []bool{true, false} {
			origin, err := url.Parse(s.url)
			if err != nil {
				t.Fatal(err)
			}
			base := origin.Path
			origin.Path = ""
			h := httptest.NewServer(&lossy{server: httputil.NewSingleHostReverseProxy(origin), before: before, lost: map[string]bool{}})
			t.Cleanup(h.Close)
			w := newWorld(t, newServer("lossy", h.URL+base, s.version))
			w.applyText(lower(whole))
			if n := len(list(w.admin.must(http.MethodGet, "/"+w.realm+"/roles", nil))); n != 5 {
				t.Errorf("%d roles: some were made twice, or not at all", n)
			}
			if c := w.client("client"); c["attributes"].(map[string]any)["maasctl.owner"] != w.mark() {
				t.Errorf("what was made in a lost create is owned all the same: %v", c)
			}
		}
	})
}

// unsure is a way to a server that answers some POSTs with 503, so many times: before they take effect, or after.
type unsure struct {
	server http.Handler
	part   string // of the path
	after  bool
	times  int

	mu   sync.Mutex
	seen int
}

func (u *unsure) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	hit := r.Method == http.MethodPost && strings.Contains(r.URL.Path, u.part) && u.seen < u.times
	if hit {
		u.seen++
	}
	u.mu.Unlock()
	if !hit {
		u.server.ServeHTTP(w, r)
		return
	}
	if u.after {
		u.server.ServeHTTP(httptest.NewRecorder(), r)
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

// Where the server is away at POSTs that make no object, it is looked before they are sent again, and what isn't there in
// the end isn't reported as done.
func TestServerThatIsAwayAtPosts(t *testing.T) {
	for _, after := range []bool{true, false} {
		for _, part := range []string{"/client-secret", "/register-required-action", "/role-mappings", "/clients", "/token"} {
			u := &unsure{part: part, after: after, times: 2}
			h := httptest.NewServer(u)
			t.Cleanup(h.Close)
			u.server = keycloaktest.New(keycloaktest.Options{Version: 18}) // makes no secrets by itself
			times := u.times
			u.times = 0
			w := newWorld(t, newServer("away", h.URL+"/auth", 18))
			w.applyText(`realms: {REALM: {roles: {r: {}}}}`)
			w.admin.must(http.MethodDelete, "/"+w.realm+"/authentication/required-actions/CONFIGURE_TOTP", nil)
			u.mu.Lock()
			u.times = times
			u.mu.Unlock()
			w.applyText(`realms: {REALM: {roles: {r: {}}, requiredActions: {CONFIGURE_TOTP: {enabled: true}}, users: {user: {roles: [r]}}, clients: {c: {publicClient: false}}}}`)
			if u.seen == 0 || !after && u.seen != times {
				t.Errorf("%s was asked for %d times while the server was away", part, u.seen)
			}
			if v := w.get("/clients/" + w.client("c")["id"].(string) + "/client-secret")["value"]; v == nil || v == "" {
				t.Errorf("%s: the client has no secret: %v", part, v)
			}
		}
	}
}

// Each request fails once, and without having done anything, as the servers do where one request disturbs another.
func TestAccidentsOfTheServer(t *testing.T) {
	for _, version := range []int{26, 18} {
		w := newWorld(t, stub(t, keycloaktest.Options{Version: version, Stumble: true}))
		w.applyText(lower(whole))
		w.applyText(strings.ReplaceAll(lower(whole), "email", "username"))
		w.applyText(lower(absent))
	}
}

// A secret inside a list converges, and a client can get its service account and its roles at once.
func TestServiceAccountOfAnExistingClient(t *testing.T) {
	for _, version := range []int{26, 18} {
		w := newWorld(t, stub(t, keycloaktest.Options{Version: version}))
		w.applyText(`realms: {REALM: {clients: {c: {}}, roles: {r: {}}}}`)
		w.applyText(`realms: {REALM: {clientScopes: {s: {}}, clients: {c: {serviceAccountsEnabled: true, serviceAccountRoles: [r], defaultClientScopes: [s]}}, roles: {r: {}}}}`)
		user := w.user("service-account-c")
		if m := w.get("/users/" + user["id"].(string) + "/role-mappings"); len(list(m["realmMappings"])) != 2 {
			t.Errorf("%v", m)
		}
	}
}
