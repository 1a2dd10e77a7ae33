package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/maasctl/internal/sandbox"
)

// What the sandbox says to try fits the document that is at hand.
func TestSandboxHints(t *testing.T) {
	t.Parallel()
	dir, examples := t.TempDir(), filepath.Join("..", "..", "examples")
	const odd = `apiVersion: maasctl/v1
name: test
threescale: {url: "https://a.example.com", token: "${file:token}"}
keycloak: {url: "https://b.example.com", credentials: {realm: own, username: "${env:U}", password: "${env:P}"}}
realms: {a.b: {identityProviders: {up: {discovery: "https://c.example.com", config: {clientId: x}}}}}
`
	if err := os.WriteFile(filepath.Join(dir, "maas.yaml"), []byte(odd), 0o600); err != nil {
		t.Fatal(err)
	}
	const three, key = " --set threescale.url=http://3scale", " --set keycloak.url=http://keycloak"
	const administrator = ` --set 'keycloak.credentials={username: admin, password: "${env:KEYCLOAK_PASSWORD}"}'`
	for _, c := range []struct {
		dir, file, env     string
		command, variables string
	}{
		{dir, "", "", "diff" + three + key + administrator + ` --set 'realms["a.b"].identityProviders.up.discovery=http://keycloak/realms/master'`, "KEYCLOAK_PASSWORD=admin"},
		{t.TempDir(), "", "", "diff" + three + key, "THREESCALE_TOKEN=token KEYCLOAK_USERNAME=admin KEYCLOAK_PASSWORD=admin"},
		{examples, "ml-realm/maas.yaml", "", "diff -f ml-realm/maas.yaml" + key, "KEYCLOAK_USERNAME=admin KEYCLOAK_PASSWORD=admin"},
		{examples, "oidc/maas.yaml", "", "diff -f oidc/maas.yaml" + three + key + administrator, "THREESCALE_TOKEN=token KEYCLOAK_PASSWORD=admin"},
		{examples, "tiers/maas.yaml", "staging", "diff -f tiers/maas.yaml -e staging" + three, "STAGING_TOKEN=token"},
	} {
		o := &sandboxOptions{global: &global{IO: IO{Dir: c.dir}, environment: c.env}}
		if c.file != "" {
			o.files = []string{c.file}
		}
		h := o.hintFor(&sandbox.Sandbox{ThreeScale: "http://3scale", Keycloak: "http://keycloak", Token: "token"})
		if got := h.command("diff"); got != "maasctl "+c.command {
			t.Errorf("%s: %s", c.file, got)
		}
		if got := strings.Join(h.variables, " "); got != c.variables {
			t.Errorf("%s: %s", c.file, got)
		}
	}
}
