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
// public addresses. Writing it deploys to staging.
type proxyKind struct{}

// Fields of the proxy that have a part of their own to play.
const (
	fieldProductionEndpoint = "endpoints.production"
	fieldStagingEndpoint    = "endpoints.staging"

	fieldIssuer             = "authentication.oidc.issuer"
	fieldIssuerClientID     = "authentication.oidc.clientId"
	fieldIssuerClientSecret = "authentication.oidc.clientSecret"
	fieldIssuerType         = "authentication.oidc.issuerType"
	fieldClaim              = "authentication.oidc.jwtClaimWithClientId"
	fieldClaimType          = "authentication.oidc.jwtClaimWithClientIdType"
)

func (proxyKind) info() plan.Kind { return plan.Kind{Name: kindProxy, Part: true} }

// authentications are the document's words for how to authenticate, by the API's, which has them as the product's
// backend_version.
func authentications() map[string]string {
	return map[string]string{"1": "apiKey", "2": "appIdKey", "oidc": "oidc"}
}

func authenticationOf(a *maas.Authentication) string {
	switch {
	case a.OIDC != nil:
		return "oidc"
	case a.AppIDKey != nil:
		return "appIdKey"
	}
	return "apiKey"
}

// gatewayErrors are the API's words for the cases in which the gateway answers itself.
func gatewayErrors() map[string]string {
	return map[string]string{
		"authenticationFailed": "auth_failed", "authenticationMissing": "auth_missing", "noMatch": "no_match", "limitsExceeded": "limits_exceeded",
	}
}

func (w *wants) proxy(product *plan.Object, p *maas.Product, path []string) {
	o := product.Child(kindProxy, "", said(p.ProxyAttributes))
	for _, e := range p.GatewayResponses {
		at := "gatewayResponses." + e.Name
		put(o.Fields, at+".status", e.Value.Status)
		put(o.Fields, at+".contentType", e.Value.ContentType)
		put(o.Fields, at+".body", e.Value.Body)
	}
	if e := p.Endpoints; e != nil {
		putURL(o.Fields, fieldStagingEndpoint, e.Staging)
		putURL(o.Fields, fieldProductionEndpoint, e.Production)
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
		put(o.Fields, "authentication.apiKey.name", a.APIKey.Name)
		put(o.Fields, "authentication.apiKey.location", a.APIKey.Location)
	case a.AppIDKey != nil:
		put(o.Fields, "authentication.appIdKey.id", a.AppIDKey.ID)
		put(o.Fields, "authentication.appIdKey.key", a.AppIDKey.Key)
		put(o.Fields, "authentication.appIdKey.location", a.AppIDKey.Location)
	case a.OIDC != nil:
		put(o.Fields, "authentication.oidc.location", a.OIDC.Location)
		put(o.Fields, fieldIssuerType, a.OIDC.IssuerType)
		put(o.Fields, fieldClaim, a.OIDC.JWTClaimWithClientID)
		put(o.Fields, fieldClaimType, a.OIDC.JWTClaimWithClientIDType)
		put(o.Fields, fieldIssuer, a.OIDC.Issuer)
		put(o.Fields, fieldIssuerClientID, a.OIDC.ClientID)
		put(o.Fields, fieldIssuerClientSecret, a.OIDC.ClientSecret)
		if a.OIDC.Client != nil {
			w.hand(o, *a.OIDC.Client, append(path[:len(path):len(path)], "authentication", "oidc"), "the issuer and its credentials", map[string]string{
				fieldIssuer: "issuer", fieldIssuerClientID: "clientId", fieldIssuerClientSecret: "secret",
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
	o := parent.Child(kindProxy, "", p.fields())
	o.Outputs = map[string]any{"endpoint": o.Fields[fieldProductionEndpoint], "sandboxEndpoint": o.Fields[fieldStagingEndpoint]}
	return []*plan.Object{o}, nil
}

func (p proxyJSON) fields() plan.Fields {
	oidc := splitIssuer(text(p.OIDCIssuerEndpoint))
	fields := plan.Fields{
		"authentication.apiKey.name": p.AuthUserKey, "authentication.appIdKey.id": p.AuthAppID, "authentication.appIdKey.key": p.AuthAppKey,
		fieldProductionEndpoint: maas.WithPort(text(p.Endpoint)), fieldStagingEndpoint: maas.WithPort(text(p.SandboxEndpoint)),
		"hostnameRewrite": text(p.HostnameRewrite), "secretToken": secret.New("", p.SecretToken),
		"apiTestPath": text(p.APITestPath), "oauthLoginUrl": text(p.OAuthLoginURL),
		fieldIssuer: oidc.url, fieldIssuerClientID: oidc.clientID, fieldIssuerClientSecret: oidc.secret,
		fieldIssuerType: text(p.OIDCIssuerType), fieldClaim: text(p.JWTClaimWithClientID), fieldClaimType: text(p.JWTClaimWithClientIDType),
	}
	for _, way := range []string{"apiKey", "appIdKey", "oidc"} { // 3scale has one place for whatever it is
		fields["authentication."+way+".location"] = p.CredentialsLocation
	}
	for word, r := range map[string]struct {
		status        int64
		headers, body string
	}{
		"authenticationFailed":  {p.ErrorStatusAuthFailed, p.ErrorHeadersAuthFailed, p.ErrorAuthFailed},
		"authenticationMissing": {p.ErrorStatusAuthMissing, p.ErrorHeadersAuthMissing, p.ErrorAuthMissing},
		"noMatch":               {p.ErrorStatusNoMatch, p.ErrorHeadersNoMatch, p.ErrorNoMatch},
		"limitsExceeded":        {p.ErrorStatusLimitsExceeded, p.ErrorHeadersLimitsExceeded, p.ErrorLimitsExceeded},
	} {
		at := "gatewayResponses." + word
		fields[at+".status"], fields[at+".contentType"], fields[at+".body"] = r.status, r.headers, r.body
	}
	return fields
}

func (proxyKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	if err := c.joinIssuer(fields); err != nil {
		return err
	}
	if _, ok := fields[fieldClaim]; ok { // 3scale wants both or none
		if v, said := c.Desired.Fields[fieldClaimType]; said {
			fields[fieldClaimType] = v
		}
	} else if _, ok := fields[fieldClaimType]; ok {
		fields[fieldClaim] = c.Desired.Fields[fieldClaim]
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
	for _, name := range []string{fieldIssuer, fieldIssuerClientID, fieldIssuerClientSecret} {
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
	i.url, _ = parts[fieldIssuer].(string)
	i.clientID, _ = parts[fieldIssuerClientID].(string)
	i.secret, _ = parts[fieldIssuerClientSecret].(secret.Value)
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
