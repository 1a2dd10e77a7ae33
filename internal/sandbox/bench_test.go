package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/maasctl/internal/sandbox"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// bigState is the file of a sandbox with so many products, each with a backend.
func bigState(b *testing.B, products int) string {
	b.Helper()
	s := threescaletest.New(threescaletest.Options{Token: "sandbox", WriteGap: -1})
	post := func(path, body string) {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/admin/api/"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.SetBasicAuth("", "sandbox")
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusCreated {
			b.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for i := range products {
		name := fmt.Sprintf("model-%05d", i)
		post("services.json", `{"name": "`+name+`", "system_name": "`+name+`"}`)
		post("backend_apis.json", `{"name": "`+name+`", "system_name": "`+name+`", "private_endpoint": "https://`+name+`.example.com"}`)
		post(fmt.Sprintf("services/%d/backend_usages.json", i+3), fmt.Sprintf(`{"backend_api_id": %d, "path": "/"}`, i+3))
	}
	state := bytes.NewBufferString(`{"formatVersion":1,"threescale":`)
	if err := s.Save(state); err != nil {
		b.Fatal(err)
	}
	state.WriteString(`,"keycloak":`)
	if err := keycloaktest.New(keycloaktest.Options{}).Save(state); err != nil {
		b.Fatal(err)
	}
	state.WriteString("}")
	file := filepath.Join(b.TempDir(), "state.json")
	if err := os.WriteFile(file, state.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

func fetch(b *testing.B, url string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.SetBasicAuth("", "sandbox")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v", url, resp.Status, err)
	}
}

// BenchmarkTenThousandProducts goes on from a file with ten thousand products, lists them all and shows the page, and
// keeps the file again.
func BenchmarkTenThousandProducts(b *testing.B) {
	const products = 10000
	file := bigState(b, products)
	for b.Loop() {
		s, err := sandbox.Start(b.Context(), sandbox.Config{Listen: ":0", KeycloakListen: ":0", State: file})
		if err != nil {
			b.Fatal(err)
		}
		for page := 1; page <= products/500+1; page++ {
			fetch(b, fmt.Sprintf("%s/admin/api/services.json?page=%d&per_page=500", s.ThreeScale, page))
		}
		fetch(b, s.ThreeScale+"/sandbox?q=model-07")
		if err := s.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
