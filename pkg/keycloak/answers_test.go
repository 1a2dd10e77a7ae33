package keycloak_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// other is whole with another value in each object, and something less.
func other() string {
	changed := strings.NewReplacer("claim: e}", "claim: g}", "composites: [KEEP, client/cr]", "composites: [KEEP], description: new", "group: {roles: [role]}", "group: {attributes: {a: b}}",
		"attribute.value: x", "attribute.value: z", "groups: [/group], roles: [role]", "email: u@example.com, groups: [], roles: []", "serviceAccountRoles: [role]", "serviceAccountRoles: [], name: new",
		"auto-configure: true", "auto-configure: false", "type: [public]", "type: [confidential]").Replace(lower(whole))
	return changed + "    defaultClientScopes: [scope]\n    requiredActions: {CONFIGURE_TOTP: {enabled: false}}\n    displayName: new\n"
}

// lying starts a stand-in behind a liar.
func lying(t *testing.T, version int, l *testkit.Liar) *world {
	t.Helper()
	h := httptest.NewServer(l)
	t.Cleanup(h.Close)
	base := h.URL
	if version == 18 {
		base += "/auth"
	}
	l.Next = keycloaktest.New(keycloaktest.Options{Version: version})
	var w *world
	l.Route = func(r *http.Request) string {
		path := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(r.URL.Path, "N")
		if w != nil {
			path = strings.ReplaceAll(path, w.realm, "REALM")
		}
		return r.Method + " " + path
	}
	made := newWorld(t, newServer("lying", base, version))
	made.config.Transport.Trace = nil
	w = made
	return w
}

// once plans and applies, and tells what went wrong.
func (w *world) once(text string) error {
	e := w.engine(w.document(text))
	p, live, err := e.Plan(w.t.Context(), engine.PlanOptions{})
	if err != nil {
		return err
	}
	return e.Apply(w.t.Context(), p, live, apply.Options{}).Err()
}

// Whatever is answered in place of what the request asks for is an error that says what came, and no more is done on its
// account: the next run reaches what the document says.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	for _, version := range []int{26, 18} {
		clean := &testkit.Liar{}
		w := lying(t, version, clean)
		steps := []string{lower(whole), other(), lower(absent)}
		for _, text := range steps {
			w.applyText(text)
		}
		routes := clean.Routes()
		if len(routes) < 60 {
			t.Fatalf("only %d routes: %v", len(routes), routes)
		}
		wrong := testkit.WrongAnswers()
		for k, kind := range slices.Sorted(maps.Keys(wrong)) {
			t.Run(fmt.Sprint(version, " ", kind), func(t *testing.T) {
				t.Parallel()
				for i, route := range routes {
					if (i+k+version)%8 == 0 && !isRight(kind, route) { // each route meets some of them here; see TestFormsOfAnswers
						tellLie(t, version, steps, &testkit.Liar{Lie: wrong[kind], About: route, Nth: 1}, route)
					}
				}
			})
		}
	}
}

func tellLie(t *testing.T, version int, steps []string, l *testkit.Liar, route string) {
	t.Helper()
	if strings.HasSuffix(route, "/token") {
		l.Nth = 2 // the first is the test's own
	}
	w := lying(t, version, l)
	for _, text := range steps {
		err := w.once(text)
		for range 2 {
			if l.Struck() || err != nil {
				break
			}
			err = w.once(text) // only the next plan asks for it
		}
		if l.Struck() {
			var wrong *transport.AnswerError
			if !errors.As(err, &wrong) || !strings.HasPrefix(route, wrong.Method+" ") {
				t.Errorf("%s: %v", route, err)
			}
			w.applyText(text)
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", route, err)
		}
	}
	if !strings.HasPrefix(route, "DELETE") || !strings.HasSuffix(route, "/REALM") { // the end of a test
		t.Errorf("%s wasn't asked for", route)
	}
}

