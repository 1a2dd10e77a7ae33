package cli

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"maasctl": func() { os.Exit(int(Main())) }})
}

// TestScripts runs maasctl as its users do. In a script, `servers` starts both stand-ins and sets THREESCALE_URL and
// KEYCLOAK_URL; its arguments are faults of the 3scale one.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("README", filepath.Join(filepath.Dir(examples), "README.md"))
			for name, value := range map[string]string{
				"THREESCALE_TOKEN": "canary-token", "KEYCLOAK_USERNAME": "admin", "KEYCLOAK_PASSWORD": "admin",
				"UPSTREAM_CLIENT_SECRET": "canary-upstream", "TESTUSER_PASSWORD": "canary-password",
			} {
				e.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"servers": servers},
	})
}

func servers(ts *testscript.TestScript, _ bool, args []string) {
	opts := threescaletest.Options{Token: "canary-token", BackendReleaseDelay: -1}
	for _, rule := range args {
		fault, err := threescaletest.ParseFault(rule)
		ts.Check(err)
		opts.Faults = append(opts.Faults, fault)
	}
	threescale := httptest.NewServer(threescaletest.New(opts))
	ts.Defer(threescale.Close)
	ts.Setenv("THREESCALE_URL", threescale.URL)
	keycloak := httptest.NewServer(keycloaktest.New(keycloaktest.Options{}))
	ts.Defer(keycloak.Close)
	ts.Setenv("KEYCLOAK_URL", keycloak.URL)
}
