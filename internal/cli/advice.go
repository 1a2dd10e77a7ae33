package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	stdjson "encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
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

// next says what to do after an apply that didn't reach its end; "" after one that did. savedPlan is a plan of a file.
func next(r *apply.Result, savedPlan bool) string {
	if r.Count(apply.Done) == len(r.Outcomes) {
		return ""
	}
	first, again := "", "run the same command again"
	if savedPlan && (r.Changed() || r.Unsure()) {
		again = "make a new plan, of what the servers have now, and apply that"
	}
	for _, o := range r.Outcomes {
		switch {
		case o.State != apply.Failed || transport.Passing(o.Err):
		case exitCode(o.Err) == ExitAuth:
			first = "Give the account what it lacks (see above), then "
		case first == "":
			first = "Mend what was refused (see above), then "
		}
	}
	if first == "" {
		again = strings.ToUpper(again[:1]) + again[1:]
	}
	if r.Changed() || r.Unsure() {
		again += ": it goes on from here"
	}
	return first + again + "."
}