// isRight tells of a wrong answer that it is the right one to a request.
func isRight(kind, route string) bool {
	method, path, _ := strings.Cut(route, " ")
	created := method == http.MethodPost && !strings.Contains(path, "role-mappings") && !strings.HasSuffix(path, "composites") && !strings.HasSuffix(path, "register-required-action")
	if strings.HasSuffix(path, "/realms/master") {
		return true // see TestPageInPlaceOfKeycloak
	}
	switch kind {
	case "204":
		return method != http.MethodGet && !created
	case "no key":
		return strings.HasSuffix(path, "/role-mappings") // nobody has any
	case "another kind", "another list":
		return method == http.MethodGet && strings.HasSuffix(path, "/role-mappings")
	}
	return false
}

// An answer about another object isn't the one that was asked for.
func TestAnswersAboutOtherObjects(t *testing.T) {
	t.Parallel()
	const isJSON, id = "application/json", "11111111-1111-1111-1111-111111111111"
	for route, lie := range map[string]http.HandlerFunc{
		"GET /admin/realms/REALM":                                  testkit.Answers(isJSON, `{"realm": "another", "id": "`+id+`"}`),
		"GET /admin/realms/REALM/clients":                          testkit.Answers(isJSON, `[{"id": "`+id+`"}]`),
		"GET /admin/realms/REALM/clients/N":                        testkit.Answers(isJSON, `{"id": "`+id+`", "clientId": "one"}`),
		"PUT /admin/realms/REALM/clients/N":                        testkit.Answers(isJSON, `{"id": "`+id+`", "clientId": "one"}`),
		"GET /admin/realms/REALM/identity-provider/instances/corp": testkit.Answers(isJSON, `{"alias": "another"}`),
		"POST /admin/realms/REALM/clients": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://"+r.Host+"/admin/realms/another/clients/"+id)
			w.WriteHeader(http.StatusCreated)
		},
		"POST /admin/realms/REALM/roles": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) },
	} {
		l := &testkit.Liar{Lie: lie, About: route, Nth: 1}
		w := lying(t, 26, l)
		const provider = `identityProviders: {corp: {providerId: oidc, config: {clientId: %s, authorizationUrl: "https://a.example.com/a", tokenUrl: "https://a.example.com/t"}}}`
		err := w.once(`realms: {REALM: {clients: {one: {}}, ` + fmt.Sprintf(provider, "a") + `}}`)
		if !l.Struck() && err == nil {
			err = w.once(`realms: {REALM: {clients: {one: {name: New}, two: {}}, roles: {r: {}}, ` + fmt.Sprintf(provider, "b") + `}}`)
		}
		if wrong := (*transport.AnswerError)(nil); !l.Struck() || !errors.As(err, &wrong) {
			t.Errorf("%s: struck %v, %v", route, l.Struck(), err)
		}
	}
}

// A page that isn't Keycloak's doesn't make a server of Keycloak, and there is none then.
func TestPageInPlaceOfKeycloak(t *testing.T) {
	t.Parallel()
	h := httptest.NewServer(testkit.Answers("text/html", "<html>Welcome</html>"))
	t.Cleanup(h.Close)
	w := newWorld(t, stub(t, keycloaktest.Options{Version: 26}))
	w.config.URL = h.URL
	if err := w.once(`realms: {REALM: {}}`); err == nil || !strings.Contains(err.Error(), "there is no Keycloak at "+h.URL) {
		t.Errorf("%v", err)
	}
}

// An answer that is larger than any is an error, however small it is on the wire.
func TestAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	l := &testkit.Liar{About: "GET /admin/realms/REALM/clients", Nth: 1, Lie: testkit.Unpacked("[", strings.Repeat(" ", 1<<20), "]", transport.LargestAnswer>>20)}
	w := lying(t, 26, l)
	w.applyText(`realms: {REALM: {}}`)
	err := w.once(`realms: {REALM: {clients: {one: {}}}}`)
	if wrong := (*transport.AnswerError)(nil); !l.Struck() || !errors.As(err, &wrong) || !strings.Contains(wrong.Want, "64 MiB") {
		t.Errorf("struck %v: %v", l.Struck(), err)
	}
}
