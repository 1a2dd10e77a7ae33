package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"syscall"
)

// Advice says what to do about a server that couldn't be talked to, in words that the network's own errors lack; "" for other
// errors.
func Advice(err error) string {
	var proxy *ProxyError
	var name *net.DNSError
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &proxy) && proxy.Status == http.StatusProxyAuthRequired:
		return "The proxy wants credentials: they stand before its host, as in HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT."
	case errors.As(err, &proxy):
		return "The environment names that proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY): look there, or list the server's host in NO_PROXY."
	case errors.Is(err, syscall.ECONNREFUSED): // even where the time was over before the last attempt
		return "Nothing listens there: look at the server's address in the document, and whether it runs."
	case errors.As(err, &name):
		return "This machine doesn't know the host: look at the server's address in the document."
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return "The server doesn't speak TLS there: is it http://?"
	}
	return certificates(err)
}

// certificates says what to do about a certificate, the server's or the one that it wants.
func certificates(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "Name the authority of the server's certificate with caFile, beside its url in the document (SSL_CERT_FILE names more for the whole machine)."
	case errors.As(err, &host):
		return "The certificate is another name's: look at the server's address in the document."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The server's certificate isn't valid now: it has to be renewed there, unless this machine's clock is wrong."
	case errors.As(err, &invalid):
		return "The server's certificate isn't fit for a server: it has to be made anew."
	case isAlert(err):
		return "The server has broken off the TLS handshake: where it asks for a certificate, certFile and keyFile beside its url in the document name one."
	}
	return ""
}

// isAlert tells a handshake that the server has broken off, such as over a certificate that it wants. crypto/tls has no type
// for it.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
