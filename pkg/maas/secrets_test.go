package maas

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func TestSecretsOfADocument(t *testing.T) {
	const text = `
apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:TOKEN}"}
keycloak: {url: https://sso.example.com, credentials: {username: "${env:USER}", password: "${env:PASSWORD}"}}
products:
  granite: {name: Granite, policies: [{name: headers, configuration: {request: [{value: "${env:HEADER}"}]}}]}
realms:
  maas: {clients: {web: {secret: "${env:CLIENT}", standardFlowEnabled: false}}}
`
	doc, found := Load(Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	found = append(found, doc.Resolve(context.Background(), Sources{Env: func(name string) (string, bool) { return "v-" + name, true }})...)
	if found.HasErrors() {
		t.Fatal(found)
	}
	got := map[string]bool{}
	for _, s := range doc.Secrets() {
		got[s.Reveal()] = true
	}
	for _, want := range []string{"v-TOKEN", "v-PASSWORD", "v-HEADER", "v-CLIENT"} {
		if !got[want] {
			t.Errorf("%s is missing in %v", want, len(got))
		}
	}
	if got["v-USER"] {
		t.Error("a user name is no secret")
	}
}

func TestSecretNames(t *testing.T) {
	const text = `
apiVersion: maasctl/v1
name: test
keycloak: {url: "https://sso.example.com", credentials: {token: "${env:T}"}}
threescale: {url: "https://maas-admin.example.com", token: "${env:TOKEN}"}
products: {granite: {policies: [{name: headers, configuration: {request: [{op: set, header: X-Key, value: "${env:K}"}]}}]}}
realms: {team: {attributes: {x.y: "${env:A}", z: plain}, clients: {web: {secret: "${env:S}", redirectUris: ["${env:U}"]}}}}
`
	doc, found := Load(Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	if found.HasErrors() {
		t.Fatal(found)
	}
	if got := doc.SecretNames(); !slices.Equal(got, []string{"redirectUris", "secret", "value", "x.y"}) {
		t.Error(got)
	}
}
