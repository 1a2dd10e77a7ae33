package threescaletest

import (
	"net/url"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// signIn is an authentication provider: somebody else who says who a user is. Those
// of the developer portal and those of the admin portal are kept apart.
type signIn struct {
	stamps
	ID         int64   `json:"id"`
	Kind       string  `json:"kind"`
	Audience   string  `json:"account_type"` // developer or provider
	Name       *string `json:"name"`
	SystemName string  `json:"system_name"`
	Identifier *string `json:"identifier_key"`
	Username   *string `json:"username_key"`
	ClientID   *string `json:"client_id"`
	Secret     *string `json:"client_secret"`
	Site       *string `json:"site"`
	TokenURL   *string `json:"token_url"`
	UserURL    *string `json:"user_info_url"`
	LoginURL   *string `json:"authorize_url"`
	TrustEmail *bool   `json:"trust_email"`
	Published  *bool   `json:"published"`
	SkipTLS    *bool   `json:"skip_ssl_certificate_verification"`
	AutoAccept *bool   `json:"automatically_approve_accounts"`
}

func (s *signIn) id() int64 { return s.ID }

// The two audiences.
const (
	developers = "developer"
	providers  = "provider"
)

func signInAttributes() []string {
	return []string{"id", "name", "system_name", "client_id", "client_secret", "token_url", "user_info_url", "authorize_url", "site", "account_id", "created_at",
		"updated_at", "tenant_id", "identifier_key", "username_key", "trust_email", "kind", "published", "branding_state", "type",
		"skip_ssl_certificate_verification", "account_type", "automatically_approve_accounts", "branding_state_event"}
}

// signInPublished says whether the admin portal has a published provider.
func (t *tenant) signInPublished() bool {
	_, found := t.SignIns.find(func(s *signIn) bool { return s.Audience == providers && or(s.Published, false) })
	return found
}

func listSignIns(audience string) handler {
	return func(c *call) answer {
		return listed(c, "authentication_providers", c.tenant.SignIns.where(func(s *signIn) bool { return s.Audience == audience }), showSignIn)
	}
}

// inSignIn gives a handler the provider of the path.
func inSignIn(audience string, h func(*call, *signIn) answer) handler {
	return func(c *call) answer {
		s, found := c.tenant.SignIns.get(c.id("id"))
		if !found || s.Audience != audience {
			return notFound()
		}
		return h(c, s)
	}
}

func getSignIn(c *call, s *signIn) answer { return ok(showSignIn(c, s)) }

// assign writes the parameters that are allowed.
func (s *signIn) assign(in params, names ...string) {
	texts := map[string]**string{"name": &s.Name, "client_id": &s.ClientID, "client_secret": &s.Secret, "token_url": &s.TokenURL, "user_info_url": &s.UserURL,
		"authorize_url": &s.LoginURL, "site": &s.Site, "identifier_key": &s.Identifier, "username_key": &s.Username}
	flags := map[string]**bool{"trust_email": &s.TrustEmail, "published": &s.Published, "skip_ssl_certificate_verification": &s.SkipTLS, "automatically_approve_accounts": &s.AutoAccept}
	for _, name := range names {
		v, sent := in.permit(name)[name]
		if !sent {
			continue
		}
		if to, isText := texts[name]; isText {
			*to = castText(v)
		}
		if to, isFlag := flags[name]; isFlag {
			*to = castBool(v)
		}
	}
}

func createSignIn(audience string) handler {
	return func(c *call) answer {
		in, wrong := c.required("authentication_provider", signInAttributes()...)
		if wrong != nil {
			return *wrong
		}
		in = in.permit(signInAttributes()...)
		if rubyBlank(in["kind"]) {
			return required("kind")
		}
		s := &signIn{stamps: born(c.now), Kind: strings.ToLower(in.text("kind")), Audience: audience, Identifier: ptr("id"), Username: ptr("login"),
			TrustEmail: ptr(false), Published: ptr(false), SkipTLS: ptr(false), AutoAccept: ptr(false)}
		s.assign(in, "name", "client_id", "client_secret", "site", "published", "skip_ssl_certificate_verification")
		if audience == developers {
			s.assign(in, "token_url", "user_info_url", "authorize_url", "identifier_key", "username_key", "trust_email", "automatically_approve_accounts")
		}
		var errs problems
		s.SystemName = *systemName(&errs, s.model(), castText(in["system_name"]), s.Name, c.tenant.signInNameTaken)
		if s.Name == nil {
			s.Name = ptr(s.humanKind())
		}
		s.validate(&errs, c.tenant)
		if no := c.verdict(&errs); no != nil {
			return *no
		}
		s.ID = c.next("authentication_provider")
		c.tenant.SignIns.add(s)
		return created(showSignIn(c, s))
	}
}

// model is the name of porta's class for the kind.
func (s *signIn) model() string {
	if s.Kind == "keycloak" || s.Kind == "auth0" || s.Kind == "github" && s.Audience == developers {
		return strings.Replace(s.Kind, "github", "git_hub", 1)
	}
	return "custom"
}

// humanKind is the name of a provider that was given none.
func (s *signIn) humanKind() string {
	if name, known := map[string]string{"keycloak": "Red Hat Single Sign-On", "auth0": "Auth0", "git_hub": "GitHub"}[s.model()]; known {
		return name
	}
	return "OAuth2"
}

func (t *tenant) signInNameTaken(name string) bool {
	_, taken := t.SignIns.find(func(s *signIn) bool { return s.SystemName == name })
	return taken
}

var addressForm = lazyregexp.New(`(?:http|https):(?://[^\s/?#]+|[^\s/])`)

func (s *signIn) validate(errs *problems, t *tenant) {
	if s.Audience == developers {
		if _, taken := t.SignIns.find(func(x *signIn) bool { return x.ID != s.ID && x.Audience == developers && x.Kind == s.Kind }); taken {
			errs.add("kind", msgTaken)
		}
	} else if s.model() == "custom" {
		errs.add("kind", "unavailable for this account type")
	}
	errs.presence("name", s.Name)
	errs.maxLength("name", s.Name, 255)
	errs.presence("identifier_key", s.Identifier)
	errs.presence("client_id", s.ClientID)
	errs.presence("client_secret", s.Secret)
	for _, f := range []struct {
		name  string
		value *string
	}{{"site", s.Site}, {"token_url", s.TokenURL}, {"authorize_url", s.LoginURL}, {"user_info_url", s.UserURL}} {
		errs.maxLength(f.name, f.value, 255)
		if !blank(f.value) && !addressForm.MatchString(*f.value) {
			errs.add(f.name, "Invalid URL format")
		}
	}
	if s.model() == "keycloak" || s.model() == "auth0" {
		errs.presence("site", s.Site)
		if strings.ContainsAny(or(s.Site, ""), " \t\r\n") {
			errs.add("site", "can't contain whitespaces")
		}
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{"system_name", &s.SystemName}, {"client_id", s.ClientID}, {"client_secret", s.Secret}, {"username_key", s.Username}} {
		errs.maxLength(f.name, f.value, 255)
	}
}

// updateSignIn changes what may change; a published provider of the admin portal is
// fixed while the tenant allows no other way in.
func updateSignIn(c *call, s *signIn) answer {
	if s.Audience == providers && c.tenant.Settings.EnforceSSO && or(s.Published, false) {
		return forbidden()
	}
	in, wrong := c.required("authentication_provider", signInAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *s
	draft.assign(in, "client_id", "client_secret", "published", "site", "skip_ssl_certificate_verification")
	if s.Audience == developers {
		draft.assign(in, "automatically_approve_accounts")
	}
	var errs problems
	draft.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*s = draft
	return ok(showSignIn(c, s))
}

// callback is where the provider sends users back to.
func (s *signIn) callback(c *call) string {
	return s.authPath(c) + s.SystemName + "/callback"
}

// authPath is where all callbacks are.
func (s *signIn) authPath(c *call) string {
	if s.Audience == providers {
		return "http://" + c.tenant.AdminDomain + "/auth/"
	}
	return "http://" + c.tenant.Domain + "/auth/"
}

// callbacks are all addresses that the provider has to know. Auth0 takes no wildcards,
// so it has one more for those who were invited.
func (s *signIn) callbacks(c *call) string {
	if s.model() == "auth0" {
		return s.callback(c) + ", " + s.authPath(c) + "invitations/auth0/" + s.SystemName + "/callback"
	}
	return s.callback(c)
}

// siteForm is an address up to its path.
var siteForm = lazyregexp.New(`\A([a-z]+://[^/?#]*).*\z`)

// authorizeURL is where a user is sent to sign in: as it was given, or else with all
// parameters.
func (s *signIn) authorizeURL(c *call) string {
	if s.LoginURL != nil {
		return *s.LoginURL
	}
	site := strings.TrimSpace(or(s.Site, ""))
	base, scope := siteForm.ReplaceAllString(site, "$1")+"/oauth/authorize", ""
	switch s.model() {
	case "keycloak":
		base, scope = site+"/protocol/openid-connect/auth", "=openid"
	case "auth0":
		base, scope = site+"/authorize", "=openid+profile+email"
	case "git_hub":
		base, scope = "https://github.com/login/oauth/authorize", "=user%3Aemail"
	default:
		if site == "" {
			base = "http:" + base
		}
	}
	q := url.Values{"client_id": {or(s.ClientID, "")}, "redirect_uri": {s.callback(c)}, "response_type": {"code"}}
	return base + "?" + q.Encode() + "&scope" + scope
}

func showSignIn(c *call, s *signIn) object {
	o := object{{"id", s.ID}, {"kind", s.Kind}, {"account_type", s.Audience}}
	o.putText("name", s.Name)
	o.put("system_name", s.SystemName)
	for _, f := range []struct {
		name  string
		value *string
	}{{"client_id", s.ClientID}, {"client_secret", s.Secret}, {"site", s.Site}, {"token_url", s.TokenURL}, {"user_info_url", s.UserURL}} {
		o.putText(f.name, f.value)
	}
	o.put("authorize_url", s.authorizeURL(c))
	putFlag(&o, "skip_ssl_certificate_verification", s.SkipTLS)
	putFlag(&o, "automatically_approve_accounts", s.AutoAccept)
	if s.model() == "git_hub" {
		o.put("branding_state", "custom_branded")
	}
	o.put("account_id", c.tenant.ID)
	o.putText("username_key", s.Username)
	o.putText("identifier_key", s.Identifier)
	putFlag(&o, "trust_email", s.TrustEmail)
	putFlag(&o, "published", s.Published)
	o.putTimes(c, s.stamps)
	o.put("callback_url", s.callbacks(c))
	return wrap("authentication_provider", o)
}

func putFlag(o *object, name string, v *bool) {
	if v != nil {
		o.put(name, *v)
	}
}
