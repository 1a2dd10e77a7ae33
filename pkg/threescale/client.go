// Package threescale is 3scale's Admin API as maasctl uses it: what a document asks for, what a tenant has, and how the
// one becomes the other. Each kind of object is one file.
package threescale

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	porta "github.com/3scale/3scale-porta-go-client/client"

	"example.com/maasctl/internal/exact"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/secret"
)

// System is the name of 3scale in addresses and plans.
const System = "3scale"

// client sends requests to one admin portal. An answer that is no success is a *transport.Error.
type client struct {
	base string
	http *http.Client
}

func newClient(base string, token secret.Value, opts transport.Options) *client {
	opts.Message = message
	opts.Authorize = func(r *http.Request) error {
		// Basic with an empty user: a token in the query would be echoed in Location headers and logs, and Bearer is
		// answered with 500.
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(":"+token.Reveal())))
		return nil
	}
	return &client{base: strings.TrimRight(base, "/"), http: transport.New(opts)}
}

// porta calls 3scale's own client over the same transport, for what it does right. It knows no contexts, so each call gets
// a client of its own that brings this one along.
func (c *client) porta(ctx context.Context, call func(*porta.ThreeScaleClient) error) error {
	portal, err := porta.NewAdminPortalFromStr(c.base)
	if err != nil {
		return fmt.Errorf("admin portal %s: %w", c.base, err)
	}
	bound := &http.Client{Transport: withContext{ctx, c.http}}
	return unwrapURL(call(porta.NewThreeScale(portal, "", bound))) // the transport signs
}

type withContext struct {
	ctx  context.Context //nolint:containedctx // the library below takes none
	http *http.Client
}

func (w withContext) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.http.Transport.RoundTrip(r.WithContext(w.ctx))
	if err != nil {
		return nil, err
	}
	if err := checkAnswer(r.Method, r.URL.Path, resp, ""); err != nil {
		return nil, err
	}
	return resp, nil
}

// do sends one request under /admin/api and reads the answer into out, where out isn't nil. An answer of another form than
// the request's is an error.
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	text, err := c.send(ctx, method, path, body)
	if err != nil || out == nil {
		return err
	}
	return decode(ctx, method, path, text, out)
}

// send gives the text of a successful answer.
func (c *client) send(ctx context.Context, method, path string, body any) ([]byte, error) {
	var reader io.Reader
	if body != nil {
		text, err := secret.Encode(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, unwrapURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return transport.Content(resp), checkAnswer(method, r.URL.Path, resp, systemNameIn(body))
}

// systemNameIn is the system name that a new object is to have.
func systemNameIn(body any) string {
	fields, _ := body.(map[string]any)
	name, _ := fields["system_name"].(string)
	return name
}

// decode reads an answer that has its form into out, which stays as it is where that fails or the caller's time ends.
func decode(ctx context.Context, method, path string, text []byte, out any) error {
	target := reflect.ValueOf(out).Elem()
	value, err := transport.Within(ctx, len(text), func() (reflect.Value, error) {
		v := reflect.New(target.Type())
		if l, ok := v.Interface().(interface{ from([]byte) error }); ok {
			return v.Elem(), l.from(text)
		}
		return v.Elem(), exact.Unmarshal(text, v.Interface())
	})
	if err != nil {
		path, _, _ = strings.Cut(path, "?")
		if ctx.Err() != nil {
			return fmt.Errorf("%s %s: the answer can't be read: %w", method, path, err)
		}
		return &transport.AnswerError{Method: method, Path: path, Want: "one that can be read", Got: err.Error()}
	}
	target.Set(value)
	return nil
}

// unwrapURL drops what net/http puts around an error: the method and URL are in it already, and a query may hold a secret.
func unwrapURL(err error) error {
	if u, ok := err.(*url.Error); ok { //nolint:errorlint // only the outermost
		return u.Err
	}
	return err
}

// wrapped reads an object out of the one-key object that 3scale puts around each.
type wrapped[T any] struct{ Value T }

func (w *wrapped[T]) from(text []byte) error {
	var outer map[string]T
	if err := exact.Unmarshal(text, &outer); err != nil {
		return err
	}
	for _, w.Value = range outer {
	}
	return nil
}

// rows reads a list in whichever form it comes: a bare array, or an array under one of the object's keys.
type rows[T any] struct{ Values []T }

func (l *rows[T]) from(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	outer, err := elements[T](d)
	if err == nil {
		_, err = d.Token()
	}
	if err != io.EOF { //nolint:errorlint // Token's own
		return cmp.Or(err, errors.New("something follows the list"))
	}
	l.Values = make([]T, 0, len(outer))
	for _, o := range outer {
		if len(o) != 1 {
			return errors.New("an element of the list isn't one object under its key")
		}
		for _, v := range o {
			l.Values = append(l.Values, v)
		}
	}
	return nil
}

// elements reads the list, wherever it is, in one go.
func elements[T any](d *json.Decoder) (list []map[string]T, err error) {
	if first, err := d.Token(); err != nil || first == json.Delim('[') {
		for err == nil && d.More() {
			var o map[string]T
			err = d.Decode(&o)
			list = append(list, o)
		}
		return list, cmp.Or(err, end(d))
	}
	for d.More() {
		key, err := d.Token()
		if err == nil && key == "metadata" {
			err = d.Decode(&json.RawMessage{})
		} else if err == nil {
			err = d.Decode(&list)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, end(d)
}

// end takes the bracket that ends what is read.
func end(d *json.Decoder) error {
	_, err := d.Token()
	return err
}

// perPage is the most that 3scale gives at once; a larger number silently becomes this one.
const perPage = 500

// list reads a list that 3scale gives whole.
func list[T any](ctx context.Context, g getter, path string) ([]T, error) {
	var l rows[T]
	err := g.get(ctx, path, &l)
	return l.Values, err
}

// pages reads a list that 3scale gives in pages.
func pages[T any](ctx context.Context, g getter, path string) ([]T, error) {
	var all []T
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	seen := map[[sha256.Size]byte]bool{}
	for page := 1; page <= mostPages; page++ {
		some, err := list[T](ctx, g, path+join+"page="+strconv.Itoa(page)+"&per_page="+strconv.Itoa(perPage))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < perPage {
			return all, nil
		}
		ids, err := json.Marshal(some)
		digest := sha256.Sum256(ids)
		if err != nil || seen[digest] {
			return nil, endless(path, fmt.Sprintf("page %d is one that came before", page))
		}
		seen[digest] = true
	}
	return nil, endless(path, fmt.Sprintf("%d pages and no end", mostPages))
}

// mostPages is how many pages a list may have: a million objects.
const mostPages = 2000

// endless is the error for a list that isn't read to its end.
func endless(path, got string) error {
	path, _, _ = strings.Cut(path, "?")
	return &transport.AnswerError{Method: http.MethodGet, Path: path, Want: "a list that ends", Got: got}
}

// one reads a single object.
func one[T any](ctx context.Context, g getter, path string) (T, error) {
	var w wrapped[T]
	err := g.get(ctx, path, &w)
	return w.Value, err
}

type getter interface {
	get(ctx context.Context, path string, out any) error
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, nil, out)
}

var _ getter = (*client)(nil)
