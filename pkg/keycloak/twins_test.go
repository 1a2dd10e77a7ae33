package keycloak_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
)

// doubled shows each object of some lists twice, with another id.
func doubled(next http.Handler, lists ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		twice := false
		for _, l := range lists {
			twice = twice || r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, l)
		}
		if !twice {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		var list []map[string]any
		if json.Unmarshal(rec.Body.Bytes(), &list) != nil {
			http.Error(w, "no list", http.StatusInternalServerError)
			return
		}
		for _, o := range list {
			twin := map[string]any{}
			for k, v := range o {
				twin[k] = v
			}
			twin["id"] = "twin"
			list = append(list, twin)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(list)
	})
}

// Of several objects of one name, nobody chooses the document's; others are nobody's matter.
func TestTwinsAreNoChoice(t *testing.T) {
	t.Parallel()
	h := httptest.NewServer(doubled(keycloaktest.New(keycloaktest.Options{}), "/groups", "/users"))
	t.Cleanup(h.Close)
	w := newWorld(t, newServer("doubled", h.URL, 26))
	w.run(w.document("realms: {REALM: {groups: {team: {}, other: {}}, users: {ann: {email: ann@example.com}}}}\n"))
	for _, c := range []struct{ text, says string }{
		{"realms: {REALM: {groups: {team: {}}}}\n", "group team of realm REALM: Keycloak has 2 of the name"},
		{"realms: {REALM: {groups: {team: {absent: true}}}}\n", "group team of realm REALM: Keycloak has 2"},
		{"realms: {REALM: {users: {ann: {firstName: Ann}}}}\n", "user ann of realm REALM: Keycloak has 2 of the name"},
		{"realms: {REALM: {groups: {new: {}}, users: {bob: {}}}}\n", ""},
	} {
		_, _, err := w.engine(w.document(c.text)).Plan(t.Context(), engine.PlanOptions{})
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), strings.ReplaceAll(c.says, "REALM", w.realm))) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}
