package transport

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// Stats counts what went over the wire, retries included.
type Stats struct {
	reads, writes, again, answered atomic.Int64
}

// Reads is the number of requests that change nothing: GET, HEAD, and those for an access token.
func (s *Stats) Reads() int64 { return s.reads.Load() }

// Writes is the number of all other requests.
func (s *Stats) Writes() int64 { return s.writes.Load() }

// Requests is the number of all requests.
func (s *Stats) Requests() int64 { return s.Reads() + s.Writes() }

// Repeated is how many of them were sent again after a failure.
func (s *Stats) Repeated() int64 { return s.again.Load() }

// Answered is how many requests have had an answer by which something gets on: not one of a server that is away, or busy.
func (s *Stats) Answered() int64 { return s.answered.Load() }

type counter struct {
	next  http.RoundTripper
	stats *Stats
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	if isRead(r) {
		c.stats.reads.Add(1)
	} else {
		c.stats.writes.Add(1)
	}
	resp, err := c.next.RoundTrip(r)
	if err == nil && resp.StatusCode < http.StatusInternalServerError && resp.StatusCode != http.StatusTooManyRequests {
		c.stats.answered.Add(1)
	}
	return resp, err
}

// isRead tells whether a request changes nothing. One for an access token does neither, although it is a POST.
func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasSuffix(r.URL.Path, "/protocol/openid-connect/token")
}
