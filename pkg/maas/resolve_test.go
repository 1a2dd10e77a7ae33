package maas_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
)

// fakes are sources that hold a few values, and count how often each is asked for.
func fakes(values map[string]string) (maas.Sources, map[string]int) {
	asked := map[string]int{}
	get := func(key string) (string, bool) {
		asked[key]++
		v, ok := values[key]
		return v, ok
	}
	return maas.Sources{
		Env: func(name string) (string, bool) { return get("env:" + name) },
		ReadFile: func(path string) ([]byte, error) {
			v, ok := get("file:" + path)
			if !ok {
				return nil, os.ErrNotExist
			}
			return []byte(v), nil
		},
		Exec: func(_ context.Context, command string) ([]byte, error) {
			v, ok := get("exec:" + command)
			if !ok {
				return nil, errors.New("exit status 1")
			}
			return []byte(v), nil
		},
	}, asked
}

const referring = `apiVersion: maasctl/v1
name: test
threescale: {url: "https://${env:HOST}", token: "${env:TOKEN}"}
keycloak: {url: "https://sso.example.com", credentials: {username: admin, password: "${file:secrets/password}"}}
tenant: {accessCode: "", supportEmail: "help@${env:DOMAIN}"}
products: {granite: {secretToken: "${exec:pass token}", description: "costs $5, ${user.name}, $${env:NAME}", backends: {llama: "/${env:PATH_PART}/"}}}
backends: {llama: {url: "https://${env:HOST}/v1"}}
realms:
  team:
    displayName: ${role_admin}
    clients: {web: {secret: "${env:TOKEN}", redirectUris: ["https://${env:HOST}/*", "$${env:HOST}"]}}
`

func TestResolve(t *testing.T) {
	doc := load(t, referring, func(o *maas.Options) { o.Dir = "/docs" })
	if doc.ThreeScale.Token.Known() || doc.ThreeScale.Token.Ref() != "${env:TOKEN}" {
		t.Error("Load leaves references alone")
	}
	sources, asked := fakes(map[string]string{
		"env:HOST": "maas.example.com", "env:TOKEN": "canary-1\n", "env:DOMAIN": "example.com", "env:PATH_PART": "llm",
		"file:/docs/secrets/password": "canary-2\n", "exec:pass token": "canary-3\r\n",
	})
	if found := doc.Resolve(context.Background(), sources); len(found) > 0 {
		t.Fatal(found)
	}
	p, realm := doc.Products[0].Value, doc.Realms[0].Value
	got := map[string]string{
		"url": doc.ThreeScale.URL, "token": doc.ThreeScale.Token.Reveal(), "ref": doc.ThreeScale.Token.Ref(),
		"username": doc.Keycloak.Credentials.Username.Reveal(), "password": doc.Keycloak.Credentials.Password.Reveal(),
		"email": *doc.Tenant.Provider.SupportEmail, "secretToken": p.SecretToken.Reveal(), "description": *p.Description,
		"path": p.Backends[0].Value, "backend": *doc.Backends[0].Value.URL, "displayName": realm.Fields["displayName"].(string),
		"client": realm.Clients[0].Value.Fields["secret"].(secret.Value).Reveal(),
		"uri0":   realm.Clients[0].Value.Fields["redirectUris"].([]any)[0].(secret.Value).Reveal(),
		"uri1":   realm.Clients[0].Value.Fields["redirectUris"].([]any)[1].(string),
	}
	want := map[string]string{
		"url": "https://maas.example.com", "token": "canary-1", "ref": "${env:TOKEN}", "username": "admin",
		"password": "canary-2", "email": "help@example.com", "secretToken": "canary-3",
		"description": "costs $5, ${user.name}, ${env:NAME}", "path": "/llm", "backend": "https://maas.example.com:443/v1",
		"displayName": "${role_admin}", "client": "canary-1", "uri0": "https://maas.example.com/*", "uri1": "${env:HOST}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !doc.Tenant.AccessCode.Known() || doc.Tenant.AccessCode.Reveal() != "" {
		t.Error("an empty access code is known")
	}
	for key, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked for %d times", key, n)
		}
	}
	shown := fmt.Sprintf("%v %+v %#v", doc, doc, doc)
	asJSON, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := doc.Render()
	if err != nil {
		t.Fatal(err)
	}
	if all := shown + string(asJSON) + string(rendered); strings.Contains(all, "canary") {
		t.Error("a secret shows")
	}
}

