package keycloak_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// Whatever fails, and however: a change that is said to be done is, and of one that is said to have done nothing all is left
// to do.
func TestRunsTellTheTruth(t *testing.T) {
	t.Parallel()
	clean := &testkit.Liar{}
	w := lying(t, 26, clean)
	w.applyText(lower(whole))
	before := len(clean.Routes())
	w.applyText(other())
	w.applyText(lower(absent))
	routes := slices.DeleteFunc(clean.Routes()[before:], func(r string) bool { return strings.HasPrefix(r, http.MethodGet) })
	if len(routes) < 20 {
		t.Fatalf("only %v", routes)
	}
	i := 0
	for name, lie := range map[string]http.HandlerFunc{
		"500": testkit.Fails(500), "503": testkit.Fails(503), "cut": testkit.Cut, "page": testkit.Answers("text/html", "<html>"),
	} {
		for _, before := range []bool{true, false} {
			for _, nth := range []int{0, 1} {
				i++
				t.Run(fmt.Sprintf("%s, before %v, nth %d", name, before, nth), func(t *testing.T) {
					t.Parallel()
					for j, about := range routes {
						if (i+j)%8 == 0 { // each meets some
							truthful(t, &testkit.Liar{About: about, Nth: nth, Before: before}, lie)
						}
					}
				})
			}
		}
	}
}

func truthful(t *testing.T, l *testkit.Liar, lie http.HandlerFunc) {
	t.Helper()
	w := lying(t, 26, l)
	w.applyText(lower(whole))
	for _, text := range []string{other(), lower(absent)} {
		doc := w.document(text)
		e, p, live := w.plan(doc)
		l.Arm(lie)
		r := e.Apply(t.Context(), p, live, apply.Options{})
		l.Arm(nil)
		if err := e.Clear(t.Context(), p, live, r); err != nil {
			t.Fatal(err)
		}
		left := map[plan.Address]*plan.Change{}
		_, again, _ := w.plan(doc)
		for _, c := range again.Changes {
			left[c.Address] = c
		}
		for _, o := range r.Outcomes {
			c := left[o.Change.Address]
			switch {
			case o.State == apply.Done && c != nil:
				t.Errorf("%s: %s is said to be done: %s", l.About, c.Address, lines(c.Fields))
			case o.State == apply.Failed && o.Effect == apply.Nothing && (c == nil || c.Action != o.Change.Action || lines(c.Fields) != lines(o.Change.Fields)):
				t.Errorf("%s: %s is said to have done nothing, and left is: %v: %v", l.About, o.Change.Address, c, o.Err)
			case o.Effect == apply.Unknown: // the server has been asked
				t.Errorf("%s: %s isn't known: %v", l.About, o.Change.Address, o.Err)
			}
		}
		w.applyText(text)
	}
	if !l.Struck() {
		t.Errorf("%s wasn't asked for", l.About)
	}
}
