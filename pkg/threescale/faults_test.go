package threescale_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

const everything = `
backends:
  one: {url: "http://one.example.com", metrics: {bytes: {unit: byte}}, methods: {send: {rules: [POST /send]}}}
  two: {url: "http://two.example.com"}
products:
  shop:
    description: Sells
    backends: {one: /, two: /two}
    authentication: {apiKey: {name: Authorization, location: headers}}
    metrics: {tokens: {unit: token}, words: {unit: word}}
    methods: {list: {rules: [GET /list]}, order: {rules: [POST /order, GET /order]}}
    policies: [{name: cors}, {name: apicast}]
    features: {fast: {}, safe: {}}
    plans:
      free: {published: true, features: [fast], limits: {tokens: {day: 10, hour: 1}, one/bytes: {day: 5}}}
      paid: {published: true, default: true, prices: {tokens: [{to: 10, price: 1}, {from: 11, price: 0.5}]}}
    servicePlans: {Default: {default: true}, Gold: {}}
    activeDocs: {doc1: {generate: true}}
    promotion: automatic
  other: {name: Other, backends: {two: /}, metrics: {tokens: {unit: token}}, plans: {free: {}}}
`

// What fails for a moment is done again, and what took effect isn't done twice.
func TestFaultsThatPass(t *testing.T) {
	t.Parallel()
	want := stateAfter(t, everything)
	for name, faults := range map[string][]string{
		"too many requests":     {"* /admin/api/* every=5 status=429"},
		"unavailable":           {"* /admin/api/* every=6 status=503"},
		"bad gateway":           {"* /admin/api/* every=7 status=502"},
		"gateway timeout, late": {"* /admin/api/* every=8 status=504 when=after"},
		"reset before":          {"* /admin/api/* every=5 reset"},
		"reset after":           {"* /admin/api/* every=5 reset when=after"},
		"half an answer":        {"* /admin/api/* every=6 half"},
		"each POST in half":     {"POST /admin/api/* every=2 half"},
		"each POST lost":        {"POST /admin/api/* every=2 reset when=after"},
		"conflicts":             {"PATCH /admin/api/services/*/proxy.json every=2 status=409", "PUT /admin/api/services/*/proxy/policies.json nth=1 status=409"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t, threescaletest.Options{Faults: faulty(t, faults...)})
			p := tn.plan(tn.document(everything))
			if err := tn.run(p, applyAll).Err(); err != nil {
				t.Fatalf("apply: %v", err)
			}
			if p = tn.plan(tn.document(everything)); !p.Empty {
				t.Errorf("left to do:\n%s", lines(p))
			}
			tn.sameState(want)
		})
	}
}

// stateAfter is the state that a document reaches undisturbed.
func stateAfter(t *testing.T, text string) string {
	t.Helper()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(text)
	return textOf(t, tn.state())
}

func textOf(t tb, state any) string {
	t.Helper()
	text, err := json.Marshal(withoutCode(state))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withoutCode leaves the access code out, which each tenant has its own of.
func withoutCode(state any) any {
	if provider, ok := at(state, "provider").(map[string]any); ok {
		delete(provider, "site_access_code")
	}
	return state
}

// sameState compares with the text of another tenant's state: numbers differ, and a second save of a product makes the
// ports of its addresses explicit.
func (tn *tenant) sameState(want string) {
	tn.t.Helper()
	alike := func(text string) string {
		text = regexp.MustCompile(`"(send|bytes)\.\d+"`).ReplaceAllString(text, `"$1.N"`)
		return strings.ReplaceAll(text, "example.com:443\"", "example.com\"")
	}
	var have any
	if err := json.Unmarshal([]byte(alike(textOf(tn.t, tn.state()))), &have); err != nil {
		tn.t.Fatal(err)
	}
	tn.same(alike(want), have, "state")
}

// A wait that the server asks for is waited.
func TestRetryAfterIsHeeded(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "POST /admin/api/services.json nth=1 status=429 retry-after=1")})
	tn.reach(`products: {shop: {}}`)
}