func TestResolveReportsAllThatIsMissing(t *testing.T) {
	doc := load(t, referring, func(o *maas.Options) { o.Dir = "/docs" })
	sources, _ := fakes(map[string]string{"env:HOST": "not a host", "env:TOKEN": "", "env:DOMAIN": "x", "env:PATH_PART": "llm"})
	var got []string
	for _, d := range doc.Resolve(context.Background(), sources) {
		got = append(got, d.String())
	}
	want := []string{
		`stdin:3:19: error: threescale.url is the server's address, such as https://host.example.com [value]`,
		"stdin:3:49: error: threescale.token: ${env:TOKEN} is empty [secret]",
		"stdin:4:85: error: keycloak.credentials.password: the file /docs/secrets/password can't be read: file does not exist [secret]",
		"stdin:5:40: error: tenant.supportEmail: this is no e-mail address [value]",
		`stdin:6:35: error: secretToken of product granite: the command "pass token" failed: exit status 1 [secret]`,
		"stdin:7:25: error: url of backend llama: an address is scheme://host(:port)(/path), with http, https, ws or wss [value]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestResolveFromThisMachine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MAAS_TEST_TOKEN", "from-env")
	text := `apiVersion: maasctl/v1
name: test
threescale: {url: "https://maas-admin.example.com", token: "${file:token}", master: {url: "https://m.example.com", token: "${env:MAAS_TEST_TOKEN}"}}
keycloak: {url: "https://sso.example.com", credentials: {token: "${exec:echo from-exec}"}}
`
	if err := os.WriteFile(filepath.Join(dir, "maas.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	doc, found := maas.Load(maas.Options{Files: []string{filepath.Join(dir, "maas.yaml")}})
	if found.HasErrors() {
		t.Fatal(found)
	}
	if found := doc.Resolve(context.Background(), maas.Sources{}); len(found) > 0 {
		t.Fatal(found)
	}
	got := []string{doc.ThreeScale.Token.Reveal(), doc.ThreeScale.Master.Token.Reveal(), doc.Keycloak.Credentials.Token.Reveal()}
	if diff := cmp.Diff([]string{"from-file", "from-env", "from-exec"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestResolvedSecretsAreChecked looks at what only shows once a secret is known; no message may hold it.
func TestResolvedSecretsAreChecked(t *testing.T) {
	doc := load(t, `apiVersion: maasctl/v1
name: test
threescale: {url: "https://maas-admin.example.com", token: "${env:T}"}
products: {granite: {secretToken: "${env:BAD}", plans: {free: {}}}}
accounts:
  team:
    users: {dev: {email: dev@example.com, password: "${env:SHORT}"}}
    applications:
      app: {product: granite, plan: free, userKey: "${env:BAD}", keys: ["${env:BAD}"]}
`)
	sources, _ := fakes(map[string]string{"env:T": "t", "env:BAD": "canary é", "env:SHORT": "canary"})
	var got []string
	for _, d := range doc.Resolve(context.Background(), sources) {
		got = append(got, fmt.Sprintf("%d %s %s", d.Pos.Line, d.Severity, d.Code))
		if strings.Contains(d.String(), "canary") {
			t.Errorf("a secret shows: %s", d)
		}
	}
	want := []string{"4 error value", "7 warning value", "9 error value", "9 error value"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReferencesToObjects are names that aren't known before the references are resolved, and are checked then.
func TestReferencesToObjects(t *testing.T) {
	doc := load(t, head+`
keycloak: {url: "https://sso.example.com", credentials: {token: "${env:TOKEN}"}}
products:
  granite:
    metrics: {tokens: {unit: token}}
    mappingRules: ["GET /${env:VERSION}/models", {match: GET /, metric: "${env:METRIC}"}]
    features: {fast: {}}
    plans: {free: {features: ["${env:FEATURE}"]}}
    activeDocs: {docs: {file: "${env:DOCS}"}}
    authentication: {oidc: {client: "${env:CLIENT}"}}
accounts: {team: {applications: {app: {product: "${env:PRODUCT}", plan: "${env:PLAN}"}}}}
realms: {team: {roles: {r: {composites: ["${env:ROLE}"]}}}}
`)
	sources, _ := fakes(map[string]string{
		"env:TOKEN": "t", "env:VERSION": "v 1", "env:METRIC": "tokns", "env:FEATURE": "slow", "env:DOCS": "missing.json",
		"env:CLIENT": "team/none", "env:PRODUCT": "granite", "env:PLAN": "paid", "env:ROLE": "admin",
	})
	var got []string
	for _, d := range doc.Resolve(context.Background(), sources) {
		got = append(got, fmt.Sprintf("%d:%d %s", d.Pos.Line, d.Pos.Column, d.Code))
	}
	want := []string{
		"9:20 value", "9:73 reference", "11:31 reference", "12:31 file", "13:37 reference", "14:73 reference", "15:42 reference",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
