package cli

import (
	"bytes"
	encodingjson "encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// formatSchemas compiles the schemas of all formats.
func formatSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	out := map[string]*jsonschema.Schema{}
	for _, f := range view.Formats() {
		text, err := f.Schema()
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(f.Name, parsed); err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = compiler.Compile(f.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestWhatProgramsReadIsAsItsSchemaSays runs every command with -o json in the states in which they write something else, and
// holds what they write to the published schemas. Each format is written at least once.
func TestWhatProgramsReadIsAsItsSchemaSays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const head = "apiVersion: maasctl/v1\nname: test\nthreescale: {url: https://maas-admin.example.com, token: \"${env:TOKEN}\"}\n" +
		"keycloak: {url: https://sso.example.com, credentials: {username: \"${env:USER}\", password: \"${env:USER}\"}}\n"
	write("empty.yaml", head)
	write("full.yaml", head+`
tenant: {timezone: Berlin, signIn: {rhsso: {kind: keycloak, client: team/web}}}
backends: {granite: {url: "https://granite.example.com"}}
products:
  granite:
    backends: {granite: /}
    metrics: {aa: {name: A, unit: x}}
    plans: {free: {limits: {aa: {day: 10}}}}
    policies: [{name: headers, configuration: {request: [{op: set, header: X-Key, value: "${env:TOKEN}"}]}}]
    promotion: automatic
realms: {team: {clients: {web: {redirectUris: ["https://app.example.com/*"]}}}}
outputs: {issuer: "${realms.team.issuer}"}
`)
	write("less.yaml", head+"products: {granite: {metrics: {}, plans: {}}}\nbackends: {}\nrealms: {team: {clients: {}}}\n")
	write("broken.yaml", head+"products: {granite: {metrics: {aa: {unit: 1}}, plan: {}}}\n")
	faults := []threescaletest.Fault{}
	for _, rule := range []string{"POST /admin/api/services/*/application_plans.json nth=1 status=422"} {
		fault, err := threescaletest.ParseFault(rule)
		if err != nil {
			t.Fatal(err)
		}
		faults = append(faults, fault)
	}
	threescale := httptest.NewServer(threescaletest.New(threescaletest.Options{Token: "admin", Faults: faults, BackendReleaseDelay: -1}))
	defer threescale.Close()
	keycloak := httptest.NewServer(keycloaktest.New(keycloaktest.Options{}))
	defer keycloak.Close()
	schemas, written := formatSchemas(t), map[string]bool{}
	for _, step := range []struct {
		format string
		code   ExitCode
		args   []string
	}{
		{"version", ExitOK, []string{"version"}},
		{"findings", ExitOK, []string{"lint", "-f", "empty.yaml"}},
		{"findings", ExitError, []string{"lint", "-f", "broken.yaml"}},
		{"findings", ExitError, []string{"validate", "-f", "broken.yaml"}},
		{"plan", ExitOK, []string{"diff", "-f", "empty.yaml"}},
		{"plan", ExitChanges, []string{"diff", "-f", "full.yaml"}},
		{"applied", ExitOK, []string{"apply", "-f", "full.yaml", "--dry-run"}},
		{"applied", ExitPartial, []string{"apply", "-f", "full.yaml"}},
		{"applied", ExitOK, []string{"apply", "-f", "full.yaml"}},
		{"applied", ExitOK, []string{"apply", "-f", "full.yaml"}},
		{"outputs", ExitOK, []string{"output", "-f", "full.yaml"}},
		{"outputs", ExitOK, []string{"output", "-f", "empty.yaml"}},
		{"checks", ExitOK, []string{"doctor", "-f", "full.yaml"}},
		{"checks", ExitOK, []string{"doctor", "-f", "empty.yaml"}},
		{"status", ExitOK, []string{"status", "-f", "full.yaml"}},
		{"status", ExitOK, []string{"status", "-f", "empty.yaml"}},
		{"status", ExitOK, []string{"status", "-f", "full.yaml", "--set", "products.new={}", "--set", "products.granite.backends.granite=/new", "granite", "new"}},
		{"applied", ExitOK, []string{"promote", "-f", "full.yaml"}},
		{"applied", ExitOK, []string{"apply", "-f", "full.yaml", "--set", "products.granite.backends.granite=/new"}},
		{"applied", ExitOK, []string{"rollback", "granite", "-f", "full.yaml"}},
		{"applied", ExitOK, []string{"rollback", "granite", "-f", "full.yaml"}},
		{"versions", ExitOK, []string{"rollback", "granite", "-f", "full.yaml", "--list"}},
		{"plan", ExitOK, []string{"diff", "-f", "less.yaml"}},
		{"plan", ExitChanges, []string{"diff", "-f", "less.yaml", "--prune", "--target", "product/granite"}},
		{"applied", ExitOK, []string{"apply", "-f", "less.yaml", "--prune", "--yes"}},
	} {
		var out, errs output
		code := Run(t.Context(), append(step.args, "-o", "json", "--set", "threescale.url="+threescale.URL, "--set", "keycloak.url="+keycloak.URL), IO{
			In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Dir: dir,
			LookupEnv: func(name string) (string, bool) { return "admin", slices.Contains([]string{"TOKEN", "USER"}, name) },
		})
		text := out.taken()
		if code != step.code {
			t.Errorf("%s: exit %d, not %d:\n%s", step.args, code, step.code, errs.taken())
		}
		written[step.format] = true
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", step.args, err, text)
			continue
		}
		if err := schemas[step.format].Validate(value); err != nil {
			t.Errorf("%s: %v", step.args, err)
		}
	}
	for _, f := range view.Formats() {
		if !written[f.Name] {
			t.Errorf("no command writes the format %s", f.Name)
		}
	}
}

// TestASchemaOfAFormatIsPrinted holds that what is published can be had of the program itself, for all formats.
func TestASchemaOfAFormatIsPrinted(t *testing.T) {
	t.Parallel()
	for _, f := range view.Formats() {
		var out output
		streams := IO{In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false }}
		code := Run(t.Context(), []string{"schema", f.Name}, streams)
		want, err := f.Schema()
		if text := out.taken(); err != nil || code != ExitOK || text != string(want) {
			t.Errorf("%s: exit %d, %v\n%s", f.Name, code, err, text)
		}
		var schema struct {
			Properties map[string]struct{ Const any }
			Required   []string
		}
		if err := encodingjson.Unmarshal(want, &schema); err != nil {
			t.Fatal(err)
		}
		if schema.Properties["formatVersion"].Const != f.Version || !slices.Contains(schema.Required, "formatVersion") {
			t.Errorf("%s has no formatVersion", f.Name)
		}
	}
	var out output
	streams := IO{In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now, LookupEnv: func(string) (string, bool) { return "", false }}
	if code := Run(t.Context(), []string{"schema", "plann"}, streams); code != ExitError || !out.has(`did you mean "plan"?`) {
		t.Errorf("exit %d: %s", code, out.taken())
	}
}
