package threescale

import (
	"context"
	"encoding/json"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// proxyKind is how the gateway treats a product's requests (proxy.json): where credentials are, what it answers, its
// public addresses. Its fields have 3scale's names in camel case. Writing it deploys to staging.
type proxyKind struct{}

func (proxyKind) info() plan.Kind { return plan.Kind{Name: kindProxy, Part: true} }

// backendVersion is the API's word for a way to authenticate; it is a field of the product.
func backendVersion(a *maas.Authentication) string {
	switch {
	case a.OIDC != nil:
		return "oidc"
	case a.AppIDKey != nil:
		return "2"
	}
	return "1"
}

// gatewayErrors are the API's words for the cases in which the gateway answers itself.
func gatewayErrors() map[string]string {
	return map[string]string{
		"authenticationFailed": "AuthFailed", "authenticationMissing": "AuthMissing", "noMatch": "NoMatch", "limitsExceeded": "LimitsExceeded",
	}
}

func (w *wants) proxy(product *plan.Object, p *maas.Product, path []string) {
	o := product.Child(kindProxy, "", said(p.ProxyAttributes))
	for _, e := range p.GatewayResponses {
		name := gatewayErrors()[e.Name]
		put(o.Fields, "errorStatus"+name, e.Value.Status)
		put(o.Fields, "errorHeaders"+name, e.Value.ContentType)
		put(o.Fields, "error"+name, e.Value.Body)
	}
	if e := p.Endpoints; e != nil {
		putURL(o.Fields, "sandboxEndpoint", e.Staging)
		putURL(o.Fields, "endpoint", e.Production)
	}
	if p.Authentication != nil {
		w.credentials(o, p.Authentication, path)
	}
	if len(o.Fields) > 0 {
		w.add(o, maas.Meta{}, path...)
	}
}

func (w *wants) credentials(o *plan.Object, a *maas.Authentication, path []string) {
	switch {
	case a.APIKey != nil:
		put(o.Fields, "authUserKey", a.APIKey.Name)
		put(o.Fields, "credentialsLocation", a.APIKey.Location)
	case a.AppIDKey != nil:
		put(o.Fields, "authAppId", a.AppIDKey.ID)
		put(o.Fields, "authAppKey", a.AppIDKey.Key)
		put(o.Fields, "credentialsLocation", a.AppIDKey.Location)
	case a.OIDC != nil:
		put(o.Fields, "credentialsLocation", a.OIDC.Location)
		put(o.Fields, "oidcIssuerType", a.OIDC.IssuerType)
		put(o.Fields, "jwtClaimWithClientId", a.OIDC.JWTClaimWithClientID)
		put(o.Fields, "jwtClaimWithClientIdType", a.OIDC.JWTClaimWithClientIDType)
		put(o.Fields, "issuer", a.OIDC.Issuer)
		put(o.Fields, "issuerClientId", a.OIDC.ClientID)
		put(o.Fields, "issuerClientSecret", a.OIDC.ClientSecret)
		if a.OIDC.Client != nil {
			o.Source = source(w.doc.Pos(append(path, "authentication", "oidc", "client")...))
			w.hand(o, *a.OIDC.Client, "the issuer and its credentials", map[string]string{
				"issuer": "issuer", "issuerClientId": "clientId", "issuerClientSecret": "secret",
			})
		}
	}
}

func put[T any](fields plan.Fields, name string, v *T) {
	if v != nil {
		fields[name] = *v
	}
}

func putURL(fields plan.Fields, name string, v *string) {
	if v != nil {
		fields[name] = maas.WithPort(*v)
	}
}

type proxyJSON struct {
	CredentialsLocation        string       `json:"credentials_location"`
	AuthUserKey                string       `json:"auth_user_key"`
	AuthAppID                  string       `json:"auth_app_id"`
	AuthAppKey                 string       `json:"auth_app_key"`
	ErrorAuthFailed            string       `json:"error_auth_failed"`
	ErrorAuthMissing           string       `json:"error_auth_missing"`
	ErrorNoMatch               string       `json:"error_no_match"`
	ErrorLimitsExceeded        string       `json:"error_limits_exceeded"`
	ErrorStatusAuthFailed      int64        `json:"error_status_auth_failed"`
	ErrorStatusAuthMissing     int64        `json:"error_status_auth_missing"`
	ErrorStatusNoMatch         int64        `json:"error_status_no_match"`
	ErrorStatusLimitsExceeded  int64        `json:"error_status_limits_exceeded"`
	ErrorHeadersAuthFailed     string       `json:"error_headers_auth_failed"`
	ErrorHeadersAuthMissing    string       `json:"error_headers_auth_missing"`
	ErrorHeadersNoMatch        string       `json:"error_headers_no_match"`
	ErrorHeadersLimitsExceeded string       `json:"error_headers_limits_exceeded"`
	Endpoint                   *string      `json:"endpoint"`
	SandboxEndpoint            *string      `json:"sandbox_endpoint"`
	HostnameRewrite            *string      `json:"hostname_rewrite"`
	SecretToken                string       `json:"secret_token"`
	APITestPath                *string      `json:"api_test_path"`
	OAuthLoginURL              *string      `json:"oauth_login_url"`
	OIDCIssuerEndpoint         *string      `json:"oidc_issuer_endpoint"`
	OIDCIssuerType             *string      `json:"oidc_issuer_type"`
	JWTClaimWithClientID       *string      `json:"jwt_claim_with_client_id"`
	JWTClaimWithClientIDType   *string      `json:"jwt_claim_with_client_id_type"`
	Policies                   []policyJSON `json:"policies_config"` // saves a request of its own
}

func proxyOf(ctx context.Context, g getter, s *Session, product plan.Address) (proxyJSON, error) {
	base, err := s.owner(product)
	if err != nil {
		return proxyJSON{}, err
	}
	return one[proxyJSON](ctx, g, base+"/proxy.json")
}

func (proxyKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	p, err := proxyOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	r.s.config.Transport.Redactor.Add(p.SecretToken)
	return []*plan.Object{parent.Child(kindProxy, "", p.fields())}, nil
}

func (p proxyJSON) fields() plan.Fields {
	oidc := splitIssuer(text(p.OIDCIssuerEndpoint))
	return plan.Fields{
		"credentialsLocation": p.CredentialsLocation, "authUserKey": p.AuthUserKey, "authAppId": p.AuthAppID, "authAppKey": p.AuthAppKey,
		"errorAuthFailed": p.ErrorAuthFailed, "errorAuthMissing": p.ErrorAuthMissing,
		"errorNoMatch": p.ErrorNoMatch, "errorLimitsExceeded": p.ErrorLimitsExceeded,
		"errorStatusAuthFailed": p.ErrorStatusAuthFailed, "errorStatusAuthMissing": p.ErrorStatusAuthMissing,
		"errorStatusNoMatch": p.ErrorStatusNoMatch, "errorStatusLimitsExceeded": p.ErrorStatusLimitsExceeded,
		"errorHeadersAuthFailed": p.ErrorHeadersAuthFailed, "errorHeadersAuthMissing": p.ErrorHeadersAuthMissing,
		"errorHeadersNoMatch": p.ErrorHeadersNoMatch, "errorHeadersLimitsExceeded": p.ErrorHeadersLimitsExceeded,
		"endpoint": maas.WithPort(text(p.Endpoint)), "sandboxEndpoint": maas.WithPort(text(p.SandboxEndpoint)),
		"hostnameRewrite": text(p.HostnameRewrite), "secretToken": secret.New("", p.SecretToken),
		"apiTestPath": text(p.APITestPath), "oauthLoginUrl": text(p.OAuthLoginURL),
		"issuer": oidc.url, "issuerClientId": oidc.clientID, "issuerClientSecret": oidc.secret,
		"oidcIssuerType": text(p.OIDCIssuerType), "jwtClaimWithClientId": text(p.JWTClaimWithClientID),
		"jwtClaimWithClientIdType": text(p.JWTClaimWithClientIDType),
	}
}

func (proxyKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	if err := c.joinIssuer(fields); err != nil {
		return err
	}
	if _, ok := fields["jwtClaimWithClientId"]; ok { // 3scale wants both or none
		if v, said := c.Desired.Fields["jwtClaimWithClientIdType"]; said {
			fields["jwtClaimWithClientIdType"] = v
		}
	} else if _, ok := fields["jwtClaimWithClientIdType"]; ok {
		fields["jwtClaimWithClientId"] = c.Desired.Fields["jwtClaimWithClientId"]
	}
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPatch, base+"/proxy.json", params(fields), nil)
}

