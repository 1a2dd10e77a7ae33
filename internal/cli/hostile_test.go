package cli

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode"
)

const portalUser = `
products:
  chat: {name: Chat, plans: {free: {}}, servicePlans: {Default: {default: true}}}
  kept: {name: Kept}
accounts:
  Acme: {users: {alice: {email: alice@acme.example.com}}, applications: {bot: {product: chat, plan: free}}}
`

// TestWhatAPortalUserChooses: whoever signs up chooses names and texts. They are shown where they are changed, deleted or
// refused, and do nothing to whoever reads that, in whatever form.
func TestWhatAPortalUserChooses(t *testing.T) {
	t.Parallel()
	const hostile = "x\x1b[2J\r\n::error::owned\n```\n##[error]owned \u202egnp.exe\u009b"
	s := newSession(t, func(next http.Handler, _ chan os.Signal) http.Handler { return next })
	s.write(t, portalUser)
	if code, out := s.run("apply"); code != ExitOK {
		t.Fatal(out)
	}
	s.rename(t, "/admin/api/accounts", "account", "org_name", "Acme", strings.ReplaceAll(hostile, "\n", " "))
	s.rename(t, "/admin/api/applications", "application", "name", "bot", hostile)
	s.rename(t, "/admin/api/applications", "application", "description", "", hostile)

	s.write(t, strings.Replace(strings.Split(portalUser, "accounts:")[0], "chat: {name: Chat, ", "chat: {absent: true, ", 1))
	seen := 0
	for _, args := range [][]string{
		{"diff"}, {"diff", "--summary"}, {"diff", "-o", "markdown"}, {"diff", "-o", "github"}, {"diff", "-o", "sarif"}, {"diff", "-o", "json"},
		{"apply", "--max-deletes", "0"}, {"apply", "-v", "--max-deletes", "9"},
	} {
		_, out := s.run(args...)
		if strings.Contains(out, "owned") {
			seen++
		}
		for _, r := range out {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				t.Fatalf("%v: %U is in the output: %q", args, r, out)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "::error") || args[len(args)-1] != "json" && strings.Contains(line, "##[") {
				t.Errorf("%v: %q", args, line)
			}
		}
	}
	if seen < 7 {
		t.Errorf("the names were shown %d times", seen)
	}
}

// rename changes a field as the portal would.
func (s *session) rename(t *testing.T, collection, kind, field, old, name string) {
	t.Helper()
	var found map[string][]map[string]map[string]any
	s.ask(t, http.MethodGet, collection, nil, &found)
	for _, o := range found[kind+"s"] {
		if x := o[kind]; fmt.Sprint(x[field]) == old || old == "" && strings.Contains(fmt.Sprint(x["name"]), "owned") {
			path := fmt.Sprintf("/admin/api/accounts/%.0f", x["id"])
			if kind == "application" {
				path = fmt.Sprintf("/admin/api/accounts/%.0f/applications/%.0f", x["account_id"], x["id"])
			}
			s.ask(t, http.MethodPut, path, map[string]any{field: name}, nil)
			return
		}
	}
	t.Fatalf("no %s has the %s %q", kind, field, old)
}

func (s *session) ask(t *testing.T, method, path string, body, out any) {
	t.Helper()
	text, err := stdjson.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path+".json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("", "token")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if out != nil {
		if err := stdjson.NewDecoder(resp.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
	}
}
