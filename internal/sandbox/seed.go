package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// Seed loads a document with these layers (PATH=VALUE) over it, and these variables beside those of the environment: they
// make it speak of the stand-ins.
type Seed func(ctx context.Context, sets []string, variables map[string]string) (*maas.Document, error)

// seed applies the document before anybody else can ask: at once, without faults, and unseen by the log.
func (s *Sandbox) seed(ctx context.Context) error {
	quiet := threescaletest.New(threescaletest.Options{Token: s.options().Token, MasterToken: s.options().MasterToken, BackendReleaseDelay: -1})
	s.stands = &stands{quiet, keycloaktest.New(keycloaktest.Options{})}
	master := "https://" + quiet.MasterDomain()
	doc, err := s.config.Seed(ctx, []string{
		"threescale.url=" + s.ThreeScale,
		"threescale.token=${env:MAASCTL_SANDBOX_TOKEN}",
		"threescale.master={url: \"" + master + "\", token: \"${env:MAASCTL_SANDBOX_TOKEN}\"}",
		"keycloak.url=" + s.Keycloak,
		"keycloak.credentials={username: " + AdminUsername + ", password: \"${env:MAASCTL_SANDBOX_PASSWORD}\"}",
	}, map[string]string{
		"MAASCTL_SANDBOX_TOKEN": quiet.Token(), "MAASCTL_SANDBOX_PASSWORD": AdminPassword,
	})
	if err != nil {
		return err
	}
	wire := transport.Options{Redactor: transport.NewRedactor(), Base: inProcess{
		host(s.ThreeScale): quiet, host(master): quiet, host(s.Keycloak): s.stands.keycloak,
	}}
	if err := s.apply(ctx, doc, wire); err != nil {
		return err
	}
	return s.handOver(quiet)
}

func (s *Sandbox) apply(ctx context.Context, doc *maas.Document, wire transport.Options) error {
	t, k := doc.ThreeScale, doc.Keycloak
	e := engine.Engine{Document: doc, Systems: []engine.System{
		keycloak.Open(keycloak.Config{
			URL: k.URL, Owner: engine.Owner(doc), Transport: wire,
			Credentials: keycloak.Credentials{Username: k.Credentials.Username, Password: k.Credentials.Password},
		}),
		threescale.Open(threescale.Config{
			URL: t.URL, Token: t.Token, MasterURL: t.Master.URL, MasterToken: t.Master.Token, Owner: engine.Owner(doc), Transport: wire,
		}),
	}}
	p, live, err := e.Plan(ctx, engine.PlanOptions{})
	if err != nil {
		return err
	}
	return e.Apply(ctx, p, live, apply.Options{Stop: ctx.Done()}).Err()
}

// handOver gives what the quiet stand-in holds to one with the latency and faults that were asked for.
func (s *Sandbox) handOver(quiet *threescaletest.Server) (err error) {
	var kept bytes.Buffer
	if err := quiet.Save(&kept); err != nil {
		return err
	}
	s.stands.threescale, err = threescaletest.Load(s.options(), &kept)
	return err
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// inProcess answers requests to the hosts it knows by their handlers; others go over the network.
type inProcess map[string]http.Handler

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	h, known := p[r.URL.Host]
	if !known {
		return http.DefaultTransport.RoundTrip(r)
	}
	asked := r.Clone(r.Context())
	asked.Host, asked.RequestURI, asked.RemoteAddr = r.URL.Host, r.URL.RequestURI(), loopback+":0"
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	a := &answer{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(a, asked)
	return a.response(r), nil
}
