package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// wireError is a request that got no answer, or none that came to its end. Whose doing that was is known here and nowhere
// above: net/http's own timeouts (of dialing, of the TLS handshake, of an answer's head) call themselves
// context.DeadlineExceeded, as the end of the caller's time does. Only that is one here.
type wireError struct {
	err     error
	callers bool // the caller gave up, or its time is over
}

func (e *wireError) Error() string { return e.err.Error() }

// Is hides the names of the caller's giving up where it didn't.
func (e *wireError) Is(target error) bool {
	if target == context.Canceled || target == context.DeadlineExceeded {
		return e.callers && errors.Is(e.err, target)
	}
	return errors.Is(e.err, target)
}

// As looks into what the wire said.
func (e *wireError) As(target any) bool { return errors.As(e.err, target) }

// outcomes turns what goes wrong on the wire into wireErrors.
type outcomes struct{ next http.RoundTripper }

func (o *outcomes) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := o.next.RoundTrip(r)
	if err == nil || isAnswer(err) {
		return resp, err
	}
	ended := r.Context().Err()
	if ended != nil && !errors.Is(err, ended) {
		err = errors.Join(ended, err)
	}
	return nil, &wireError{err: err, callers: ended != nil}
}

// unsigned is a request that wasn't sent, since nobody signed it. What went wrong then has been tried again already, by
// whoever asked for the signature.
type unsigned struct{ err error }

func (e *unsigned) Error() string { return e.err.Error() }
func (e *unsigned) Unwrap() error { return e.err }

// isNetwork tells a connection that broke or couldn't be made from an answer, from the caller's own giving up, and from
// what stays as it is: a wrong name, a certificate that nobody vouches for. net/http has types for few of its errors, and
// none of HTTP/2's, so that all others are the network's.
func isNetwork(err error) bool {
	var wire *wireError
	var without *unsigned
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &without) || !errors.As(err, &wire) {
		return false
	}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var proxy *ProxyError
	switch {
	case errors.As(err, &proxy) && proxy.Status != 0 && proxy.Status < http.StatusInternalServerError, isAlert(err):
		return false
	case errors.As(err, &name) && name.IsNotFound, errors.Is(err, http.ErrSchemeMismatch),
		errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host), errors.As(err, &record):
		return false
	}
	return true
}
