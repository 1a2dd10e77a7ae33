package threescaletest

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

const (
	msgDenied      = "Access denied"
	msgPermissions = "Your access token does not have the correct permissions"
)

// token is an access token of a tenant's user.
type token struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Scopes     []string   `json:"scopes"`
	Permission string     `json:"permission"`
	Value      string     `json:"value"`
	ExpiresAt  *time.Time `json:"expires_at,omitempty"`
}

func (t *token) id() int64 { return t.ID }

// allows says whether the token has one of the scopes.
func (t *token) allows(scopes []string) bool {
	if len(scopes) == 0 {
		scopes = []string{"account_management"}
	}
	for _, want := range scopes {
		for _, has := range t.Scopes {
			if want == has {
				return true
			}
		}
	}
	return false
}

// credential is the token that a request carries. A parameter wins over the
// Authorization header even when it is blank. broken: the header is one that porta
// fails on (anything that is no Basic authentication).
func credential(c *call) (value string, broken bool) {
	if p := c.params(); p.has("access_token") {
		return p.text("access_token"), false
	}
	scheme, rest, _ := strings.Cut(c.req.Header.Get("Authorization"), " ")
	if scheme == "" {
		return "", false
	}
	if !strings.EqualFold(scheme, "basic") {
		return "", true
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		return "", false
	}
	user, password, _ := strings.Cut(string(raw), ":")
	if strings.TrimSpace(user) != "" {
		return user, false
	}
	return password, false
}

// authenticate finds the token of a request and says what it may not do.
func authenticate(c *call) *answer {
	value, broken := credential(c)
	if broken {
		return ptr(crashed())
	}
	tok, known := c.tenant.Tokens.find(func(t *token) bool { return t.Value == value })
	if c.route.master && (!known || value == "") {
		return ptr(answer{status: http.StatusUnauthorized, raw: []byte("unauthorized"), kind: "text/plain; charset=utf-8"})
	}
	if !known || value == "" || tok.ExpiresAt != nil && tok.ExpiresAt.Before(c.now) {
		return ptr(failed(http.StatusForbidden, msgDenied))
	}
	if c.tenant.State != "approved" {
		return &answer{status: http.StatusForbidden}
	}
	c.token = tok
	if !tok.allows(c.route.scopes) {
		return ptr(failed(http.StatusForbidden, msgPermissions))
	}
	return nil
}
