package keycloak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/maasctl/internal/transport"
)

// basePath is where Keycloak before 17, and RH-SSO, have everything.
const basePath = "/auth"

// probe finds the base path: the address as it is said, or else with /auth behind it or without.
func probe(ctx context.Context, wire *http.Client, said string) (string, error) {
	other := said + basePath
	if without, ok := strings.CutSuffix(said, basePath); ok {
		other = without
	}
	var errs []error
	for _, base := range []string{said, other} {
		err := fetchPublic(ctx, wire, base+"/realms/master", &map[string]any{}, "realm")
		if err == nil {
			return base, nil
		}
		errs = append(errs, err)
		if !notKeycloak(err) {
			return "", err
		}
	}
	return "", &NotFoundError{URLs: []string{said, other}, Causes: errs}
}

// NotFoundError is an address where something answers that isn't Keycloak. It keeps its causes to itself: a 404 here is no
// missing realm.
type NotFoundError struct {
	URLs   []string
	Causes []error
}

func (e *NotFoundError) Error() string {
	var causes []string
	for _, c := range e.Causes {
		causes = append(causes, c.Error())
	}
	return fmt.Sprintf("there is no Keycloak at %s: %s", strings.Join(e.URLs, ", nor at "), strings.Join(causes, "; "))
}

// notKeycloak tells an answer that just isn't a realm's from a server that can't be reached. A realm's page is public, so
// even 403 (of a proxy that shows the one path only) says to look elsewhere.
func notKeycloak(err error) bool {
	var e *transport.Error
	var wrong *transport.AnswerError
	return errors.As(err, &wrong) || errors.As(err, &e) && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// fetchPublic reads a page that needs no token: an object that has a key. Whoever puts up a discovery may give it any type.
func fetchPublic[T any](ctx context.Context, wire *http.Client, url string, out *T, key string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	resp, err := wire.Do(r)
	if err != nil {
		return unwrapURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text := transport.Content(resp)
	var keys map[string]json.RawMessage
	if err := transport.Decode(ctx, text, &keys); ctx.Err() != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || keys[key] == nil || json.Unmarshal(text, out) != nil {
		return transport.NewAnswerError(http.MethodGet, r.URL.Path, fmt.Sprintf("an object with %q", key), resp, text)
	}
	return nil
}
