package threescale_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// described are API descriptions of each version that 3scale reads.
var described = []string{
	`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"servers":[{"url":"https://{host}.example.com/v1","variables":{"host":{"default":"a","enum":["a","b"]}}}],
	  "paths":{"/a/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
	    "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/P"}}}}}}}},
	  "components":{"schemas":{"P":{"type":"object","required":["n"],"properties":{"n":{"type":"integer","minimum":0,"exclusiveMinimum":true,"nullable":true}}}}}}`,
	`{"openapi":"3.1.0","info":{"title":"T","version":"1","summary":"S"},"servers":[{"url":"https://a.example.com"}],
	  "paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":["string","null"],"exclusiveMinimum":0}}}},"responses":{"200":{"description":"OK"}}}}},
	  "components":{"schemas":{"P":{"type":"object"}}}}`,
	`{"swagger":"2.0","info":{"title":"T","version":"1"},"host":"a.example.com","basePath":"/v1","schemes":["https"],
	  "paths":{"/a":{"get":{"parameters":[{"name":"q","in":"query","type":"string"}],"responses":{"200":{"description":"OK","schema":{"$ref":"#/definitions/P"}}}}}},
	  "definitions":{"P":{"type":"object","properties":{"n":{"type":"integer"}}}}}`,
	`{"swaggerVersion":"1.2","basePath":"https://a.example.com","apis":[{"path":"/a","operations":[{"method":"GET","nickname":"n","type":"void","parameters":[]}]}]}`,
	`{"apis":[{"operations":[{"parameters":[{"paramType":"query"}]}]}]}`,
}

// TestDescriptionsAreRefusedBeforehand breaks descriptions in some places: what 3scale refuses is found offline, and nothing
// else is.
func TestDescriptionsAreRefusedBeforehand(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	dir := t.TempDir()
	client := transport.New(transport.Options{Authorize: func(r *http.Request) error { r.SetBasicAuth("", tn.Token); return nil }})
	n := 0
	refused := func(rt *rapid.T, body string, skip bool) bool {
		n++
		sent, err := json.Marshal(map[string]any{"name": "Doc", "system_name": fmt.Sprintf("doc_%d", n), "body": body, "skip_swagger_validations": skip})
		if err != nil {
			rt.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tn.URL+"/admin/api/active_docs.json", strings.NewReader(string(sent)))
		if err != nil {
			rt.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		var no *transport.Error
		if errors.As(err, &no) && no.Status == http.StatusUnprocessableEntity {
			return true
		}
		if err != nil {
			rt.Fatal(err)
		}
		_ = resp.Body.Close()
		return false
	}
	rapid.Check(t, func(rt *rapid.T) {
		var doc any
		if err := json.Unmarshal([]byte(rapid.SampledFrom(described).Draw(rt, "doc")), &doc); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(0, 2).Draw(rt, "mistakes") {
			if broken := mistaken(rt, doc); isMapping(broken) { // what is none, is none of a description's versions
				doc = broken
			}
		}
		body, err := json.Marshal(doc)
		if err != nil {
			rt.Fatal(err)
		}
		skip := rapid.Bool().Draw(rt, "skip")
		if err := os.WriteFile(filepath.Join(dir, "spec.json"), body, 0o600); err != nil {
			rt.Fatal(err)
		}
		text := fmt.Sprintf("apiVersion: maasctl/v1\nname: test\nthreescale: {url: \"https://a.example.com\", token: \"${env:T}\"}\n"+
			"products: {one: {activeDocs: {doc1: {file: spec.json, skipSwaggerValidations: %v}}}}\n", skip)
		_, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text), Dir: dir})
		if want := refused(rt, string(body), skip); found.HasErrors() != want {
			rt.Errorf("3scale refuses it: %v, the document says %v\n%s", want, found, body)
		}
		for _, d := range found {
			if d.Pos.File != "spec.json" || d.Pos.Line == 0 {
				rt.Errorf("without a place in the file: %v", d)
			}
		}
	})
}

func isMapping(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// mistaken changes, takes away or adds one thing somewhere.
func mistaken(rt *rapid.T, v any) any {
	if rapid.IntRange(0, 3).Draw(rt, "deeper") > 0 {
		switch x := v.(type) {
		case map[string]any:
			keys := slices.Sorted(func(yield func(string) bool) {
				for k := range x {
					if !yield(k) {
						return
					}
				}
			})
			if len(keys) == 0 {
				break
			}
			key := rapid.SampledFrom(keys).Draw(rt, "key")
			if rapid.IntRange(0, 4).Draw(rt, "gone") == 0 {
				delete(x, key)
			} else {
				x[key] = mistaken(rt, x[key])
			}
			return x
		case []any:
			if len(x) > 0 {
				i := rapid.IntRange(0, len(x)-1).Draw(rt, "index")
				x[i] = mistaken(rt, x[i])
				return x
			}
		}
	}
	if x, ok := v.(map[string]any); ok && rapid.Bool().Draw(rt, "added") {
		x[rapid.SampledFrom([]string{"nope", "x-own", "$ref", "description", "servers", "host", "type"}).Draw(rt, "new")] = "new"
		return x
	}
	return rapid.SampledFrom([]any{true, 0, 1, 1.5, "", "/", "text", "2.0", "3.0.0", "3.1", "1.1", "4.0.0", "localhost", "https://localhost", []any{}, []any{"a", "a"}, map[string]any{}}).Draw(rt, "value")
}

// What a description says of its server is written in the form of its version, and read back from it.
func TestServersOfDescriptions(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	const head = "products: {shop: {mappingRules: [GET /a], activeDocs: {doc1: {file: FILE, server: SERVER}}}}\n"
	reach := func(file, server string) {
		t.Helper()
		tn.reach(strings.NewReplacer("FILE", file, "SERVER", server).Replace(head))
	}
	said := func(want string) {
		t.Helper()
		body := at(tn.state(), "active_docs", "doc1", "body").(map[string]any)
		got := map[string]any{}
		for _, key := range []string{"servers", "host", "basePath", "schemes"} {
			if v, ok := body[key]; ok {
				got[key] = v
			}
		}
		tn.same(want, got, "servers")
	}
	reach("swagger.json", "production")
	said(`{"host":"shop-TENANT-apicast-production.example.com:443","basePath":"/","schemes":["https"]}`)
	reach("swagger.json", "http://a.example.com:8080/v2")
	said(`{"host":"a.example.com:8080","basePath":"/v2","schemes":["http"]}`)
	reach("swagger.json", "https://a.example.com/")
	said(`{"host":"a.example.com","basePath":"/","schemes":["https"]}`)
	reach("openapi.json", "https://a.example.com/")
	said(`{"servers":[{"url":"https://a.example.com/"}]}`)
	reach("swagger.json", "staging")
	said(`{"host":"shop-TENANT-apicast-staging.example.com:443","basePath":"/","schemes":["https"]}`)
	tn.reach("products: {shop: {mappingRules: [GET /a], activeDocs: {doc1: {file: swagger.json}}}}")
	said(`{"host":"internal.example.com","basePath":"/v2","schemes":["http","https"]}`)
}
