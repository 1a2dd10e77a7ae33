package keycloak

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// discovery is an issuer whose openid-configuration gives the endpoints of an identity provider. It is read when planning:
// Keycloak's own import-config needs the realm to be there, and hides why it failed.
type discovery struct {
	issuer string
	source plan.Source
	err    error // why it can't be read
	known  bool  // the provider has endpoints already
}

const wellKnown = "/.well-known/openid-configuration"

// document is what of an openid-configuration becomes an identity provider's.
type document struct {
	Issuer   string `json:"issuer"`
	Auth     string `json:"authorization_endpoint"`
	Token    string `json:"token_endpoint"`
	UserInfo string `json:"userinfo_endpoint"`
	Logout   string `json:"end_session_endpoint"`
	Keys     string `json:"jwks_uri"`
}

func (d document) config() map[string]string {
	config := map[string]string{
		"issuer": d.Issuer, "authorizationUrl": d.Auth, "tokenUrl": d.Token, "userInfoUrl": d.UserInfo, "logoutUrl": d.Logout,
	}
	if d.Keys != "" {
		config["jwksUrl"], config["useJwksUrl"], config["validateSignature"] = d.Keys, "true", "true"
	}
	return config
}

// discover completes the wanted identity providers with their endpoints. What the document says itself wins.
func (r *reader) discover(ctx context.Context) {
	group := errgroup.Group{}
	group.SetLimit(readers)
	for _, d := range r.desired {
		if from := nativeOf(d).discovery; from != nil {
			group.Go(func() error {
				from.err = r.fill(ctx, d, from)
				return nil
			})
		}
	}
	_ = group.Wait() // each keeps its own error
}

func (r *reader) fill(ctx context.Context, d *plan.Object, from *discovery) error {
	var found document
	issuer := strings.TrimSuffix(strings.TrimSuffix(from.issuer, wellKnown), "/")
	err := fetchPublic(ctx, r.s.api.plain, issuer+wellKnown, &found, "issuer")
	if realm, ok := r.comes(ctx, issuer); ok && gone(err) {
		found, err = endpointsOf(issuer), nil
		d.Refs = append(d.Refs, realm)
	}
	if err != nil {
		return err
	}
	if found.Issuer == "" || found.Auth == "" || found.Token == "" {
		return fmt.Errorf("%s%s names no issuer, no authorization_endpoint or no token_endpoint", issuer, wellKnown)
	}
	if _, said := d.Fields["config.issuer"]; !said && found.Issuer != issuer {
		r.s.warn(d, &from.source, fmt.Sprintf("its discovery at %s says that the issuer is %s", issuer, found.Issuer))
	}
	for key, v := range found.config() {
		name := "config." + key
		if said, ok := d.Fields[name]; ok || v == "" {
			if key == "issuer" && said != v {
				at := d.Sources[name]
				r.s.warn(d, &at, fmt.Sprintf("its issuer isn't the one of its discovery, which is %s: tokens of the one aren't taken for the other", v))
			}
			continue
		}
		d.Fields[name], nativeOf(d).paths[name] = v, []string{"config", key}
		if d.Sources != nil {
			d.Sources[name] = from.source
		}
	}
	return nil
}

// comes tells whether an issuer is a realm of this server that the plan creates, or has.
func (r *reader) comes(ctx context.Context, issuer string) (plan.Address, bool) {
	_, base, err := r.s.api.connect(ctx)
	if err != nil {
		return "", false
	}
	name, below := strings.CutPrefix(maas.WithPort(issuer), maas.WithPort(base)+"/realms/")
	if name, err = url.PathUnescape(name); !below || err != nil {
		return "", false
	}
	realm := realmAt(name)
	d := r.desired[realm]
	return realm, d != nil && !d.Absent
}

// endpointsOf is what a realm of Keycloak answers to discovery.
func endpointsOf(issuer string) document {
	oidc := issuer + "/protocol/openid-connect/"
	return document{Issuer: issuer, Auth: oidc + "auth", Token: oidc + "token", UserInfo: oidc + "userinfo", Logout: oidc + "logout", Keys: oidc + "certs"}
}

// endpoints leaves a provider alone that has endpoints already, where its discovery can't be read now.
func (r *reader) endpoints(d *plan.Object, raw map[string]any) {
	from := nativeOf(d).discovery
	if from == nil || from.err == nil || at(raw, "config", "authorizationUrl") == nil || at(raw, "config", "tokenUrl") == nil {
		return
	}
	from.known = true
	r.s.warn(d, &from.source, fmt.Sprintf("its discovery can't be read, so its endpoints are left as they are: %v", from.err))
}

// undiscovered is the error for a provider that has no endpoints without its discovery: of several, the same one each time.
func (r *reader) undiscovered() error {
	for _, a := range slices.Sorted(maps.Keys(r.desired)) {
		d := r.desired[a]
		if from := nativeOf(d).discovery; from != nil && from.err != nil && !from.known {
			return &DiscoveryError{Provider: d.Name, Realm: d.Address.Root().Name(), Source: from.source, Err: from.err}
		}
	}
	return nil
}

// DiscoveryError is a new identity provider whose endpoints can't be looked up.
type DiscoveryError struct {
	Realm, Provider string
	Source          plan.Source
	Err             error
}

func (e *DiscoveryError) Error() string {
	at, what := e.Where()
	return at.Before(what)
}

// Where gives the place in the document, and the message.
func (e *DiscoveryError) Where() (plan.Source, string) {
	return e.Source, fmt.Sprintf("identity provider %s of realm %s: discovery: %v", e.Provider, e.Realm, e.Err)
}

var _ plan.Located = (*DiscoveryError)(nil)

func (e *DiscoveryError) Unwrap() error { return e.Err }

func (s *Session) warn(o *plan.Object, source *plan.Source, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, plan.Note{Address: o.Address, Kind: o.Kind, Name: o.Name, Why: why, Source: source})
}
