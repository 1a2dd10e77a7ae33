package keycloak_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/keycloak/keycloaktest/dump"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// server is one Keycloak that tests run against.
type server struct {
	name    string // of the subtest
	url     string // with the base path
	version int    // 26 or 18
	real    bool
	log     string // of its requests, a line each; "" where it has none
	dump    *dump.Server
}

// eachServer runs a test against the stand-ins, and against the real servers whose addresses the environment gives.
func eachServer(t *testing.T, test func(t *testing.T, s server)) {
	t.Helper()
	for _, s := range servers(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
	for _, server := range testkit.Keycloaks() {
		if server.URL == "" {
			t.Run(nameOf(server), func(t *testing.T) { server.Missing(t) })
		}
	}
}

func nameOf(server testkit.Real) string { return fmt.Sprintf("real-%d", server.Version) }

func servers(t testing.TB) []server {
	t.Helper()
	var all []server
	for _, version := range []int{26, 18} {
		all = append(all, stub(t, keycloaktest.Options{Version: version}))
	}
	for _, server := range testkit.Keycloaks() {
		if server.URL != "" {
			s := newServer(nameOf(server), server.URL, server.Version)
			s.real, s.log = true, server.Log
			all = append(all, s)
		}
	}
	return all
}

// stub starts a stand-in.
func stub(t testing.TB, opts keycloaktest.Options) server {
	t.Helper()
	h := httptest.NewServer(keycloaktest.New(opts))
	t.Cleanup(h.Close)
	base := h.URL
	if opts.Version == 18 {
		base += "/auth"
	}
	return newServer(fmt.Sprintf("stand-in-%d", opts.Version), base, opts.Version)
}

func newServer(name, url string, version int) server {
	return server{name: name, url: url, version: version, dump: &dump.Server{Base: url, User: "admin", Password: "admin"}}
}

// world is a server, a realm of its own on it, and what a test does there.
type world struct {
	t     testing.TB
	s     server
	realm string // stands for REALM in documents
	owner string // the document's name

	config    keycloak.Config
	stats     *transport.Stats
	trace     *bytes.Buffer
	variables map[string]string // what ${env:} stands for
	prune     bool
	admin     *admin
}

var realms atomic.Int64

func newWorld(t testing.TB, s server) *world {
	t.Helper()
	w := &world{
		t: t, s: s, realm: fmt.Sprintf("test-%d-%d", os.Getpid(), realms.Add(1)),
		stats: &transport.Stats{}, trace: &bytes.Buffer{}, variables: map[string]string{},
		admin: newAdmin(t, s.url),
	}
	w.owner = w.realm // --prune takes all realms of one owner: tests side by side need one each
	w.config = keycloak.Config{
		URL:         s.url,
		Credentials: keycloak.Credentials{Username: secret.New("", "admin"), Password: secret.New("", "admin")},
		Transport:   transport.Options{Agent: w.realm, Redactor: transport.NewRedactor(), Stats: w.stats, Trace: w.trace, Backoff: 20 * time.Millisecond},
	}
	t.Cleanup(func() { w.admin.call(http.MethodDelete, "/"+w.realm, nil) })
	return w
}

// mark is what the document's objects carry.
func (w *world) mark() string { return "maasctl:" + w.owner }

// document is the text with the sections that every document needs.
func (w *world) document(text string) *maas.Document {
	w.t.Helper()
	head := "apiVersion: maasctl/v1\nname: " + w.owner + "\nkeycloak: {url: \"https://sso.example.com\", credentials: {username: \"${env:U}\", password: \"${env:P}\"}}\n"
	w.variables["U"], w.variables["P"] = "unused", "unused"
	return w.load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(head + strings.ReplaceAll(text, "REALM", w.realm))})
}

func (w *world) load(o maas.Options) *maas.Document {
	w.t.Helper()
	doc, found := maas.Load(o)
	if found.HasErrors() {
		w.t.Fatalf("the document has errors: %v", found)
	}
	env := func(name string) (string, bool) { v, ok := w.variables[name]; return v, ok }
	if found = doc.Resolve(w.t.Context(), maas.Sources{Env: env}); found.HasErrors() {
		w.t.Fatalf("the document can't be resolved: %v", found)
	}
	return doc
}

func (w *world) engine(doc *maas.Document) *engine.Engine {
	config := w.config
	config.Owner = engine.Owner(doc)
	return &engine.Engine{Document: doc, Systems: []engine.System{keycloak.Open(config)}, Settle: time.Millisecond}
}

func (w *world) plan(doc *maas.Document) (*engine.Engine, *plan.Plan, plan.State) {
	w.t.Helper()
	e := w.engine(doc)
	p, live, err := e.Plan(w.t.Context(), engine.PlanOptions{Prune: w.prune})
	if err != nil {
		w.t.Fatalf("plan: %v", err)
	}
	return e, p, live
}

// refused is the error of planning a document; nil where it can be planned.
func (w *world) refused(doc *maas.Document) error {
	w.t.Helper()
	_, _, err := w.engine(doc).Plan(w.t.Context(), engine.PlanOptions{Prune: w.prune})
	return err
}