// A failure on one product stops what depends on it and nothing else; the next run does what is left, and no more.
func TestFailureReachesAsFarAsItMust(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "POST /admin/api/services/*/metrics.json nth=1 status=500")})
	text := `
products:
  one: {metrics: {tokens: {unit: token}}, plans: {free: {limits: {tokens: {day: 1}}}}, features: {fast: {}}}
  two: {metrics: {tokens: {unit: token}}, plans: {free: {limits: {tokens: {day: 1}}}}, features: {fast: {}}}
`
	p := tn.plan(tn.document(text))
	r := tn.run(p, applyAll)
	failed := stepErrors(r)
	if len(failed) != 1 {
		t.Fatalf("failed: %v", failed)
	}
	var product plan.Address
	for a, text := range failed {
		product = a.Root()
		if !strings.Contains(text, "500") || !strings.Contains(text, "POST /admin/api/services/") {
			t.Errorf("the error doesn't say what the server said: %s", text)
		}
	}
	for _, o := range r.Outcomes {
		a := o.Change.Address
		want := apply.Done
		switch {
		case failed[a] != "":
			want = apply.Failed
		case a == product.Child("plan", "free").Child("limits", ""):
			want = apply.Skipped
		case a == product.Child("staging", ""):
			continue // whether it waits is the plan's business
		}
		if o.State != want {
			t.Errorf("%s is %s, not %s", a, o.State, want)
		}
	}
	p = tn.plan(tn.document(text))
	want := []string{
		"create " + string(product)[len("3scale:"):] + "/metric/tokens",
		"update " + string(product)[len("3scale:"):] + "/plan/free/limits",
	}
	if got := actions(p); !slices.Equal(got, want) {
		t.Errorf("left to do: %v, wanted %v", got, want)
	}
	tn.reach(text)
}

// Wherever a run is broken off, the next one finishes it with what is missing: together they write no more than one
// undisturbed run, beside the one write whose answer was lost.
func TestASecondRunFinishesAnyFirst(t *testing.T) {
	t.Parallel()
	want := stateAfter(t, everything)
	undisturbed := newTenant(t, threescaletest.Options{})
	undisturbed.run(undisturbed.plan(undisturbed.document(everything)), applyAll)
	total := len(undisturbed.writes())
	for nth := 1; nth <= total; nth += 9 {
		tn := newTenant(t, threescaletest.Options{})
		breakAt := &breaker{nth: nth}
		tn.front(breakAt.around)
		if err := tn.run(tn.plan(tn.document(everything)), applyAll).Err(); err == nil {
			t.Fatalf("broken off at write %d: no error", nth)
		}
		breakAt.mend()
		if err := tn.run(tn.plan(tn.document(everything)), applyAll).Err(); err != nil {
			t.Fatalf("second run after %d writes: %v", nth, err)
		}
		if n := len(tn.writes()); n > total+extraWrites {
			t.Errorf("broken off at write %d: both runs together wrote %d times, one alone %d", nth, n, total)
		}
		if p := tn.plan(tn.document(everything)); !p.Empty {
			t.Errorf("broken off at write %d, left to do:\n%s", nth, lines(p))
		}
		tn.sameState(want)
	}
}

// extraWrites are those that a second run may need beside: the deploy and promotion of what changed since.
const extraWrites = 3

// breaker is a server that refuses all writes from one on, as if it had lost its database.
type breaker struct {
	mu     sync.Mutex
	nth    int
	seen   int
	mended bool
}

func (b *breaker) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && b.broken() {
			http.Error(w, "the database is gone", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (b *breaker) broken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen++
	return b.seen >= b.nth && !b.mended
}

func (b *breaker) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mended = true
}

// A run that is to stop finishes what is under way, begins nothing new, and the next one does the rest.
func TestInterruptedRunIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	stop := make(chan struct{})
	n := 0
	p := tn.plan(tn.document(everything))
	r := tn.run(p, apply.Options{Stop: stop, Observe: func(e apply.Event) {
		if e.State == apply.Done {
			if n++; n == 5 {
				close(stop)
			}
		}
	}})
	if !r.Interrupted || r.Err() != nil {
		t.Errorf("interrupted: %v, error: %v", r.Interrupted, r.Err())
	}
	if done, left := r.Count(apply.Done), r.Count(apply.NotRun); done < 5 || left == 0 || done+left != len(r.Outcomes) {
		t.Errorf("%d done, %d not run of %d", done, left, len(r.Outcomes))
	}
	tn.reach(everything)
}

