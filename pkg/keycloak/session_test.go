package keycloak_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/secret"
)

func TestBasePathIsFound(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		bare := strings.TrimSuffix(s.url, "/auth")
		for _, said := range []string{bare, bare + "/", bare + "/auth", bare + "/auth/"} {
			w := newWorld(t, s)
			w.config.URL = said
			_, p, _ := w.plan(w.document(`realms: {REALM: {}}`))
			if len(p.Changes) != 1 {
				t.Errorf("%s: %+v", said, p.Changes)
			}
		}
	})
}

func TestNoKeycloakThere(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	w := newWorld(t, stub(t, keycloaktest.Options{}))
	w.config.URL = other.URL
	_, _, err := w.engine(w.document(`realms: {REALM: {}}`)).Plan(t.Context(), engine.PlanOptions{})
	if err == nil || !strings.Contains(err.Error(), "there is no Keycloak at "+other.URL+", nor at "+other.URL+"/auth") {
		t.Errorf("%v", err)
	}
}

// serviceClient makes a client with a service account in a realm, and gives its secret.
func (w *world) serviceClient(realm, id string) keycloak.Credentials {
	w.t.Helper()
	status, out, header := w.admin.exchange(http.MethodPost, "/"+realm+"/clients", map[string]any{"clientId": id, "serviceAccountsEnabled": true, "secret": "service-secret"})
	if status != http.StatusCreated {
		w.t.Fatalf("%d %v", status, out)
	}
	location, err := url.Parse(header.Get("Location"))
	if err != nil {
		w.t.Fatal(err)
	}
	at := "/" + realm + "/clients/" + location.Path[strings.LastIndexByte(location.Path, '/')+1:]
	w.t.Cleanup(func() { w.admin.call(http.MethodDelete, at, nil) })
	return keycloak.Credentials{Realm: realm, ClientID: secret.New("", id), ClientSecret: secret.New("", "service-secret")}
}

// grantTo gives a client's service account a role of its realm, or of a client there.
func (w *world) grantTo(realm, id, ofClient, role string) {
	w.t.Helper()
	find := func(path, field, value string) map[string]any {
		for _, e := range list(w.admin.must(http.MethodGet, "/"+realm+path, nil)) {
			if m := e.(map[string]any); m[field] == value {
				return m
			}
		}
		w.t.Fatalf("no %s %s in %s", field, value, path)
		return nil
	}
	client := find("/clients?clientId="+id, "clientId", id)["id"].(string)
	user := w.admin.must(http.MethodGet, "/"+realm+"/clients/"+client+"/service-account-user", nil).(map[string]any)["id"].(string)
	roles, mapping := "/roles", "realm"
	if ofClient != "" {
		owner := find("/clients?clientId="+ofClient, "clientId", ofClient)["id"].(string)
		roles, mapping = "/clients/"+owner+"/roles", "clients/"+owner
	}
	w.admin.must(http.MethodPost, "/"+realm+"/users/"+user+"/role-mappings/"+mapping, []any{find(roles, "name", role)})
}

// An account that may do nothing but create realms has no rights, on 18, on the realm it has just made, until it gets
// a new token.
func TestNewTokenAfterARealmWasMade(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.config.Credentials = w.serviceClient("master", w.realm+"-maker")
		w.config.Credentials.Realm = "" // master
		w.grantTo("master", w.realm+"-maker", "", "create-realm")
		w.applyText(`realms: {REALM: {clients: {a: {}}, roles: {r: {}}}}`)
		if w.client("a") == nil {
			t.Error("the client isn't there")
		}
	})
}

