package threescaletest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Request is a request as it is logged. Secrets in the query are replaced.
type Request struct {
	Time   time.Time `json:"time"`
	Server string    `json:"server"` // the host name that was asked for
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	Status int       `json:"status"` // 0: the connection was cut
	MS     float64   `json:"ms"`
}

// requestLog writes requests as they are answered.
type requestLog struct {
	mu      sync.Mutex
	out     io.Writer
	observe func(Request)
}

func newRequestLog(o Options) *requestLog { return &requestLog{out: o.Log, observe: o.Observe} }

func (l *requestLog) write(s *Server, r *http.Request, status int, took time.Duration) {
	if l.out == nil && l.observe == nil {
		return
	}
	q := Request{Time: s.now(), Server: r.Host, Method: r.Method, Path: r.URL.Path, Query: redact(r.URL.Query()), Status: status, MS: float64(took.Microseconds()) / 1000}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.out != nil {
		if err := json.NewEncoder(l.out).Encode(q); err != nil {
			l.out = nil // nobody reads the log any more
		}
	}
	if l.observe != nil {
		l.observe(q)
	}
}

// redact replaces the values of a query that are secrets.
func redact(q url.Values) string {
	for name := range q {
		switch name {
		case "access_token", "provider_key", "service_token", "user_key", "app_key", "client_secret", "password":
			q.Set(name, "REDACTED")
		}
	}
	return q.Encode()
}