// One product is never written to twice at once, and two are written to side by side.
func TestOneProductOneCallAtATime(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{Latency: threescaletest.FixedLatency(latency)})
	probe := &concurrency{under: map[string]int{}}
	tn.front(probe.around)
	text := strings.ReplaceAll(models(4), "promotion: automatic", "promotion: automatic\n    features: {fast: {}, safe: {}}")
	if err := tn.run(tn.plan(tn.document(text)), applyAll).Err(); err != nil {
		t.Fatal(err)
	}
	if len(probe.twice) > 0 {
		t.Errorf("written to twice at once: %v", probe.twice)
	}
	if probe.most < 2 {
		t.Error("products aren't written to side by side")
	}
}

// concurrency counts the writes under way, by the product or backend that they are to.
type concurrency struct {
	mu    sync.Mutex
	under map[string]int
	most  int
	twice []string
}

func (c *concurrency) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			next.ServeHTTP(w, r)
			return
		}
		parts := strings.Split(strings.TrimSuffix(r.URL.Path, ".json"), "/")
		owner := fmt.Sprint(parts[3:min(5, len(parts))])
		c.begin(owner, r.Method+" "+r.URL.Path)
		defer c.end(owner)
		next.ServeHTTP(w, r)
	})
}

func (c *concurrency) begin(owner, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.under[owner]++
	if c.under[owner] > 1 && (strings.HasPrefix(owner, "[services ") || strings.HasPrefix(owner, "[backend_apis ")) {
		c.twice = append(c.twice, what)
	}
	c.most = max(c.most, len(c.under))
}

func (c *concurrency) end(owner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under[owner]--; c.under[owner] == 0 {
		delete(c.under, owner)
	}
}

// A rule that is to be there twice is there twice, however often the server is away when it is made: looking whether it came
// counts the same rules each time.
func TestRuleThatStandsThereTwice(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		tn := newTenant(t, threescaletest.Options{Faults: faulty(t, "POST /admin/api/services/*/mapping_rules.json count=3 status=503 when="+when)})
		tn.reach(rulesDocument([]string{"GET /aa"}))
		want := []string{"GET /aa", "GET /aa", "GET /aa", "GET /bb"}
		if err := tn.run(tn.plan(tn.document(rulesDocument(want))), applyAll).Err(); err != nil {
			t.Fatal(err)
		}
		if have, _ := tn.liveRules(); !slices.Equal(have, want) {
			t.Errorf("failing %s: %v, want %v", when, have, want)
		}
	}
}

// A change that fails says what it has done to the server: nothing, something, or that nobody knows.
func TestEffectsOfFailures(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]apply.Effect{
		"POST /admin/api/services/*/metrics.json status=422":                         apply.Nothing,
		"POST /admin/api/services/*/metrics.json status=500":                         apply.Nothing, // it was looked for
		"POST /admin/api/services/*/metrics.json status=503":                         apply.Nothing, // as often as there was patience
		"PATCH /admin/api/services/*/proxy.json status=500":                          apply.Unknown,
		"PATCH /admin/api/services/*/proxy.json reset when=after":                    apply.Unknown,
		"POST /admin/api/services/*/mapping_rules.json nth=2 status=422":             apply.InPart,
		"PUT /admin/api/services/*/proxy/policies.json status=404":                   apply.Nothing,
		"PUT /admin/api/services/*/proxy/policies.json status=504":                   apply.Unknown,
		"POST /admin/api/application_plans/*/metrics/*/limits.json nth=3 status=422": apply.InPart,
	} {
		tn := newTenant(t, threescaletest.Options{Faults: faulty(t, fault)})
		tn.config.Patience = 50 * time.Millisecond
		r := tn.run(tn.plan(tn.document(everything)), applyAll)
		failed := 0
		for _, o := range r.Outcomes {
			if o.State == apply.Failed {
				failed++
				if o.Effect != want {
					t.Errorf("%s: %s: %q, want %q", fault, o.Change.Address, o.Effect, want)
				}
			}
		}
		if failed == 0 {
			t.Errorf("%s: nothing failed", fault)
		}
	}
}