func TestAccountOfTheRealmItself(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {}}`)
		w.config.Credentials = w.serviceClient(w.realm, "maasctl")
		w.grantTo(w.realm, "maasctl", "realm-management", "manage-clients")
		w.grantTo(w.realm, "maasctl", "realm-management", "manage-realm")
		w.prune = true // it sees no list of realms
		w.applyText(`realms: {REALM: {displayName: Own, clients: {a: {}}, roles: {r: {}}}}`)
		w.prune = false
		doc := w.document(`realms: {REALM: {users: {bob: {}}}}`)
		_, _, err := w.engine(doc).Plan(t.Context(), engine.PlanOptions{})
		requireNotAuthorized(t, err, "403")
	})
}

func requireNotAuthorized(t *testing.T, err error, words ...string) {
	t.Helper()
	var refused *keycloak.ErrNotAuthorized
	if !errors.As(err, &refused) {
		t.Errorf("%v", err)
		return
	}
	for _, word := range append(words, "refuses the account") {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q isn't in %v", word, err)
		}
	}
}

func TestRefusedCredentials(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		known := w.serviceClient("master", w.realm+"-c")
		for name, c := range map[string]struct {
			credentials keycloak.Credentials
			says        string
		}{
			"wrong password": {keycloak.Credentials{Username: secret.New("", "admin"), Password: secret.New("", "wrong-password")}, "invalid_grant"},
			"unknown client": {keycloak.Credentials{ClientID: secret.New("", "nobody-knows"), ClientSecret: secret.New("", "wrong-secret")}, "invalid_client"},
			"wrong secret":   {keycloak.Credentials{ClientID: known.ClientID, ClientSecret: secret.New("", "wrong-secret")}, "unauthorized_client"},
			"bad token":      {keycloak.Credentials{Token: secret.New("", "not-a-token")}, "401"},
		} {
			w.config.Credentials = c.credentials
			_, _, err := w.engine(w.document(`realms: {REALM: {}}`)).Plan(t.Context(), engine.PlanOptions{})
			t.Log(name)
			requireNotAuthorized(t, err, c.says)
			for _, leak := range []string{"wrong-password", "wrong-secret", "not-a-token"} {
				if strings.Contains(err.Error(), leak) || strings.Contains(w.trace.String(), leak) {
					t.Errorf("%s: %s is seen", name, leak)
				}
			}
		}
	})
}

func TestMountedToken(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.config.Credentials = keycloak.Credentials{Token: secret.New("", newAdmin(t, s.url).token)}
		_, p, _ := w.plan(w.document(`realms: {REALM: {}}`))
		if len(p.Changes) != 1 {
			t.Errorf("%+v", p.Changes)
		}
	})
}

// watched is a stand-in that counts what is asked of it.
type watched struct {
	server
	stub *keycloaktest.Server

	mu   sync.Mutex
	seen map[string]int // by method and last part of the path
}

func watch(t *testing.T, opts keycloaktest.Options) *watched {
	t.Helper()
	w := &watched{seen: map[string]int{}}
	opts.Log = func(r keycloaktest.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen[r.Method+" "+r.Path[strings.LastIndexByte(r.Path, '/')+1:]]++
		w.seen[r.Method]++
	}
	w.stub = keycloaktest.New(opts)
	h := httptest.NewServer(w.stub)
	t.Cleanup(h.Close)
	base := h.URL
	if opts.Version == 18 {
		base += "/auth"
	}
	w.server = newServer("watched", base, max(opts.Version, 18))
	return w
}

func (w *watched) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[what]
}

const manyRoles = `realms: {REALM: {roles: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}, k: {}, l: {}}}}`

func TestOneTokenForManyCalls(t *testing.T) {
	s := watch(t, keycloaktest.Options{})
	w := newWorld(t, s.server)
	before := s.count("POST token")
	w.run(w.document(manyRoles))
	if n := s.count("POST token") - before; n != 2 { // one to begin with, one after the realm was made
		t.Errorf("%d tokens", n)
	}
}

func TestTokenThatEndsTooEarly(t *testing.T) {
	s := watch(t, keycloaktest.Options{})
	w := newWorld(t, s.server)
	e, p, live := w.plan(w.document(manyRoles))
	s.stub.Expire()
	if err := e.Apply(t.Context(), p, live, apply.Options{}).Err(); err != nil {
		t.Fatal(err)
	}
	_, again, _ := w.plan(w.document(manyRoles))
	if !again.Empty {
		t.Errorf("%+v", again.Changes)
	}
}

// A password that is refused isn't tried again: the server may lock the account.
func TestRefusedCredentialsAreTriedOnce(t *testing.T) {
	for _, version := range []int{26, 18} {
		s := watch(t, keycloaktest.Options{Version: version})
		w := newWorld(t, s.server)
		w.config.Credentials.Password = secret.New("", "wrong-password")
		before := s.count("POST token")
		_, _, err := w.engine(w.document(`realms: {REALM: {}}`)).Plan(t.Context(), engine.PlanOptions{})
		requireNotAuthorized(t, err, "invalid_grant")
		if n := s.count("POST token") - before; n != 1 {
			t.Errorf("%d: tried %d times", version, n)
		}
	}
}

// What a session knows of a server is as old as its last look.
func TestSecondLookForgetsTheFirst(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {roles: {r: {composites: [base]}, base: {}}}}`)
		e, p, live := w.plan(doc)
		for range 2 {
			if err := e.Apply(t.Context(), p, live, apply.Options{}).Err(); err != nil {
				t.Fatal(err)
			}
			w.admin.must(http.MethodDelete, "/"+w.realm+"/roles-by-id/"+w.find("/roles", "name", "base")["id"].(string), nil)
			var err error
			if p, live, err = e.Plan(t.Context(), engine.PlanOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