// joinIssuer puts the parts of the issuer's address together, those that don't change as well.
func (c *change) joinIssuer(fields plan.Fields) error {
	parts := map[string]any{}
	changes := false
	for _, name := range []string{"issuer", "issuerClientId", "issuerClientSecret"} {
		if c.Live != nil {
			parts[name] = c.Live.Fields[name]
		}
		if v, err := c.value(name); err != nil {
			return err
		} else if v != nil {
			parts[name] = v
		}
		if _, ok := fields[name]; ok {
			changes = true
			delete(fields, name)
		}
	}
	if !changes {
		return nil
	}
	i := issuer{}
	i.url, _ = parts["issuer"].(string)
	i.clientID, _ = parts["issuerClientId"].(string)
	i.secret, _ = parts["issuerClientSecret"].(secret.Value)
	joined, err := i.join()
	fields["oidcIssuerEndpoint"] = secret.New("", joined)
	return err
}

func (proxyKind) remove(context.Context, *Session, *change) error { return errPart(kindProxy) }

// policyJSON is one policy of a chain as 3scale gives it.
type policyJSON struct {
	Name          string          `json:"name"`
	Version       string          `json:"version"`
	Configuration json.RawMessage `json:"configuration"`
	Enabled       *bool           `json:"enabled"`
}
