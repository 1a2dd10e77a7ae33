package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

// Proxies are those that the environment names for requests, as other programs of the command line take them: HTTP_PROXY,
// HTTPS_PROXY, ALL_PROXY for both, NO_PROXY, or the same in lower case. net/http doesn't know ALL_PROXY.
func Proxies(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	named := func(upper, lower string) string { return cmp.Or(getenv(upper), getenv(lower)) }
	all := named("ALL_PROXY", "all_proxy")
	config := httpproxy.Config{
		HTTPProxy: cmp.Or(named("HTTP_PROXY", "http_proxy"), all), HTTPSProxy: cmp.Or(named("HTTPS_PROXY", "https_proxy"), all),
		NoProxy: named("NO_PROXY", "no_proxy"),
	}
	of := config.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return of(r.URL) }
}

// ProxyError is a request that got no further than the proxy: it wasn't there, or let nothing through. The server has
// nothing to do with it.
type ProxyError struct {
	Proxy  string // without credentials
	Status int    // its answer; 0: none
	Err    error
}

func (e *ProxyError) Error() string { return fmt.Sprintf("proxy %s: %v", e.Proxy, e.Err) }
func (e *ProxyError) Unwrap() error { return e.Err }

// proxied tells what goes wrong at a proxy from what goes wrong behind it.
type proxied struct {
	next  http.RoundTripper
	proxy func(*http.Request) (*url.URL, error)
}

func (p *proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(r)
	u, _ := p.proxy(r)
	if u == nil {
		return resp, err
	}
	switch {
	case err != nil && isDial(err): // with a proxy, nothing else is dialled
		return nil, &ProxyError{Proxy: shownProxy(u), Err: err}
	case err == nil && resp.StatusCode == http.StatusProxyAuthRequired: // over http, the proxy answers itself
		_ = resp.Body.Close()
		return nil, &ProxyError{Proxy: shownProxy(u), Status: resp.StatusCode, Err: errors.New(resp.Status)}
	}
	return resp, err
}

// refusedTunnel is asked what a proxy has answered when it was to connect to a server.
func refusedTunnel(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: shownProxy(proxy), Status: resp.StatusCode, Err: errors.New(resp.Status)}
}

// shownProxy is a proxy's address without the credentials in it.
func shownProxy(u *url.URL) string { return u.Scheme + "://" + u.Host }

// isDial tells a connection that couldn't be made: nothing was sent.
func isDial(err error) bool {
	var name *net.DNSError
	var op *net.OpError
	return errors.As(err, &name) || errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect" || op.Op == "socks connect")
}
