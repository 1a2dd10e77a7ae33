package keycloak

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Nerzal/gocloak/v13"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/secret"
)

// TestATokenIsRenewedBeforeItEnds holds how long before: a request may be under way for a while, and clocks differ.
func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	for _, x := range []struct{ life, until time.Duration }{
		{time.Minute, 50 * time.Second}, {30 * time.Second, 20 * time.Second}, {9 * time.Second, 6 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			ask := func(context.Context, string, gocloak.TokenOptions) (*gocloak.JWT, error) {
				asked++
				return &gocloak.JWT{AccessToken: fmt.Sprintf("token %d", asked), ExpiresIn: int(x.life / time.Second)}, nil
			}
			known := newTokens(Config{
				Credentials: Credentials{ClientID: secret.New("", "id"), ClientSecret: secret.New("", "s3cr3t")},
				Transport:   transport.Options{Redactor: transport.NewRedactor()},
			}, ask)
			begin := time.Now()
			for _, step := range []struct {
				at   time.Duration
				want string
			}{{0, "token 1"}, {x.until - time.Millisecond, "token 1"}, {x.until, "token 2"}} {
				time.Sleep(step.at - time.Since(begin))
				if got, err := known.token(t.Context()); err != nil || got != step.want {
					t.Errorf("a token for %v, after %v: %q, %v", x.life, step.at, got, err)
				}
			}
		})
	}
}
