// Package dump gives the state of a realm without ids and times, and without what a new realm of the same server has by
// itself, so that states can be compared across servers and runs.
package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
)

// Server is a Keycloak whose realms are compared with what a new realm of it has by itself.
type Server struct {
	Base           string // with the base path
	User, Password string

	mu    sync.Mutex
	fresh any
}

// Realm reads a realm. secrets are the texts of secrets, with what stands for them in the state; all others are "generated".
// For comparison a new realm is made once, read, and removed again.
func (s *Server) Realm(ctx context.Context, realm string, secrets map[string]string) (map[string]any, error) {
	d := &dumper{ctx: ctx, base: s.Base, secrets: secrets}
	if err := d.signIn(s.User, s.Password); err != nil {
		return nil, err
	}
	fresh := s.blank(d)
	mine := d.state(realm)
	if d.err != nil {
		return nil, d.err
	}
	out, _ := beyond(mine, fresh).(map[string]any)
	return out, nil
}

func (s *Server) blank(d *dumper) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fresh == nil {
		name := fmt.Sprintf("dump-%d", os.Getpid())
		d.call(http.MethodPost, "", map[string]any{"realm": name, "enabled": true})
		s.fresh = d.state(name)
		d.call(http.MethodDelete, path(name), nil)
	}
	return s.fresh
}

func path(segment string) string { return "/" + url.PathEscape(segment) }

// dumper is one dump under way. The first error stops it: all calls after it give nothing.
type dumper struct {
	ctx     context.Context //nolint:containedctx // of one dump
	base    string
	secrets map[string]string
	token   string
	err     error
}

func (d *dumper) signIn(user, password string) error {
	form := url.Values{"client_id": {"admin-cli"}, "grant_type": {"password"}, "username": {user}, "password": {password}}
	r, err := http.NewRequestWithContext(d.ctx, http.MethodPost, d.base+"/realms/master/protocol/openid-connect/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer struct {
		Token string `json:"access_token"`
	}
	_, err = exchange(r, &answer)
	d.token = answer.Token
	return err
}

func exchange(r *http.Request, out any) (int, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode >= 300 {
		return resp.StatusCode, fmt.Errorf("%s %s: %s: %s", r.Method, r.URL.Path, resp.Status, text)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return resp.StatusCode, nil
	}
	return resp.StatusCode, json.Unmarshal(text, out)
}

// call sends one request; what isn't there (404, 405) is nil.
func (d *dumper) call(method, path string, body any) any {
	if d.err != nil && method != http.MethodDelete {
		return nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		d.err = err
		return nil
	}
	r, err := http.NewRequestWithContext(d.ctx, method, d.base+"/admin/realms"+path, bytes.NewReader(text))
	if err != nil {
		d.err = err
		return nil
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Content-Type", "application/json")
	var out any
	status, err := exchange(r, &out)
	if status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusBadRequest && method == http.MethodGet {
		return nil
	}
	if err != nil && d.err == nil {
		d.err = err
	}
	return out
}

func (d *dumper) one(path string) map[string]any {
	m, _ := d.call(http.MethodGet, path, nil).(map[string]any)
	return m
}

func (d *dumper) list(path string) []map[string]any {
	return objects(d.call(http.MethodGet, path, nil))
}

func objects(v any) []map[string]any {
	all, _ := v.([]any)
	var out []map[string]any
	for _, e := range all {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
