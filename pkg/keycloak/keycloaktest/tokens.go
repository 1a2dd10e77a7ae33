package keycloaktest

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The roles in master that decide what an account may do everywhere.
const (
	roleAdmin       = "admin"
	roleCreateRealm = "create-realm"
)

// session is somebody who has signed in.
type session struct {
	realm  *realm
	user   *user
	client *client
	until  time.Time
	born   int // what was made later isn't known to a token of 18
}

func (w *session) roles() []*role { return w.realm.effective(w.user) }

func (w *session) has(name string) bool {
	return w.realm.name == "master" && slices.ContainsFunc(w.roles(), func(r *role) bool { return r.client == nil && r.name() == name })
}

func (w *session) isAdmin() bool { return w.has(roleAdmin) }

// may tells whether a session has a right: on "realm", "clients", "users" or "identity-providers" of a realm.
func (s *Server) may(w *session, r *realm, what string, write bool) bool {
	if w.isAdmin() || r.creator == w.user && (!s.old() || w.born > r.born) {
		return true
	}
	if w.realm != r {
		return false
	}
	return slices.ContainsFunc(w.roles(), func(x *role) bool {
		if x.client == nil || str(x.client.rep, "clientId") != "realm-management" {
			return false
		}
		return x.name() == "realm-admin" || x.name() == "manage-"+what || !write && x.name() == "view-"+what
	})
}

func forbidden(s *Server) answer {
	if s.old() {
		return says(http.StatusForbidden, "unknown_error")
	}
	return says(http.StatusForbidden, "HTTP 403 Forbidden")
}

// public are the pages that need no token.
func (s *Server) public(c *call) answer {
	c.realm = s.realms[c.segments[1]]
	if c.realm == nil {
		return says(http.StatusNotFound, "Realm does not exist")
	}
	issuer := c.base + "/realms/" + escape(c.realm.name)
	oidc := issuer + "/protocol/openid-connect"
	c.segments = c.segments[2:]
	return dispatch(c, []route{
		{"GET ", func(*call) answer {
			return ok(object{"realm": c.realm.name, "token-service": oidc, "account-service": issuer + "/account", "tokens-not-before": 0})
		}},
		{"GET .well-known/openid-configuration", func(*call) answer {
			return ok(object{
				"issuer": issuer, "authorization_endpoint": oidc + "/auth", "token_endpoint": oidc + "/token", "userinfo_endpoint": oidc + "/userinfo",
				"end_session_endpoint": oidc + "/logout", "jwks_uri": oidc + "/certs", "introspection_endpoint": oidc + "/token/introspect",
				"grant_types_supported": []string{"authorization_code", "implicit", "refresh_token", "password", "client_credentials"},
			})
		}},
		{"GET protocol/openid-connect/certs", func(*call) answer { return ok(object{"keys": []any{}}) }},
		{"POST protocol/openid-connect/token", s.grant},
	})
}

// grant is the token endpoint: password, client credentials and refresh.
func (s *Server) grant(c *call) answer {
	if err := c.ParseForm(); err != nil {
		return answer{status: http.StatusBadRequest, body: object{"error": "invalid_request"}}
	}
	id, secret := c.Form.Get("client_id"), c.Form.Get("client_secret")
	if user, password, basic := c.BasicAuth(); basic {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	if !flag(c.realm.rep, "enabled") {
		return refused(http.StatusForbidden, "access_denied", "Realm not enabled")
	}
	client := c.realm.client(id)
	if client == nil || !flag(client.rep, "enabled") {
		status := http.StatusUnauthorized
		if s.old() {
			status = http.StatusBadRequest
		}
		return refused(status, "invalid_client", "Invalid client or Invalid client credentials")
	}
	if !flag(client.rep, "publicClient") && (client.secret == "" || secret != client.secret) {
		return refused(http.StatusUnauthorized, "unauthorized_client", "Invalid client or Invalid client credentials")
	}
	switch c.Form.Get("grant_type") {
	case "password":
		return s.byPassword(c, client)
	case "client_credentials":
		if client.account == nil || !flag(client.rep, "serviceAccountsEnabled") {
			return refused(http.StatusUnauthorized, "unauthorized_client", "Client not enabled to retrieve service account")
		}
		return s.issue(c, &session{realm: c.realm, user: client.account, client: client}, 5*s.opts.TokenLife, false)
	case "refresh_token":
		old := s.refresh[c.Form.Get("refresh_token")]
		if old == nil || old.client != client {
			return refused(http.StatusBadRequest, "invalid_grant", "Invalid refresh token")
		}
		return s.issue(c, &session{realm: old.realm, user: old.user, client: client}, s.opts.TokenLife, true)
	}
	return refused(http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant_type")
}

func (s *Server) byPassword(c *call, client *client) answer {
	u := c.realm.userNamed(strings.ToLower(c.Form.Get("username")))
	if u == nil || u.password == "" || u.password != c.Form.Get("password") || !flag(u.rep, "enabled") || !flag(client.rep, "directAccessGrantsEnabled") {
		status := http.StatusBadRequest
		if s.old() {
			status = http.StatusUnauthorized
		}
		return refused(status, "invalid_grant", "Invalid user credentials")
	}
	if len(list(u.rep["requiredActions"])) > 0 {
		return refused(http.StatusBadRequest, "invalid_grant", "Account is not fully set up")
	}
	return s.issue(c, &session{realm: c.realm, user: u, client: client}, s.opts.TokenLife, true)
}

func refused(status int, word, text string) answer {
	return answer{status: status, body: object{"error": word, "error_description": text}}
}

func (s *Server) issue(c *call, w *session, life time.Duration, refreshable bool) answer {
	s.serial++
	w.until, w.born = time.Now().Add(life), s.serial
	token := w.token(c)
	s.tokens[token] = w
	out := object{"access_token": token, "expires_in": int(life.Seconds()), "token_type": "Bearer", "scope": "profile email", "not-before-policy": 0}
	if refreshable {
		again := random(24)
		s.refresh[again] = w
		out["refresh_token"], out["refresh_expires_in"] = again, 1800
	}
	return ok(out)
}

// token is a token with what a reader of it looks for; nobody checks its signature.
func (w *session) token(c *call) string {
	claims := object{"iss": c.base + "/realms/" + escape(w.realm.name), "azp": w.client.rep["clientId"], "typ": "Bearer", "sub": w.user.id(), "jti": random(8)}
	if str(w.client.rep, "clientId") != "admin-cli" || w.realm.old { // 26 leaves it out of an administrator's
		claims["preferred_username"] = w.user.rep["username"]
	}
	part := func(v object) string {
		text, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(object{"alg": "RS256", "typ": "JWT"}) + "." + part(claims) + "." + random(24)
}

// Expire ends all tokens at once, as a restart of the server does. Refresh tokens go too.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.refresh = map[string]*session{}, map[string]*session{}
}

// signedIn finds out who sends a request.
func (s *Server) signedIn(c *call) bool {
	token, is := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
	w := s.tokens[token]
	if !is || w == nil || time.Now().After(w.until) {
		return false
	}
	c.who = w
	return true
}
