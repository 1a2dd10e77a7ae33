package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	stdjson "encoding/json"
	"errors"
	"net"
	"net/http"
	"syscall"

	"example.com/maasctl/internal/transport"
)

// advice says what to do about an error whose own words don't, because they are the network's; "" for others.
func advice(err error) string {
	var name *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var page *stdjson.SyntaxError // an answer that isn't JSON
	var wrong *transport.AnswerError
	var notTLS tls.RecordHeaderError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED): // even where the time was over before the last attempt
		return "Nothing listens there: look at the server's address in the document, and whether it runs."
	case errors.Is(err, context.DeadlineExceeded):
		return "The command took longer than --timeout allows."
	case errors.As(err, &name):
		return "This machine doesn't know the host: look at the server's address in the document."
	case errors.As(err, &authority), errors.As(err, &host):
		return "The server's certificate can't be checked: add its authority to those of this machine (SSL_CERT_FILE), or say insecure: true."
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return "The server doesn't speak TLS there: is it http://?"
	case errors.As(err, &page), errors.As(err, &wrong), transport.Is(err, http.StatusMovedPermanently, http.StatusFound, http.StatusNotFound, http.StatusPermanentRedirect):
		return "That may be another server than the document means: `maasctl doctor` looks at what answers there."
	}
	return ""
}
