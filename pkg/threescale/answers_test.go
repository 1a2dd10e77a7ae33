package threescale_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// route is what a request has in common with others of its kind.
func route(r *http.Request) string {
	return r.Method + " " + regexp.MustCompile(`/\d+`).ReplaceAllString(r.URL.Path, "/N")
}

func (tn *tenant) lying(l *testkit.Liar) {
	l.Route = route
	tn.front(func(next http.Handler) http.Handler {
		l.Next = next
		return l
	})
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
	clean := &testkit.Liar{}
	tn := newTenant(t, threescaletest.Options{})
	tn.lying(clean)
	tn.reach(everything)
	routes := clean.Routes()
	if len(routes) < 40 {
		t.Fatalf("only %d routes: %v", len(routes), routes)
	}
	for kind, lie := range testkit.WrongAnswers() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for i, route := range routes {
				if fits(route, kind) || (i+len(kind))%3 > 0 { // each route meets a third of them here; see TestFormsOfTheRecordings
					continue
				}
				l := &testkit.Liar{Lie: lie, About: route, Nth: 1}
				if i%2 == 0 && strings.HasPrefix(route, "POST") {
					l.Nth = clean.Seen(route)
				}
				tn := newTenant(t, threescaletest.Options{})
				tn.lying(l)
				err := tn.once(everything)
				if !l.Struck() { // only the second plan asks for it
					err = tn.once(everything)
				}
				if !l.Struck() {
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
		l := &testkit.Liar{Lie: testkit.Answers("application/json", lie), About: route, Nth: 1}
		tn.lying(l)
		err := tn.once(`products: {shop: {name: New, metrics: {xx: {unit: x}}, features: {ff: {}}, authentication: {apiKey: {location: headers}}}, second: {}}`)
		if !l.Struck() || err == nil || !strings.Contains(err.Error(), "/admin/api/services") {
			t.Errorf("%s: struck %v, %v", route, l.Struck(), err)
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
		"the same page": testkit.Answers("application/json", `{"services": [`+strings.Join(page, ",")+`]}`),
		"gzip":          testkit.Unpacked(`{"services": [`, strings.Repeat(" ", 1<<20), "]}", transport.LargestAnswer>>20),
	} {
		tn := newTenant(t, threescaletest.Options{})
		tn.front(func(http.Handler) http.Handler { return http.HandlerFunc(lie) })
		_, err := tn.tryPlan(tn.document(`products: {shop: {}}`))
		if wrong := (*transport.AnswerError)(nil); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
