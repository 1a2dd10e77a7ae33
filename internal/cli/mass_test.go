package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Ctrl-C in the middle of one change of many writes: it ends between two of them, tells how far it came, and the next run makes
// the rest.
func TestInterruptInsideAChangeOfManyWrites(t *testing.T) {
	t.Parallel()
	var made atomic.Int64
	var once sync.Once
	var s *session
	s = newSession(t, func(next http.Handler, interrupts chan os.Signal) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/service_subscriptions.json") && r.Method == http.MethodPost {
				if made.Add(1) >= 20 {
					once.Do(func() {
						interrupts <- os.Interrupt
						s.out.await("finishing what is under way")
					})
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	for i := range 60 {
		body := fmt.Sprintf(`{"org_name":"Org %d","username":"user-%[1]d","email":"user%[1]d@example.com","password":"correct horse battery"}`, i)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/admin/api/signup.json", bytes.NewBufferString(body))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("", "token")
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil || resp.StatusCode != http.StatusCreated {
			t.Fatal(resp, err)
		}
		_ = resp.Body.Close()
	}
	const doc = "apiVersion: maasctl/v1\nname: test\nthreescale: {url: https://maas-admin.example.com, token: \"${env:TOKEN}\"}\n" +
		"products: {chat: {servicePlans: {Default: {default: true}}}, talk: {servicePlans: {Default: {default: true}}}}\naccounts: {subscribe: all}\n"
	if err := os.WriteFile(filepath.Join(s.dir, "maas.yaml"), []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := s.run("apply")
	done := made.Load()
	if code != ExitInterrupted || done < 20 || done > 30 || !strings.Contains(said, "122 subscriptions missing: 61 accounts, 2 products") ||
		!strings.Contains(said, fmt.Sprintf("update subscriptions (%d of 122 done)", done)) {
		t.Fatalf("exit code %d after %d writes: %s", code, done, said)
	}
	code, said = s.run("apply", "-o", "json")
	if code != ExitOK || made.Load() != 122 || !strings.Contains(said, fmt.Sprintf(`"steps": %d`, 122-done)) {
		t.Errorf("exit code %d after %d writes: %s", code, made.Load(), said)
	}
}
