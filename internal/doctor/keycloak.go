package doctor

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
)

// sso looks at a Keycloak.
type sso struct {
	System
	doc   *maas.Document
	opts  transport.Options
	plain *http.Client // without a token
	probe              // with one, once signed in
}

func newSSO(doc *maas.Document, opts transport.Options) *sso {
	opts.Insecure, opts.TLS = doc.Keycloak.Insecure, doc.Keycloak.Config
	return &sso{System: System{System: "keycloak", URL: strings.TrimRight(doc.Keycloak.URL, "/")}, doc: doc, opts: opts, plain: transport.New(opts)}
}

func (k *sso) look(ctx context.Context) {
	if !k.find(ctx) || !k.signIn(ctx) {
		return
	}
	k.version(ctx)
	for _, r := range k.doc.Realms {
		if !r.Value.Absent {
			k.realm(ctx, r.Name, r.Value)
		}
	}
}

// find looks for the base path: RH-SSO and old Keycloaks have everything below /auth.
func (k *sso) find(ctx context.Context) bool {
	other := k.URL + "/auth"
	if without, ok := strings.CutSuffix(k.URL, "/auth"); ok {
		other = without
	}
	var errs []error
	for _, base := range []string{k.URL, other} {
		var realm struct {
			Realm string `json:"realm"`
		}
		err := probe{base, k.plain}.get(ctx, "/realms/master", &realm)
		if err == nil && realm.Realm != "" {
			found := "it answers"
			if base != k.URL {
				found = "it answers at " + base + ": the base path was found"
			}
			k.URL = base
			k.add("reachable", OK, found, "")
			return true
		}
		if err == nil {
			err = errOther
		}
		errs = append(errs, err)
	}
	if _, answer := answered(errs[0]); answer || errors.Is(errs[0], errOther) {
		k.add("reachable", Problem, "there is no Keycloak at "+k.URL+", nor at "+other+": "+errs[0].Error(), "keycloak.url is the server's address, with the base path where it is neither / nor /auth")
		return false
	}
	k.add("reachable", Problem, errs[0].Error(), cmp.Or(transport.Advice(errs[0]), "check keycloak.url, the name's DNS entry, proxies and certificates"))
	return false
}

// signIn says whether the credentials are taken.
func (k *sso) signIn(ctx context.Context) bool {
	token, err := k.token(ctx)
	if err == nil {
		k.opts.Redactor.Add(token)
		opts := k.opts
		opts.Authorize = func(r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		}
		k.probe = probe{k.URL, transport.New(opts)}
		err = k.get(ctx, "/admin/realms/"+url.PathEscape(k.accountRealm()), nil)
		if transport.Is(err, http.StatusForbidden) { // the account is known, and may see other realms
			err = nil
		}
	}
	e, answer := answered(err)
	switch {
	case err == nil:
		k.add("credentials", OK, "realm "+k.accountRealm()+" takes them", "")
		return true
	case answer && e.Status < http.StatusInternalServerError:
		k.add("credentials", Refused, "realm "+k.accountRealm()+" refuses them: "+err.Error(),
			"check keycloak.credentials: the account's realm (master unless said), and a client's secret and that its service account is on")
	default:
		k.add("credentials", Problem, err.Error(), "")
	}
	return false
}

func (k *sso) accountRealm() string {
	return cmp.Or(k.doc.Keycloak.Credentials.Realm, "master")
}

// token signs in as the document says.
func (k *sso) token(ctx context.Context) (string, error) {
	c := k.doc.Keycloak.Credentials
	if !c.Token.IsZero() {
		return c.Token.Reveal(), nil
	}
	k.opts.Redactor.Add(c.Password.Reveal(), c.ClientSecret.Reveal())
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID.Reveal()}}
	if !c.Username.IsZero() {
		form = url.Values{
			"grant_type": {"password"}, "client_id": {cmp.Or(c.ClientID.Reveal(), "admin-cli")},
			"username": {c.Username.Reveal()}, "password": {c.Password.Reveal()},
		}
	}
	if secret := c.ClientSecret.Reveal(); secret != "" {
		form.Set("client_secret", secret)
	}
	at := k.URL + "/realms/" + url.PathEscape(k.accountRealm()) + "/protocol/openid-connect/token"
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var grant struct {
		Token string `json:"access_token"`
	}
	if err := (probe{k.URL, k.plain}).do(r, &grant); err != nil {
		return "", err
	}
	return grant.Token, nil
}

// version is told to some accounts only.
func (k *sso) version(ctx context.Context) {
	var info struct {
		System struct {
			Version string `json:"version"`
		} `json:"systemInfo"`
	}
	if err := k.get(ctx, "/admin/serverinfo", &info); err != nil || info.System.Version == "" {
		k.add("version", Note, "not told to this account; maasctl is tested with 18 (RH-SSO 7.6) and 26", "")
		return
	}
	k.add("version", OK, info.System.Version, "")
}
