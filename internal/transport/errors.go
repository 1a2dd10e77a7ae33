package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// Error is an answer that is no success.
type Error struct {
	Method, Path string // the path without the query
	Status       int
	Message      string // the server's own words, without secrets
	Body         []byte // as it came, for those who look for more in it; never print it
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("%s %s: %d %s", e.Method, e.Path, e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("%s %s: %d %s", e.Method, e.Path, e.Status, e.Message)
}

// Is tells whether err is an answer with one of these statuses.
func Is(err error, statuses ...int) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, s := range statuses {
		if e.Status == s {
			return true
		}
	}
	return false
}

// Uncertain tells whether a request that failed like this may have taken effect all the same: the connection broke, or
// something between here and the server answered in its place.
func Uncertain(err error) bool {
	if err == nil {
		return false
	}
	var without *unsigned
	var e *Error
	if errors.As(err, &without) {
		return false
	}
	if errors.As(err, &e) {
		return e.Status == http.StatusBadGateway || e.Status == http.StatusServiceUnavailable || e.Status == http.StatusGatewayTimeout
	}
	return isNetwork(err)
}

// Passing tells whether a failure may pass by itself, so that doing the same again is worth it: the server was away, busy or
// stumbled, or the time was over.
func Passing(err error) bool {
	var e *Error
	if errors.As(err, &e) {
		return e.Status >= http.StatusInternalServerError || e.Status == http.StatusTooManyRequests || e.Status == http.StatusConflict ||
			e.Status == http.StatusRequestTimeout
	}
	var wire *wireError
	var name *net.DNSError
	known := !errors.As(err, &name) || !name.IsNotFound
	return known && errors.As(err, &wire) && (wire.callers || isNetwork(err)) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// RuleError is a 403 that isn't about the account: the server allows it to nobody.
type RuleError struct {
	Err    error
	Advice string // what to do first; "" where the server's words say it
}

func (e *RuleError) Error() string {
	if e.Advice == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%v; %s", e.Err, e.Advice)
}

func (e *RuleError) Unwrap() error { return e.Err }

// refusals turns an answer that is no success into an *Error, so that every caller, libraries included, gets the same.
type refusals struct {
	next     http.RoundTripper
	message  func([]byte) string
	redactor *Redactor
}

func (f *refusals) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := f.next.RoundTrip(r)
	if err != nil {
		return nil, &networkError{method: r.Method, path: r.URL.Path, err: err}
	}
	if resp.StatusCode < 300 || resp.StatusCode == http.StatusNotModified {
		return resp, nil
	}
	body := Content(resp)
	e := &Error{Method: r.Method, Path: r.URL.Path, Status: resp.StatusCode, Body: body}
	if f.message != nil {
		e.Message = f.message(body)
	} else if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) { // no pages of HTML
		e.Message = strings.TrimSpace(string(body))
	}
	if to := resp.Header.Get("Location"); to != "" && e.Message == "" {
		e.Message = "redirects to " + to
	}
	e.Message = f.redactor.Text(e.Message)
	return nil, e
}

// networkError is a request that got no answer. It names no query: a token may stand there.
type networkError struct {
	method, path string
	err          error
}

func (e *networkError) Error() string { return fmt.Sprintf("%s %s: %v", e.method, e.path, e.err) }
func (e *networkError) Unwrap() error { return e.err }
