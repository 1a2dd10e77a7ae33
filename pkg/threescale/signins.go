package threescale

import (
	"context"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

const signInsPath = "/admin/api/authentication_providers"

// signInKind are the ways to sign in to the developer portal (authentication_providers).
type signInKind struct{}

func (signInKind) info() plan.Kind {
	where := "Audience → Developer Portal → SSO Integrations"
	onCreate := "3scale takes it on create only; change it at " + where
	return plan.Kind{Name: kindSignIn, Fixed: where, Frozen: map[string]string{
		"kind": onCreate, "name": onCreate, "trustEmail": onCreate, "identifierKey": onCreate, "usernameKey": onCreate,
		"tokenUrl": onCreate, "userInfoUrl": onCreate, "authorizeUrl": onCreate,
	}}
}

func (w *wants) signIns(t *maas.Tenant) {
	if t.SignIn != nil {
		w.name(kindSignIn, "")
	}
	for _, e := range t.SignIn {
		path := []string{"tenant", "signIn", e.Name}
		o := plan.New(System, kindSignIn, e.Name, said(*e.Value))
		if e.Value.Kind != "" {
			o.Fields["kind"] = e.Value.Kind
		}
		if c := e.Value.Client; c != nil {
			if !w.handovers { // without site, id and secret there is nothing to create
				o.Source = source(w.doc.Pos(path...))
				w.hand(o, *c, path, "site, id and secret", nil)
				continue
			}
			w.hand(o, *c, path, "site, id and secret", map[string]string{"site": "issuer", "clientId": "clientId", "clientSecret": "secret"})
		}
		w.add(o, e.Value.Meta, path...)
	}
}

type signInJSON struct {
	ID                             int64   `json:"id"`
	Kind                           string  `json:"kind"`
	Name                           string  `json:"name"`
	SystemName                     string  `json:"system_name"`
	ClientID                       string  `json:"client_id"`
	ClientSecret                   string  `json:"client_secret"`
	Site                           *string `json:"site"`
	Published                      bool    `json:"published"`
	AutomaticallyApproveAccounts   bool    `json:"automatically_approve_accounts"`
	TrustEmail                     bool    `json:"trust_email"`
	SkipSSLCertificateVerification bool    `json:"skip_ssl_certificate_verification"`
	IdentifierKey                  *string `json:"identifier_key"`
	UsernameKey                    *string `json:"username_key"`
	TokenURL                       *string `json:"token_url"`
	UserInfoURL                    *string `json:"user_info_url"`
	AuthorizeURL                   *string `json:"authorize_url"`
	CallbackURL                    string  `json:"callback_url"`
}

func (signInKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	found, err := list[signInJSON](ctx, r, signInsPath+".json")
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, a := range found {
		r.s.config.Transport.Redactor.Add(a.ClientSecret)
		o := plan.New(System, kindSignIn, a.SystemName, plan.Fields{
			"kind": a.Kind, "name": a.Name, "site": text(a.Site), "clientId": a.ClientID, "clientSecret": secret.New("", a.ClientSecret),
			"published": a.Published, "automaticallyApproveAccounts": a.AutomaticallyApproveAccounts, "trustEmail": a.TrustEmail,
			"skipSslCertificateVerification": a.SkipSSLCertificateVerification, "identifierKey": text(a.IdentifierKey),
			"usernameKey": text(a.UsernameKey), "tokenUrl": text(a.TokenURL), "userInfoUrl": text(a.UserInfoURL), "authorizeUrl": text(a.AuthorizeURL),
		})
		o.Outputs = map[string]any{"callbackUrl": a.CallbackURL}
		out = append(out, r.found(o, a.ID))
	}
	return out, nil
}

func (signInKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	body := params(fields)
	if c.Live != nil {
		return s.update(ctx, c, signInsPath, body)
	}
	body["system_name"] = c.Name // part of the callback URL, and never to be changed
	return s.createNamed(ctx, c, signInsPath+".json", body, func(ctx context.Context) ([]named, error) {
		return list[named](ctx, s.api, signInsPath+".json")
	})
}

func (signInKind) remove(context.Context, *Session, *change) error { return errPart(kindSignIn) }
