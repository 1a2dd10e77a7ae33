package threescale_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// liar puts another answer in the place of one: what is asked for is done all the same.
type liar struct {
	next http.Handler
	lie  func(http.ResponseWriter, *http.Request)

	mu    sync.Mutex
	seen  map[string]int
	order []string
	route string // the one to lie about
	nth   int
	hit   bool
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := r.Method + " " + regexp.MustCompile(`/\d+`).ReplaceAllString(r.URL.Path, "/N")
	l.mu.Lock()
	if l.seen[route]++; l.seen[route] == 1 {
		l.order = append(l.order, route)
	}
	strike := l.lie != nil && route == l.route && l.seen[route] == l.nth
	l.hit = l.hit || strike
	l.mu.Unlock()
	if !strike {
		l.next.ServeHTTP(w, r)
		return
	}
	l.next.ServeHTTP(httptest.NewRecorder(), r)
	l.lie(w, r)
}

// struck tells whether the lie has been told.
func (l *liar) struck() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hit
}

func (tn *tenant) lying(l *liar) {
	l.seen = map[string]int{}
	tn.front(func(next http.Handler) http.Handler {
		l.next = next
		return l
	})
}

func answer(contentType, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

// wrongAnswers are successes by their status only.
func wrongAnswers() map[string]func(http.ResponseWriter, *http.Request) {
	const isJSON = "application/json; charset=utf-8"
	return map[string]func(http.ResponseWriter, *http.Request){
		"login page":   answer("text/html", "<html><form>Sign in</form></html>"),
		"hidden page":  answer(isJSON, "<html></html>"),
		"nothing":      answer(isJSON, ""),
		"no key":       answer(isJSON, "{}"),
		"another kind": answer(isJSON, `{"message": {"id": 1, "text": "welcome"}}`),
		"another list": answer(isJSON, `{"messages": []}`),
		"no object":    answer(isJSON, "null"),
		"text":         answer("text/plain", "OK"),
		"204":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	}
}

// fits tells of a wrong answer that it is the right one to a DELETE.
func fits(route, kind string) bool {
	return strings.HasPrefix(route, "DELETE ") && slices.Contains([]string{"nothing", "no object", "204"}, kind)
}

// Whatever is answered in place of what the request asks for is an error that says what came, and no more is done on its
// account: the next run reaches what the document says.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	want := stateAfter(t, everything)
	clean := &liar{}
	tn := newTenant(t, threescaletest.Options{})
	tn.lying(clean)
	tn.reach(everything)
	if len(clean.order) < 40 {
		t.Fatalf("only %d routes: %v", len(clean.order), clean.order)
	}
	for kind, lie := range wrongAnswers() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for i, route := range clean.order {
				if fits(route, kind) || (i+len(kind))%3 > 0 { // each route meets a third of them here; see TestFormsOfTheRecordings
					continue
				}
				l := &liar{lie: lie, route: route, nth: 1}
				if i%2 == 0 && strings.HasPrefix(route, "POST") {
					l.nth = clean.seen[route]
				}
				tn := newTenant(t, threescaletest.Options{})
				tn.lying(l)
				err := tn.once(everything)
				if !l.struck() { // only the second plan asks for it
					err = tn.once(everything)
				}
				if !l.struck() {
					t.Errorf("%s wasn't asked for", route)
				} else if wrong := (*transport.AnswerError)(nil); !errors.As(err, &wrong) || wrong.Method+" " != route[:len(wrong.Method)+1] {
					t.Errorf("%s: %v", route, err)
				}
				tn.reach(everything)
				tn.sameState(want)
			}
		})
	}
}

// once plans and applies, and tells what went wrong.
func (tn *tenant) once(text string) error {
	p, err := tn.tryPlan(tn.document(text))
	if err != nil {
		return err
	}
	return tn.run(p, applyAll).Err()
}

// An answer about another object isn't the one that was asked for.
func TestAnswersAboutOtherObjects(t *testing.T) {
	t.Parallel()
	for route, lie := range map[string]string{
		"PUT /admin/api/services/N.json":           `{"service": {"id": 99, "name": "New", "system_name": "shop"}}`,
		"POST /admin/api/services.json":            `{"service": {"id": 2, "name": "API", "system_name": "api"}}`,
		"PATCH /admin/api/services/N/proxy.json":   `{"proxy": {"service_id": 99}}`,
		"POST /admin/api/services/N/metrics.json":  `{"metric": {"id": 1, "system_name": "hits"}}`,
		"GET /admin/api/services/N/proxy.json":     `{"proxy": {"service_id": 99, "credentials_location": "headers"}}`,
		"GET /admin/api/services/N/metrics.json":   `{"metrics": [{"metric": {}, "method": {}}]}`,
		"GET /admin/api/services.json":             `{"services": [{}]}`,
		"POST /admin/api/services/N/features.json": `{"plan": {"id": 1}}`,
	} {
		tn := newTenant(t, threescaletest.Options{})
		tn.reach(`products: {shop: {}}`)
		l := &liar{lie: answer("application/json", lie), route: route, nth: 1}
		tn.lying(l)
		err := tn.once(`products: {shop: {name: New, metrics: {xx: {unit: x}}, features: {ff: {}}, authentication: {apiKey: {location: headers}}}, second: {}}`)
		if !l.struck() || err == nil || !strings.Contains(err.Error(), "/admin/api/services") {
			t.Errorf("%s: struck %v, %v", route, l.struck(), err)
		}
	}
}

// A list that doesn't end, or comes again and again, and an answer that is larger than any are errors.
func TestAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	row := func(i int) string { return fmt.Sprintf(`{"service": {"id": %d, "system_name": "p%d"}}`, i, i) }
	page := make([]string, 500)
	for i := range page {
		page[i] = row(i)
	}
	for name, lie := range map[string]func(http.ResponseWriter, *http.Request){
		"the same page": answer("application/json", `{"services": [`+strings.Join(page, ",")+`]}`),
		"gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(`{"services": [`))
			for range (transport.LargestAnswer >> 20) + 1 {
				_, _ = z.Write([]byte(strings.Repeat(" ", 1<<20)))
			}
			_, _ = z.Write([]byte("]}"))
			_ = z.Close()
		},
	} {
		tn := newTenant(t, threescaletest.Options{})
		tn.front(func(http.Handler) http.Handler { return http.HandlerFunc(lie) })
		_, err := tn.tryPlan(tn.document(`products: {shop: {}}`))
		if wrong := (*transport.AnswerError)(nil); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
