package transport

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// silent is a server that takes a connection and says nothing, whoever speaks.
func silent(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

// impatient is net/http with a short patience of its own.
func impatient() *http.Transport {
	return &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond, TLSHandshakeTimeout: 20 * time.Millisecond}
}

// net/http's own patience isn't the caller's: a read is tried again, and nobody knows what has become of a write.
func TestTimeoutsOfTheWire(t *testing.T) {
	address := silent(t)
	dead := impatient()
	dead.DialContext = (&net.Dialer{Timeout: time.Nanosecond}).DialContext
	for name, c := range map[string]struct {
		base *http.Transport
		url  string
	}{
		"no head of an answer": {impatient(), "http://" + address + "/"},
		"no TLS handshake":     {impatient(), "https://" + address + "/"},
		"no connection":        {dead, "http://" + address + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			stats := &Stats{}
			client := New(Options{Base: c.base, Attempts: 2, Backoff: time.Millisecond, Stats: stats})
			for method, sent := range map[string]int64{"GET": 2, "PUT": 2, "POST": 1} {
				before := stats.Requests()
				_, err := send(client, request(t, method, c.url, ""))
				if n := stats.Requests() - before; err == nil || n != sent {
					t.Errorf("%s: sent %d times: %v", method, n, err)
				}
				if !Uncertain(err) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: taken for the caller's end: %v", method, err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			defer cancel()
			c.base.ResponseHeaderTimeout, c.base.TLSHandshakeTimeout = time.Minute, time.Minute
			if _, err := send(client, request(t, "POST", c.url, "").WithContext(ctx)); name != "no connection" && (Uncertain(err) || !errors.Is(err, context.DeadlineExceeded)) {
				t.Errorf("the caller's end: %v", err)
			}
		})
	}
}

// HTTP/2's ways of breaking off have no types.
func TestStreamsThatBreak(t *testing.T) {
	n := 0
	h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n%2 == 1 {
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	h.EnableHTTP2 = true
	h.StartTLS()
	defer h.Close()
	client := New(Options{Base: h.Client().Transport, Backoff: time.Millisecond})
	if _, err := send(client, request(t, "GET", h.URL, "")); err != nil || n != 2 {
		t.Errorf("%d attempts: %v", n, err)
	}
	if _, err := send(client, request(t, "POST", h.URL, "")); !Uncertain(err) || n != 3 {
		t.Errorf("%d attempts: %v", n, err)
	}
}

// What stays as it is isn't tried again.
func TestWhatStaysAsItIs(t *testing.T) {
	h := httptest.NewTLSServer(http.NotFoundHandler())
	defer h.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, url := range []string{h.URL, strings.Replace(h.URL, "127.0.0.1", "localhost", 1), strings.Replace(plain.URL, "http", "https", 1)} {
		stats := &Stats{}
		base := &http.Transport{}
		if strings.Contains(url, "localhost") { // an authority that is known, a name that isn't
			pool := x509.NewCertPool()
			pool.AddCert(h.Certificate())
			base = h.Client().Transport.(*http.Transport).Clone()
			base.TLSClientConfig.RootCAs, base.TLSClientConfig.ServerName = pool, "nowhere.invalid"
		}
		_, err := send(New(Options{Base: base, Backoff: time.Millisecond, Stats: stats}), request(t, "GET", url, ""))
		if err == nil || Uncertain(err) || stats.Requests() != 1 {
			t.Errorf("%s: sent %d times: %v", url, stats.Requests(), err)
		}
	}
}

// A token is asked for again where the server is away for a moment, and its lack isn't the request's own failure.
func TestTokenRequests(t *testing.T) {
	for _, fault := range []http.HandlerFunc{status(500), status(502), status(503), status(504), cut, half} {
		client, server, url := serve(t, Options{}, fault, fine)
		if _, err := send(client, request(t, "POST", url+"/realms/master/protocol/openid-connect/token", "grant_type=password")); err != nil {
			t.Errorf("%v after %d", err, len(server.seen()))
		}
	}
	tokens, tokenServer, tokenURL := serve(t, Options{Attempts: 2}, status(503))
	client, server, url := serve(t, Options{Authorize: func(r *http.Request) error {
		_, err := send(tokens, request(t, "POST", tokenURL+"/realms/master/protocol/openid-connect/token", "").WithContext(r.Context()))
		return err
	}}, fine)
	_, err := send(client, request(t, "POST", url, ""))
	if !Is(err, http.StatusServiceUnavailable) || Uncertain(err) || len(tokenServer.seen()) != 2 || len(server.seen()) != 0 {
		t.Errorf("asked %d times for a token, sent %d times: %v", len(tokenServer.seen()), len(server.seen()), err)
	}
	if _, err := send(client, request(t, "GET", url, "")); err == nil || len(tokenServer.seen()) != 4 {
		t.Errorf("asked %d times for a token: %v", len(tokenServer.seen()), err)
	}
}
