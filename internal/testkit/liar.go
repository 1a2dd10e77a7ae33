package testkit

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Liar is a way to a server that puts another answer in the place of one: what is asked for is done all the same.
type Liar struct {
	Next  http.Handler
	Route func(*http.Request) string // what requests of a kind have in common, beginning with the method
	Lie   http.HandlerFunc           // nil: none
	About string                     // the route to lie about
	Nth   int                        // the request of that route to lie about; the first is 1

	mu    sync.Mutex
	seen  map[string]int
	order []string
	hit   bool
}

func (l *Liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !l.strikes(l.Route(r)) {
		l.Next.ServeHTTP(w, r)
		return
	}
	l.Next.ServeHTTP(httptest.NewRecorder(), r)
	l.Lie(w, r)
}

func (l *Liar) strikes(route string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	if l.seen[route]++; l.seen[route] == 1 {
		l.order = append(l.order, route)
	}
	strikes := l.Lie != nil && route == l.About && l.seen[route] == l.Nth
	l.hit = l.hit || strikes
	return strikes
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
