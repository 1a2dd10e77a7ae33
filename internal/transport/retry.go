package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retry sends a request again where that can do no harm: reads and idempotent writes after 409, 502, 503, 504 and broken
// connections, reads after 500 too, and anything after 429, which says that nothing was done. A POST that may have taken
// effect goes back to its caller, who looks first (see Uncertain). A server that has never answered may not be there at
// all: where it can't be reached, that is said after a moment.
type retry struct {
	next      http.RoundTripper
	attempts  int
	first     time.Duration
	conflicts bool // are the caller's business
	waiting   func(string, time.Duration)
	redactor  *Redactor
	stats     *Stats
	answered  atomic.Bool // whatever it was
}

const (
	defaultAttempts = 6
	defaultBackoff  = 200 * time.Millisecond
	longestWait     = 30 * time.Second // of one pause, whatever Retry-After says

	// Attempts to reach a server that has never answered, and how long they may go on: two pauses come to 0.9 s at most.
	firstAttempts = 3
	firstPatience = time.Second
)

func newRetry(next http.RoundTripper, opts Options) *retry {
	r := &retry{next: next, attempts: opts.Attempts, first: opts.Backoff, conflicts: opts.Conflicts, waiting: opts.Waiting, redactor: opts.Redactor, stats: opts.Stats}
	if r.attempts == 0 {
		r.attempts = defaultAttempts
	}
	if r.first == 0 {
		r.first = defaultBackoff
	}
	return r
}

func (t *retry) RoundTrip(r *http.Request) (*http.Response, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.Multiplier = t.first, 2
	begin := time.Now()
	fresh, err := repeatable(r)
	if err != nil {
		return nil, err
	}
	var before error // why there is another attempt
	for attempt := 1; ; attempt++ {
		resp, err := t.next.RoundTrip(fresh())
		if err == nil {
			t.answered.Store(true)
		}
		if attempt == t.attempts || t.nobodyThere(err, attempt, begin) || !t.worthAnother(r, resp, err) {
			return resp, gaveUp(err, before)
		}
		before = cause(resp, err)
		wait := pause.NextBackOff()
		if resp != nil {
			wait = max(wait, retryAfter(resp))
		}
		if err := t.pause(r, begin, min(wait, longestWait), before); err != nil {
			return nil, gaveUp(err, before)
		}
		t.stats.again.Add(1)
	}
}

// pause waits until the next attempt, and says so where the request has taken long by then.
func (t *retry) pause(r *http.Request, begin time.Time, wait time.Duration, why error) error {
	quiet := max(0, Silence-time.Since(begin))
	if t.waiting == nil || wait <= quiet {
		return sleep(r.Context(), wait)
	}
	if err := sleep(r.Context(), quiet); err != nil {
		return err
	}
	path, _, _ := strings.Cut(r.URL.Path, "/keys/") // behind that stands one
	t.waiting(t.redactor.Text(fmt.Sprintf("%s %s%s: %v", r.Method, r.URL.Host, path, why)), wait-quiet)
	return sleep(r.Context(), wait-quiet)
}

// Silence is how long whoever waits for a server isn't told why.
const Silence = 2 * time.Second

// nobodyThere tells whether enough was tried to reach a server that has never answered.
func (t *retry) nobodyThere(err error, attempt int, begin time.Time) bool {
	return isDial(err) && !t.answered.Load() && (attempt >= firstAttempts || time.Since(begin) >= firstPatience)
}

// cause is what an attempt failed with.
func cause(resp *http.Response, err error) error {
	if err == nil {
		err = fmt.Errorf("%d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return err
}

// gaveUp adds to the end of the caller's time what the attempt before had failed with: that it took long is no reason.
func gaveUp(err, before error) error {
	if before == nil || !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w; the attempt before failed: %w", err, before)
}

// repeatable gives the request anew for each attempt, with all of its body. The request's own GetBody isn't asked: resty gives
// there what stands in a buffer that other requests use by then.
func repeatable(r *http.Request) (func() *http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return func() *http.Request { return r }, nil
	}
	text, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return nil, err
	}
	body := func() io.ReadCloser { return io.NopCloser(bytes.NewReader(text)) }
	return func() *http.Request {
		again := r.Clone(r.Context())
		again.Body, again.ContentLength = body(), int64(len(text))
		again.GetBody = func() (io.ReadCloser, error) { return body(), nil }
		return again
	}, nil
}

func (t *retry) worthAnother(r *http.Request, resp *http.Response, err error) bool {
	idempotent := r.Method != http.MethodPost || isRead(r)
	if err != nil {
		return idempotent && isNetwork(err) && r.Context().Err() == nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusConflict:
		return !t.conflicts && (r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodGet)
	case http.StatusInternalServerError:
		return isRead(r)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return idempotent
	}
	return false
}

// retryAfter reads the header in seconds or as a date; 0 where there is none.
func retryAfter(resp *http.Response) time.Duration {
	h := resp.Header.Get("Retry-After")
	if s, err := strconv.Atoi(h); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(h); err == nil {
		return time.Until(at)
	}
	return 0
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
