package sandbox

import (
	"context"
	"fmt"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// stands are the two stand-ins.
type stands struct {
	threescale *threescaletest.Server
	keycloak   *keycloaktest.Server
}

// fill makes the stand-ins with what they hold: the state's objects, or the seed's, or a new server's.
func (s *Sandbox) fill(ctx context.Context) error {
	kept, err := s.load()
	if err != nil || kept {
		return err
	}
	if s.config.Seed == nil {
		s.stands = &stands{threescaletest.New(s.options()), keycloaktest.New(keycloaktest.Options{})}
	} else if err := s.seed(ctx); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return s.save() // what can't be written is better known now than at the end
}

// options are those of the 3scale stand-in. One token is good for the tenant and for the master account: there is nobody to
// keep apart here.
func (s *Sandbox) options() threescaletest.Options {
	token := s.config.Token
	if token == "" {
		token = "sandbox"
	}
	return threescaletest.Options{
		Token: token, MasterToken: token, Latency: s.config.Latency, Workers: s.config.Workers, Faults: s.config.Faults,
		Observe: func(q threescaletest.Request) { s.feed.note("3scale", q) },
	}
}
