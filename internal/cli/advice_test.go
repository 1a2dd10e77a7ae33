package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"example.com/maasctl/internal/transport"
)

func TestAdvice(t *testing.T) {
	plain, encrypted := httptest.NewServer(http.NotFoundHandler()), httptest.NewTLSServer(http.NotFoundHandler())
	defer plain.Close()
	defer encrypted.Close()
	get := func(url string) error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}}}).Do(r)
		if err == nil {
			_ = resp.Body.Close()
			t.Fatalf("%s answers", url)
		}
		return err
	}
	var page map[string]any
	for want, err := range map[string]error{
		"another server than":   &transport.Error{Status: http.StatusNotFound},
		"what answers there":    stdjson.Unmarshal([]byte("<html>"), &page),
		"longer than --timeout": context.DeadlineExceeded,
		"Nothing listens there": &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"doesn't know the host": &net.DNSError{Name: "nowhere.invalid", IsNotFound: true},
		"with caFile":           get(encrypted.URL),
		"another name's":        &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "a"}},
		"has to be renewed":     &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}},
		"certFile and keyFile":  &net.OpError{Op: "remote error", Err: tls.AlertError(116)},
		"in NO_PROXY":           &transport.ProxyError{Proxy: "http://proxy:3128", Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}},
		"wants credentials":     &transport.ProxyError{Proxy: "http://proxy:3128", Status: http.StatusProxyAuthRequired, Err: errors.New("407")},
		"is it http://?":        get(strings.Replace(plain.URL, "http:", "https:", 1)),
	} {
		if got := advice(fmt.Errorf("read 3scale: %w", err)); !strings.Contains(got, want) {
			t.Errorf("%v: advice %q, want %q", err, got, want)
		}
	}
	if got := advice(errors.New("422 name can't be blank")); got != "" {
		t.Errorf("%q", got)
	}
}
