package keycloak_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/maas"
)

// The documents' realms reach the states that are recorded of both servers, and stay there.
func TestExamplesReachTheRecordedStates(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		for _, example := range []string{"walkthrough", "models-aas", "oidc", "ml-realm", "realm-whole"} {
			t.Run(example, func(t *testing.T) { reaches(t, s, example) })
		}
	})
}

func reaches(t *testing.T, s server, example string) {
	w := newWorld(t, s)
	for _, name := range []string{"THREESCALE_TOKEN", "KEYCLOAK_USERNAME", "KEYCLOAK_PASSWORD", "KEYCLOAK_CLIENT_SECRET", "UPSTREAM_CLIENT_SECRET", "TESTUSER_PASSWORD", "ROBOT_PASSWORD", "AI_TEAM_PASSWORD"} {
		w.variables[name] = "some-" + strings.ToLower(name)
	}
	w.variables["GATEWAY_SECRET"] = "gateway-secret"
	doc := w.load(maas.Options{Files: []string{filepath.Join("..", "..", "testdata", "states", example, "maas.yaml")}})
	doc.Realms[0].Name = w.realm
	for _, p := range doc.Realms[0].Value.IdentityProviders {
		if p.Value.Discovery != "" { // the recorded state's upstream is a realm of the same server
			p.Value.Discovery = s.url + "/realms/" + upstream(w)
		}
	}
	w.apply(doc)
	got := w.state(map[string]string{"gateway-secret": "given:gateway"})
	if diff := cmp.Diff(testkit.Recorded(t, "keycloak", fmt.Sprintf("%s-%d.json", example, s.version)), renamed(got, w.realm+"-employees", "employees")); diff != "" {
		t.Errorf("recorded (-) and reached (+) differ:\n%s", diff)
	}
	if strings.Contains(w.trace.String(), "gateway-secret") || strings.Contains(w.trace.String(), "some-upstream") {
		t.Error("a secret stands in the trace")
	}
}

// upstream is a realm that others sign in by, made when it is first asked for.
func upstream(w *world) string {
	name := w.realm + "-employees"
	if status, _ := w.admin.call(http.MethodPost, "", map[string]any{"realm": name, "enabled": true}); status == http.StatusCreated {
		w.t.Cleanup(func() { w.admin.call(http.MethodDelete, "/"+name, nil) })
	}
	return name
}

// renamed puts one text for another everywhere.
func renamed(v any, from, to string) map[string]any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), from, to)), &out); err != nil {
		panic(err)
	}
	return out
}
