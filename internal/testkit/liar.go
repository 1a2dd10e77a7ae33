package testkit

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Liar is a way to a server that puts another answer in the place of one: what is asked for is done all the same, but with
// Before.
type Liar struct {
	Next   http.Handler
	Route  func(*http.Request) string // what requests of a kind have in common, beginning with the method
	Lie    http.HandlerFunc           // nil: none
	About  string                     // the route to lie about
	Nth    int                        // the request of that route to lie about; the first is 1, and 0 stands for each
	Before bool                       // the request doesn't come to the server

	mu    sync.Mutex
	seen  map[string]int
	order []string
	hit   bool
}

func (l *Liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	lie := l.strikes(l.Route(r))
	if lie == nil {
		l.Next.ServeHTTP(w, r)
		return
	}
	if !l.Before {
		l.Next.ServeHTTP(httptest.NewRecorder(), r)
	}
	lie(w, r)
}

// strikes gives the lie where one is due.
func (l *Liar) strikes(route string) http.HandlerFunc {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	if l.seen[route]++; l.seen[route] == 1 {
		l.order = append(l.order, route)
	}
	if l.Lie == nil || route != l.About || l.Nth != 0 && l.seen[route] != l.Nth {
		return nil
	}
	l.hit = true
	return l.Lie
}

// Arm makes it lie from now on; nil ends that.
func (l *Liar) Arm(lie http.HandlerFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Lie, l.seen = lie, nil
}

// Struck tells whether the lie has been told.
func (l *Liar) Struck() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hit
}

// Routes are those that were asked for, in the order in which they first were.
func (l *Liar) Routes() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.order...)
}

// Seen is how often a route was asked for.
func (l *Liar) Seen(route string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[route]
}

// Answers gives a handler that answers with a body.
func Answers(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(body))
	}
}

// Unpacked gives a handler whose answer is small on the wire: a text, another one so many times, and a last one.
func Unpacked(first, again, last string, times int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, first)
		for range times {
			_, _ = io.WriteString(z, again)
		}
		_, _ = io.WriteString(z, last)
		_ = z.Close()
	}
}

// Cut breaks the connection.
func Cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Fails gives a handler that answers with a status.
func Fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// WrongAnswers are successes by their status only, whatever was asked for; all but the last three are wrong for every request.
func WrongAnswers() map[string]http.HandlerFunc {
	const isJSON = "application/json; charset=utf-8"
	return map[string]http.HandlerFunc{
		"login page":   Answers("text/html", "<html><form>Sign in</form></html>"),
		"hidden page":  Answers(isJSON, "<html></html>"),
		"no key":       Answers(isJSON, "{}"),
		"another kind": Answers(isJSON, `{"message": {"id": 1, "text": "welcome"}}`),
		"another list": Answers(isJSON, `{"messages": []}`),
		"strangers":    Answers(isJSON, `[{}]`),
		"text":         Answers("text/plain", "OK"),
		"nothing":      Answers(isJSON, ""),
		"no object":    Answers(isJSON, "null"),
		"204":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	}
}
