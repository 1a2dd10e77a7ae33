package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// Request is a request that was answered, as it is logged.
type Request = threescaletest.Request

// feed has the latest requests to both stand-ins, and tells of new ones.
type feed struct {
	mu     sync.Mutex
	log    *json.Encoder // nil: none
	latest []Request
	count  int           // of all requests so far; that of the last of latest
	more   chan struct{} // closed when there is another one
	ended  chan struct{}
	end    sync.Once
}

// feedLength is how many requests are kept: as many as somebody looks at.
const feedLength = 200

func newFeed(log io.Writer) *feed {
	f := &feed{more: make(chan struct{}), ended: make(chan struct{})}
	if log != nil {
		f.log = json.NewEncoder(log)
		f.log.SetEscapeHTML(false)
	}
	return f
}

// note takes a request in. The server of a log line is the stand-in that answered.
func (f *feed) note(server string, q Request) {
	q.Server = server
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.log != nil && f.log.Encode(q) != nil {
		f.log = nil // nobody reads the log any more
	}
	f.latest = append(f.latest, q)
	if len(f.latest) > feedLength {
		f.latest = f.latest[1:]
	}
	f.count++
	close(f.more)
	f.more = make(chan struct{})
}

// since gives the requests after the nth, as far as they are kept, and a channel that is closed when there are more.
func (f *feed) since(n int) (found []Request, last int, more <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missing := min(max(f.count-n, 0), len(f.latest))
	if n > f.count { // counted by a sandbox that ran before
		missing = len(f.latest)
	}
	return append(found, f.latest[len(f.latest)-missing:]...), f.count, f.more
}

// close ends all that wait for requests.
func (f *feed) close() { f.end.Do(func() { close(f.ended) }) }

// watch notes the requests that a handler answers, without the secrets in their queries.
func (f *feed) watch(server string, h http.Handler) http.Handler {
	redactor := transport.NewRedactor()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, seen := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
		q := Request{Time: began.UTC(), Method: r.Method, Path: r.URL.Path, Query: redactor.Body(r.URL.RawQuery)}
		defer func() {
			q.Status, q.MS = seen.status, float64(time.Since(began).Microseconds())/1000
			f.note(server, q)
		}()
		h.ServeHTTP(seen, r)
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets a response controller find the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
