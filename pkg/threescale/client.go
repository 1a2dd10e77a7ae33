// Package threescale is 3scale's Admin API as maasctl uses it: what a document asks for, what a tenant has, and how the
// one becomes the other. Each kind of object is one file.
package threescale

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	porta "github.com/3scale/3scale-porta-go-client/client"

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
	return w.http.Transport.RoundTrip(r.WithContext(w.ctx))
}

// do sends one request under /admin/api and reads the answer into out, where out isn't nil.
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(secret.RevealAll(body))
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return unwrapURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		return err
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("%s %s: the answer can't be read: %w", method, path, err)
	}
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

func (w *wrapped[T]) UnmarshalJSON(text []byte) error {
	var outer map[string]T
	err := json.Unmarshal(text, &outer)
	if len(outer) != 1 { // not wrapped after all; what went wrong above is of no interest
		return json.Unmarshal(text, &w.Value)
	}
	for _, inner := range outer {
		w.Value = inner
	}
	return err
}

// rows reads a list in whichever form it comes: a bare array, or an array under one of the object's keys.
type rows[T any] struct{ Values []T }

func (l *rows[T]) UnmarshalJSON(text []byte) error {
	text = bytes.TrimSpace(text)
	if len(text) > 0 && text[0] == '{' {
		var outer map[string]json.RawMessage
		if err := json.Unmarshal(text, &outer); err != nil {
			return err
		}
		text = []byte("[]")
		for key, inner := range outer {
			if key != "metadata" {
				text = inner
			}
		}
	}
	var items []wrapped[T]
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	for _, i := range items {
		l.Values = append(l.Values, i.Value)
	}
	return nil
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
	for page := 1; ; page++ {
		some, err := list[T](ctx, g, path+join+"page="+strconv.Itoa(page)+"&per_page="+strconv.Itoa(perPage))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < perPage {
			return all, nil
		}
	}
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
