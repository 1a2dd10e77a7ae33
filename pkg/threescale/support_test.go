package threescale_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
	"example.com/maasctl/pkg/threescale/threescaletest/dump"
)

// tenant is a new 3scale with one tenant, and what a test does with it.
type tenant struct {
	*threescaletest.Running
	t tb

	prune     bool
	name      string // of the document, and so of the owner
	config    threescale.Config
	variables map[string]string // what ${env:} stands for
}

// tb is what tests, benchmarks and property checks have in common.
type tb interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// newTenant starts a 3scale that does in no time what a real one does in the background.
func newTenant(t tb, opts threescaletest.Options) *tenant {
	t.Helper()
	if opts.BackendReleaseDelay == 0 {
		opts.BackendReleaseDelay = -1
	}
	tn := &tenant{Running: threescaletest.Start(t, opts), t: t, name: "test", variables: map[string]string{"THREESCALE_TOKEN": "unused"}}
	tn.config = threescale.Config{
		URL: tn.URL, Token: secret.New("", tn.Token), Patience: 5 * time.Second, Pause: 10 * time.Millisecond,
		Transport: transport.Options{Backoff: time.Millisecond, Redactor: transport.NewRedactor(), Stats: &transport.Stats{}},
	}
	return tn
}

// document is the text with the sections that every document needs.
func (tn *tenant) document(text string) *maas.Document {
	tn.t.Helper()
	head := "apiVersion: maasctl/v1\nname: " + tn.name + "\nthreescale: {url: \"https://maas-admin.example.com\", token: \"${env:THREESCALE_TOKEN}\"}\n"
	return tn.load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(head + text), Dir: "testdata"})
}

func (tn *tenant) load(o maas.Options) *maas.Document {
	tn.t.Helper()
	doc, found := maas.Load(o)
	if found.HasErrors() {
		tn.t.Fatalf("the document has errors: %v", found)
	}
	env := func(name string) (string, bool) { v, ok := tn.variables[name]; return v, ok }
	if found = doc.Resolve(tn.t.Context(), maas.Sources{Env: env}); found.HasErrors() {
		tn.t.Fatalf("the document can't be resolved: %v", found)
	}
	return doc
}

func (tn *tenant) engine(doc *maas.Document) *engine.Engine {
	config := tn.config
	config.Owner = engine.Owner(doc)
	return engineOver(doc, threescale.Open(config))
}

func engineOver(doc *maas.Document, system engine.System) *engine.Engine {
	return &engine.Engine{Document: doc, Systems: []engine.System{system}, Settle: time.Millisecond}
}

// planned is a plan, and what it takes to carry it out.
type planned struct {
	*plan.Plan
	live   plan.State
	engine *engine.Engine
}

func (tn *tenant) plan(doc *maas.Document) *planned {
	tn.t.Helper()
	p, err := tn.tryPlan(doc)
	if err != nil {
		tn.t.Fatalf("plan: %v", err)
	}
	return p
}

func (tn *tenant) tryPlan(doc *maas.Document) (*planned, error) {
	return tn.planWith(tn.engine(doc), engine.PlanOptions{Prune: tn.prune})
}

// planOver plans with one system alone.
func (tn *tenant) planOver(doc *maas.Document, system engine.System) (*planned, error) {
	return tn.planWith(engineOver(doc, system), engine.PlanOptions{})
}

func (tn *tenant) planWith(e *engine.Engine, opts engine.PlanOptions) (*planned, error) {
	p, live, err := e.Plan(tn.t.Context(), opts)
	return &planned{p, live, e}, err
}

func (tn *tenant) run(p *planned, opts apply.Options) *apply.Result {
	return p.engine.Apply(tn.t.Context(), p.Plan, p.live, opts)
}

// reach applies a document and makes sure that nothing is left to do then: not one write, and an empty plan. It gives
// the first plan back.
func (tn *tenant) reach(text string) *planned {
	tn.t.Helper()
	return tn.reachDocument(tn.document(text))
}

func (tn *tenant) reachDocument(doc *maas.Document) *planned {
	tn.t.Helper()
	first := tn.plan(doc)
	tn.carriedOut(first)
	tn.settled(doc)
	return first
}

// carriedOut carries a plan out, and makes sure that the server has kept all of it.
func (tn *tenant) carriedOut(p *planned) {
	tn.t.Helper()
	r := tn.run(p, applyAll)
	if r.Err() != nil {
		tn.t.Fatalf("apply: %v", r.Err())
	}
	if found := tn.unkept(p, r); len(found) > 0 {
		tn.t.Fatalf("not kept: %+v", found)
	}
}

// unkept is what of a run the server didn't keep.
func (tn *tenant) unkept(p *planned, r *apply.Result) []plan.Unkept {
	tn.t.Helper()
	found, err := p.engine.Unkept(tn.t.Context(), p.Plan, p.live, r)
	if err != nil {
		tn.t.Fatal(err)
	}
	return found
}

// settled makes sure that the document has nothing to change.
func (tn *tenant) settled(doc *maas.Document) {
	tn.t.Helper()
	tn.Reset()
	again := tn.plan(doc)
	if !again.Empty {
		tn.t.Fatalf("something is left to do after an apply:\n%s", lines(again))
	}
	tn.run(again, apply.Options{})
	if n := len(tn.writes()); n > 0 {
		tn.t.Fatalf("%d writes where nothing changes: %v", n, tn.writes())
	}
}

