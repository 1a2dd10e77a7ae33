package transport

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
)

func TestProxiesOfTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ env, to, want string }{
		{"", "https://a.example.com", ""},
		{"ALL_PROXY=socks5://all:1080", "https://a.example.com", "socks5://all:1080"},
		{"all_proxy=http://all:1", "http://a.example.com", "http://all:1"},
		{"ALL_PROXY=http://all:1 HTTPS_PROXY=http://own:2", "https://a.example.com", "http://own:2"},
		{"ALL_PROXY=http://all:1 https_proxy=http://own:2", "http://a.example.com", "http://all:1"},
		{"ALL_PROXY=http://all:1 NO_PROXY=.example.com", "https://a.example.com", ""},
		{"ALL_PROXY=http://all:1", "http://127.0.0.1:3300", ""},
	} {
		env := map[string]string{}
		for _, v := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		u, err := Proxies(func(name string) string { return env[name] })(request(t, "GET", c.to, ""))
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s to %s: %q, %v", c.env, c.to, got, err)
		}
	}
}

// through is a client whose requests all go to one proxy.
func through(proxy string) *http.Client {
	u, err := url.Parse(proxy)
	return New(Options{Proxy: func(*http.Request) (*url.URL, error) { return u, err }, Backoff: 1})
}

// What fails at a proxy isn't blamed on the server, and a refusal of it isn't tried again.
func TestRequestsThatAProxyStops(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	wantsCredentials := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer wantsCredentials.Close()
	forbids := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusForbidden)
	}))
	defer forbids.Close()
	for _, c := range []struct {
		proxy, to, want string
		status          int
		asked           int32
	}{
		{"http://user:canary@127.0.0.1:1", "https://a.example.com/", "connection refused", 0, 0},
		{"http://user:canary@127.0.0.1:1", "http://a.example.com/", "connection refused", 0, 0},
		{"socks5://user:canary@127.0.0.1:1", "https://a.example.com/", "connection refused", 0, 0},
		{"http://nowhere.invalid:3128", "https://a.example.com/", "nowhere.invalid", 0, 0},
		{withUser(wantsCredentials.URL), "https://a.example.com/", "407 Proxy Authentication Required", 407, 1},
		{withUser(wantsCredentials.URL), "http://a.example.com/", "407 Proxy Authentication Required", 407, 1},
		{withUser(forbids.URL), "https://a.example.com/", "403 Forbidden", 403, 1},
	} {
		asked.Store(0)
		_, err := send(through(c.proxy), request(t, "GET", c.to, ""))
		var stopped *ProxyError
		if !errors.As(err, &stopped) || stopped.Status != c.status || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s by %s: %v", c.to, c.proxy, err)
		}
		if asked.Load() != c.asked {
			t.Errorf("%s by %s: asked %d times", c.to, c.proxy, asked.Load())
		}
		if !strings.Contains(Advice(err), "roxy") {
			t.Errorf("%v: advice %q", err, Advice(err))
		}
	}
}

func withUser(address string) string {
	return strings.Replace(address, "http://", "http://user:canary@", 1)
}

// Behind a proxy, the server's errors are its own.
func TestServerBehindAProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		there, err := net.Dial("tcp", server.Listener.Addr().String())
		here, _, hijacked := w.(http.Hijacker).Hijack()
		if err != nil || hijacked != nil {
			t.Error(r.Method, err, hijacked)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, here) }()
		_, _ = io.Copy(here, there)
	}))
	defer proxy.Close()
	_, err := send(through(proxy.URL), request(t, "GET", "https://a.example.com/", ""))
	var stopped *ProxyError
	if err == nil || errors.As(err, &stopped) || !strings.Contains(Advice(err), "caFile") {
		t.Errorf("%v: advice %q", err, Advice(err))
	}
}
