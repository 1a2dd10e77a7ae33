package keycloak

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/Nerzal/gocloak/v13"

	"example.com/maasctl/internal/transport"
)

// margin is how long before its end a token is renewed; of a shorter-lived one, a third of its life is kept.
const margin = 10 * time.Second

// tokens gives each request an access token: one for all of them, renewed by one of them before it ends.
type tokens struct {
	credentials Credentials
	server      string
	redactor    *transport.Redactor
	ask         func(ctx context.Context, realm string, o gocloak.TokenOptions) (*gocloak.JWT, error)

	mu      sync.Mutex
	access  string
	until   time.Time
	refresh string // "" where the server gave none: client credentials are asked for anew
}

func newTokens(config Config, ask func(context.Context, string, gocloak.TokenOptions) (*gocloak.JWT, error)) *tokens {
	c := config.Credentials
	config.Transport.Redactor.Add(c.Password.Reveal(), c.ClientSecret.Reveal(), c.Token.Reveal())
	return &tokens{credentials: c, server: config.URL, redactor: config.Transport.Redactor, ask: ask}
}

// sign puts the token on a request.
func (t *tokens) sign(r *http.Request) error {
	token, err := t.token(r.Context())
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func (t *tokens) token(ctx context.Context) (string, error) {
	if !t.credentials.Token.IsZero() {
		return t.credentials.Token.Reveal(), nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.access != "" && time.Now().Before(t.until) {
		return t.access, nil
	}
	started := time.Now()
	jwt, err := t.renew(ctx)
	if err != nil {
		return "", err
	}
	t.redactor.Add(jwt.AccessToken, jwt.RefreshToken)
	t.access, t.refresh = jwt.AccessToken, jwt.RefreshToken
	life := time.Duration(jwt.ExpiresIn) * time.Second
	t.until = started.Add(life - min(margin, life/3))
	return t.access, nil
}

// renew uses the refresh token while it holds, and signs in otherwise.
func (t *tokens) renew(ctx context.Context) (*gocloak.JWT, error) {
	realm, o := t.options()
	if t.refresh != "" {
		again := gocloak.TokenOptions{ClientID: o.ClientID, ClientSecret: o.ClientSecret, GrantType: gocloak.StringP("refresh_token"), RefreshToken: &t.refresh}
		if jwt, err := t.ask(ctx, realm, again); err == nil {
			return jwt, nil
		}
	}
	jwt, err := t.ask(ctx, realm, o)
	var refused *transport.Error
	if transport.Is(err, http.StatusNotFound) {
		return nil, &NoRealmError{Server: t.server, Realm: realm}
	}
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		return nil, &ErrNotAuthorized{Server: t.server, Err: err}
	}
	return jwt, err
}

// adminCLI is the client of every realm for signing in with a user name.
const adminCLI = "admin-cli"

func (t *tokens) options() (realm string, o gocloak.TokenOptions) {
	c := t.credentials
	id, sec := c.ClientID.Reveal(), c.ClientSecret.Reveal()
	o = gocloak.TokenOptions{ClientID: &id, GrantType: gocloak.StringP("client_credentials")}
	if sec != "" {
		o.ClientSecret = &sec
	}
	if !c.Username.IsZero() {
		id = cmp.Or(id, adminCLI)
		o.GrantType, o.Username, o.Password = gocloak.StringP("password"), gocloak.StringP(c.Username.Reveal()), gocloak.StringP(c.Password.Reveal())
	}
	return cmp.Or(c.Realm, "master"), o
}

func (t *tokens) current() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access
}

// drop makes the next request sign in anew, unless another has done so since the token was used. It is false where no other
// token can be had.
func (t *tokens) drop(used string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.access == used {
		t.access, t.refresh = "", ""
	}
	return t.credentials.Token.IsZero()
}

// grant asks the server for a token. gocloak's errors keep texts only, so the transport's own is brought along beside them.
func (c *client) grant(ctx context.Context, realm string, o gocloak.TokenOptions) (*gocloak.JWT, error) {
	_, base, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	failure := &keptError{next: c.plain.Transport}
	kc := gocloak.NewClient(base)
	kc.RestyClient().SetTransport(failure)
	jwt, err := kc.GetToken(ctx, realm, o)
	if failure.err != nil {
		return nil, failure.err
	}
	return jwt, err
}

// keptError keeps the error of the one request that goes through it. A success without a token is one.
type keptError struct {
	next http.RoundTripper
	err  error
}

func (k *keptError) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := k.next.RoundTrip(r)
	if err == nil {
		var given struct {
			Token string `json:"access_token"`
		}
		if text := transport.Content(resp); resp.StatusCode != http.StatusOK || json.Unmarshal(text, &given) != nil || given.Token == "" {
			resp, err = nil, transport.NewAnswerError(r.Method, r.URL.Path, `an object with "access_token"`, resp, text)
		}
	}
	k.err = err
	return resp, err
}