// lines says what a plan does, a line a field.
func lines(p *planned) string {
	var b strings.Builder
	for _, c := range p.Changes {
		b.WriteString(string(c.Action) + " " + strings.TrimPrefix(string(c.Address), "3scale:") + "\n")
		for _, f := range c.Fields {
			text, err := json.Marshal(f)
			b.WriteString("    " + string(text) + "\n")
			if err != nil {
				b.WriteString("    " + err.Error() + "\n")
			}
		}
	}
	return b.String()
}

// actions are the changes of a plan, one line each.
func actions(p *planned) []string {
	out := []string{}
	for _, c := range p.Changes {
		out = append(out, string(c.Action)+" "+strings.TrimPrefix(string(c.Address), "3scale:"))
	}
	return out
}

// writes are the requests since the last Reset that aren't reads, as METHOD PATH.
func (tn *tenant) writes() []string {
	var out []string
	for _, q := range tn.Requests() {
		if q.Method != http.MethodGet {
			out = append(out, q.Method+" "+q.Path)
		}
	}
	return out
}

// state is the tenant as an independent reader sees it, without what a new tenant has.
func (tn *tenant) state() dump.State {
	tn.t.Helper()
	s, err := dump.Tenant(tn.t.Context(), dump.Options{
		URL: tn.URL, Token: tn.Token, Skip: []string{"api", "echo"}, Client: &http.Client{Transport: patient{http.DefaultTransport}},
	})
	if err != nil {
		tn.t.Fatal(err)
	}
	return s
}

// at goes down into a state.
func at(v any, path ...string) any {
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}

// expect compares something in the state with what JSON says.
func (tn *tenant) expect(want string, path ...string) {
	tn.t.Helper()
	tn.same(want, at(tn.state(), path...), strings.Join(path, "/"))
}

func (tn *tenant) same(want string, have any, what string) {
	tn.t.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		tn.t.Fatalf("%s: %v", want, err)
	}
	if diff := cmp.Diff(w, have); diff != "" {
		tn.t.Errorf("%s (-want +have):\n%s", what, diff)
	}
}

// call is somebody else's request to the tenant; it gives the object of the answer.
func (tn *tenant) call(method, path string, body any) map[string]any {
	tn.t.Helper()
	var out map[string]any
	tn.send(method, path, body, &out)
	for _, inner := range out {
		if o, ok := inner.(map[string]any); ok && len(out) == 1 {
			return o
		}
	}
	return out
}

func (tn *tenant) send(method, path string, body, out any) {
	tn.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		tn.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(tn.t.Context(), method, tn.URL+"/admin/api"+path+".json", bytes.NewReader(text))
	if err != nil {
		tn.t.Fatal(err)
	}
	r.SetBasicAuth("", tn.Token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		tn.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		tn.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	if len(bytes.TrimSpace(answer)) == 0 {
		return
	}
	if err := json.Unmarshal(answer, out); err != nil {
		tn.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// faulty is a fault of the stand-in in words.
func faulty(t tb, texts ...string) []threescaletest.Fault {
	t.Helper()
	var out []threescaletest.Fault
	for _, text := range texts {
		f, err := threescaletest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// front puts a handler between maasctl and the 3scale.
func (tn *tenant) front(around func(http.Handler) http.Handler) {
	server := httptest.NewServer(around(tn.Server))
	tn.t.Cleanup(server.Close)
	tn.config.URL = server.URL
}

// stepErrors are the changes that failed in a run, by address.
func stepErrors(r *apply.Result) map[plan.Address]string {
	out := map[plan.Address]string{}
	for _, o := range r.Outcomes {
		var step *apply.StepError
		if o.State == apply.Failed && errors.As(o.Err, &step) {
			out[o.Change.Address] = step.Err.Error()
		}
	}
	return out
}

var applyAll = apply.Options{}

// attributesOf are the names in an object of JSON.
func attributesOf(text string) []string {
	var object map[string]any
	if json.Unmarshal([]byte(text), &object) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(object))
}

// list reads all objects of a list, without their wrappers.
func (tn *tenant) list(path string) []map[string]any {
	tn.t.Helper()
	var body any
	tn.send("GET", path, nil, &body)
	if object, ok := body.(map[string]any); ok {
		for _, v := range object {
			if items, ok := v.([]any); ok {
				body = items
			}
		}
	}
	var out []map[string]any
	items, _ := body.([]any)
	for _, i := range items {
		outer, _ := i.(map[string]any)
		for _, inner := range outer {
			if o, ok := inner.(map[string]any); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// idOf is the number of an object, found by its system name.
func (tn *tenant) idOf(path, systemName string) string {
	tn.t.Helper()
	for _, o := range tn.list(path) {
		if o["system_name"] == systemName {
			return number(o["id"])
		}
	}
	tn.t.Fatalf("%s has no %s", path, systemName)
	return ""
}

func number(v any) string {
	n, _ := v.(float64)
	return strconv.FormatInt(int64(n), 10)
}

// latency is how long a slow server takes for each request.
const latency = 3 * time.Millisecond

// patient is a wire for those who only look: it asks again until there is a whole answer, whatever faults there are.
type patient struct{ next http.RoundTripper }

func (p patient) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	for range 100 {
		if resp, err = p.next.RoundTrip(r); err != nil {
			continue
		}
		var body []byte
		body, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(body))
		if err == nil && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
			return resp, nil
		}
	}
	return resp, err
}