// apply carries a document out, and requires that a second look finds nothing to do.
func (w *world) apply(doc *maas.Document) *plan.Plan {
	w.t.Helper()
	e, p, live := w.plan(doc)
	r := e.Apply(w.t.Context(), p, live, apply.Options{})
	if r.Err() != nil {
		w.t.Fatalf("apply: %v", r.Err())
	}
	found, err := e.Unkept(w.t.Context(), p, live, r)
	if err != nil || len(found) > 0 {
		w.t.Errorf("not kept: %+v, error %v", found, err)
	}
	_, again, _ := w.plan(doc)
	for _, c := range again.Changes {
		w.t.Errorf("after applying: %s %s: %s", c.Action, c.Address, lines(c.Fields))
	}
	return p
}

func (w *world) run(doc *maas.Document) *plan.Plan {
	w.t.Helper()
	e, p, live := w.plan(doc)
	if err := e.Apply(w.t.Context(), p, live, apply.Options{}).Err(); err != nil {
		w.t.Fatalf("apply: %v", err)
	}
	return p
}

func (w *world) applyText(text string) *plan.Plan {
	w.t.Helper()
	return w.apply(w.document(text))
}

func lines(fields []plan.FieldChange) string {
	var out []string
	for _, f := range fields {
		out = append(out, fmt.Sprintf("%s %s %s: %v -> %v", f.Action, f.Name, f.Element, f.Old, f.New))
	}
	return strings.Join(out, "; ")
}

// state is the realm as it stands.
func (w *world) state(secrets map[string]string) map[string]any {
	w.t.Helper()
	state, err := w.s.dump.Realm(w.t.Context(), w.realm, secrets)
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}

// admin is an administrator with nothing between them and the server.
type admin struct {
	t     testing.TB
	base  string
	token string
}

// wire keeps as many connections as are used at once.
var wire = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: concurrency}}

func newAdmin(t testing.TB, base string) *admin {
	t.Helper()
	a := &admin{t: t, base: base}
	a.token = a.signIn("master", url.Values{"client_id": {"admin-cli"}, "grant_type": {"password"}, "username": {"admin"}, "password": {"admin"}})
	return a
}

func (a *admin) signIn(realm string, form url.Values) string {
	a.t.Helper()
	resp, err := http.PostForm(a.base+"/realms/"+realm+"/protocol/openid-connect/token", form)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		a.t.Fatal(err)
	}
	return answer.Token
}

// call sends one request, and gives its status and what it brought.
func (a *admin) call(method, path string, body any) (int, any) {
	a.t.Helper()
	status, out, _ := a.exchange(method, path, body)
	return status, out
}

// exchange is call with the answer's headers. A token ends in the middle of a test where the machine is slow.
func (a *admin) exchange(method, path string, body any) (int, any, http.Header) {
	a.t.Helper()
	status, out, header := a.send(method, path, body)
	if status == http.StatusUnauthorized {
		a.token = newAdmin(a.t, a.base).token
		status, out, header = a.send(method, path, body)
	}
	return status, out, header
}

func (a *admin) send(method, path string, body any) (int, any, http.Header) {
	a.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, a.base+"/admin/realms"+path, reader)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := wire.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out any
	_ = json.NewDecoder(resp.Body).Decode(&out)
	return resp.StatusCode, out, resp.Header
}

// must is call where anything but success ends the test.
func (a *admin) must(method, path string, body any) any {
	a.t.Helper()
	status, out := a.call(method, path, body)
	if status >= 300 {
		a.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// get reads one object of the world's realm; find one of a list, by a field.
func (w *world) get(path string) map[string]any {
	w.t.Helper()
	m, _ := w.admin.must(http.MethodGet, "/"+w.realm+path, nil).(map[string]any)
	return m
}

func (w *world) find(path, field, value string) map[string]any {
	w.t.Helper()
	list, _ := w.admin.must(http.MethodGet, "/"+w.realm+path, nil).([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok && m[field] == value {
			return m
		}
	}
	return nil
}

func (w *world) client(id string) map[string]any {
	w.t.Helper()
	return w.find("/clients?clientId="+url.QueryEscape(id), "clientId", id)
}

func list(v any) []any { l, _ := v.([]any); return l }

func has(values []any, v any) bool { return slices.Contains(values, v) }

func sameSet(t *testing.T, what string, got []any, want ...string) {
	t.Helper()
	var texts []string
	for _, g := range got {
		texts = append(texts, fmt.Sprint(g))
	}
	slices.Sort(texts)
	slices.Sort(want)
	if !slices.Equal(texts, want) {
		t.Errorf("%s: %v, not %v", what, texts, want)
	}
}

func (w *world) names(path string) []any {
	w.t.Helper()
	var out []any
	for _, e := range list(w.admin.must(http.MethodGet, "/"+w.realm+path, nil)) {
		out = append(out, e.(map[string]any)["name"])
	}
	return out
}

func (w *world) user(name string) map[string]any {
	w.t.Helper()
	return w.find("/users?exact=true&username="+name, "username", name)
}

// allowAttributes lets users of a 26 have any attributes.
func (w *world) allowAttributes() {
	w.t.Helper()
	profile := w.get("/users/profile")
	profile["unmanagedAttributePolicy"] = "ENABLED"
	w.admin.must(http.MethodPut, "/"+w.realm+"/users/profile", profile)
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
