// Package transport is the one way to a server: small RoundTrippers, one upon the other, that sign a request, keep
// secrets out of what is written down, try again where that is safe, limit how much is under way and count.
package transport

import (
	"cmp"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Options say how to talk to one server.
type Options struct {
	Authorize   func(*http.Request) error // signs each attempt; nil: nothing to sign
	Message     func(body []byte) string  // the server's own words in an error's body; nil: the body itself
	Concurrency int                       // requests under way at once; 0: as many as the server bears, see Limit
	Attempts    int                       // of one request; 0: 6
	Backoff     time.Duration             // before the second attempt, doubled each time; 0: 200 ms
	Conflicts   bool                      // hand a 409 back at once: the caller has to read again before it writes again
	Agent       string                    // how the client names itself to the server; "": maasctl
	Insecure    bool                      // don't check the server's certificate
	TLS         *tls.Config               // authorities to check it by, and a certificate to show; nil: this machine's, none

	Proxy    func(*http.Request) (*url.URL, error) // see Proxies; nil: none
	Trace    io.Writer                             // one JSON object a request, without secrets; nil: none
	Redactor *Redactor                             // what must not be seen in traces and errors
	Stats    *Stats                                // counts; nil: nobody asks
	Base     http.RoundTripper                     // the wire; nil: a pool of connections of its own

	// Waiting is told of what has taken longer than Silence and is tried again: what it is and why, without secrets, and the
	// time until the next attempt. nil: nobody listens.
	Waiting func(what string, next time.Duration)
}

// New returns a client whose requests go through all layers. An answer that is no success comes back as an *Error.
func New(opts Options) *http.Client {
	if opts.Redactor == nil {
		opts.Redactor = NewRedactor()
	}
	if opts.Stats == nil {
		opts.Stats = &Stats{}
	}
	rt := opts.Base
	if rt == nil {
		rt = pool(opts)
	}
	rt = &agent{next: rt, name: cmp.Or(opts.Agent, "maasctl")}
	rt = &counter{next: rt, stats: opts.Stats}
	rt = &watcher{next: &outcomes{next: &whole{next: rt}}}
	if opts.Trace != nil {
		rt = &tracer{next: rt, out: opts.Trace, redactor: opts.Redactor}
	}
	rt = newLimit(rt, opts.Concurrency)
	if opts.Authorize != nil {
		rt = &signer{next: rt, authorize: opts.Authorize}
	}
	rt = newRetry(rt, opts)
	rt = &refusals{next: rt, message: opts.Message, redactor: opts.Redactor}
	return &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func pool(opts Options) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = maxConcurrency
	t.ResponseHeaderTimeout = 90 * time.Second
	t.TLSClientConfig = &tls.Config{}
	if opts.TLS != nil {
		t.TLSClientConfig = opts.TLS.Clone()
	}
	t.TLSClientConfig.InsecureSkipVerify = opts.Insecure // asked for by `insecure: true`, with a warning
	if t.Proxy = opts.Proxy; t.Proxy == nil {
		return t
	}
	t.OnProxyConnectResponse = refusedTunnel
	return &proxied{t, opts.Proxy}
}

// agent names the client, whichever library made the request: access logs tell by it who asked.
type agent struct {
	next http.RoundTripper
	name string
}

func (a *agent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", a.name)
	return a.next.RoundTrip(r)
}

type signer struct {
	next      http.RoundTripper
	authorize func(*http.Request) error
}

func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // a RoundTripper must not change its caller's request
	if err := s.authorize(r); err != nil {
		return nil, &unsigned{err}
	}
	return s.next.RoundTrip(r)
}
