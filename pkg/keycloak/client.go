// Package keycloak is Keycloak's Admin REST API as maasctl uses it: what a document asks for, what a realm has, and how the
// one becomes the other. Each kind of object is one file. It works with Keycloak 26 and with 18, which RH-SSO 7.6 is.
package keycloak

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/Nerzal/gocloak/v13"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/secret"
)

// System is the name of Keycloak in addresses and plans.
const System = "keycloak"

// client sends requests to the Admin REST API of one server. An answer that is no success is a *transport.Error.
//
// It goes through gocloak, but not through its typed calls: those drop the fields that gocloak doesn't know, and can't
// send an empty list.
type client struct {
	tokens *tokens
	http   *http.Client
	plain  *http.Client // without a token: probing, signing in, discovery

	mu   sync.Mutex
	base string // with the base path; "" until it has been found
	said string // the address as the document says it
	kc   *gocloak.GoCloak
}

func newClient(config Config) *client {
	opts := config.Transport
	opts.Message, opts.Conflicts = message, true
	c := &client{said: strings.TrimRight(config.URL, "/"), plain: transport.New(opts)}
	c.tokens = newTokens(config, c.grant)
	opts.Authorize = c.tokens.sign
	c.http = transport.New(opts)
	return c
}

// connect finds the base path, once, and returns gocloak for it.
func (c *client) connect(ctx context.Context) (*gocloak.GoCloak, string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kc != nil {
		return c.kc, c.base, nil
	}
	base, err := probe(ctx, c.plain, c.said)
	if err != nil {
		return nil, "", err
	}
	kc := gocloak.NewClient(base)
	kc.RestyClient().SetTransport(c.http.Transport)
	c.base, c.kc = base, kc
	return kc, base, nil
}

// answer is what a request brought.
type answer struct {
	resp     *http.Response // for its status and type
	body     []byte
	location string // of what was created
}

// id is the id of what was created: the last segment of its location.
func (a answer) id() string {
	last := a.location[strings.LastIndexByte(a.location, '/')+1:]
	if id, err := url.PathUnescape(last); err == nil {
		return id
	}
	return last
}

// do sends one request below /admin/realms. Where the server stumbles over a delete, it is sent again, as the transport does
// with reads; what writes has to look first.
func (c *client) do(ctx context.Context, method, path string, body any) (answer, error) {
	if method != http.MethodDelete {
		return c.once(ctx, method, path, body)
	}
	var a answer
	err := retried(ctx, func() (err error) {
		a, err = c.once(ctx, method, path, body)
		return err
	})
	return a, err
}

// once is do for one try. A token that the server no longer takes is renewed once. Credentials that it refuses aren't tried
// again: it may lock the account after a few failures.
func (c *client) once(ctx context.Context, method, path string, body any) (answer, error) {
	kc, base, err := c.connect(ctx)
	if err != nil {
		return answer{}, err
	}
	var text []byte
	if body != nil {
		if text, err = secret.Encode(body); err != nil {
			return answer{}, err
		}
	}
	used := c.tokens.current()
	to := base + "/admin/realms" + path
	if path == serverInfo {
		to = base + "/admin/serverinfo"
	}
	a, err := send(ctx, kc, method, to, text)
	if transport.Is(err, http.StatusUnauthorized) && !isNotAuthorized(err) && c.tokens.drop(used) {
		a, err = send(ctx, kc, method, to, text)
	}
	if err == nil && method != http.MethodGet {
		err = checkWrite(method, path, a)
	}
	return a, err
}

func send(ctx context.Context, kc *gocloak.GoCloak, method, to string, body []byte) (answer, error) {
	r := kc.GetRequestWithBearerAuth(ctx, "") // the transport signs
	if body != nil {
		r.SetBody(body)
	}
	resp, err := r.Execute(method, to)
	if err != nil {
		return answer{}, unwrapURL(err)
	}
	return answer{resp: resp.RawResponse, body: bytes.TrimSpace(resp.Body()), location: resp.Header().Get("Location")}, nil
}

// serverInfo is the path of what the server says about itself, the one that isn't below /admin/realms.
const serverInfo = "/../serverinfo"

// get reads a path below /admin/realms into out; numbers come as json.Number. An answer of another form than the server's is
// an error.
func (c *client) get(ctx context.Context, path string, out any) error {
	a, err := c.do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	value, err := a.checked(ctx, path)
	if err != nil {
		return err
	}
	switch out := out.(type) {
	case *any:
		*out = value
	case *map[string]any:
		*out, _ = value.(map[string]any)
	case *[]map[string]any:
		*out = objectsIn(value)
	}
	return nil
}

// unwrapURL drops what net/http puts around an error: the method and URL are in it already.
func unwrapURL(err error) error {
	if u, ok := err.(*url.Error); ok { //nolint:errorlint // only the outermost
		return u.Err
	}
	return err
}

// path joins escaped segments: path("team", "roles", "r/1") is "/team/roles/r%2F1".
func path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}
