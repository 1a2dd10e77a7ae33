// Package sandbox runs stand-ins of 3scale and Keycloak on this machine, with a page that shows what is in them: a place
// to learn and to break things.
package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// The Keycloak stand-in's administrator.
const (
	AdminUsername = "admin"
	AdminPassword = "admin"
)

// Config says what a sandbox is like.
type Config struct {
	Listen         string // HOST:PORT of the 3scale stand-in; without a host: this machine only; port 0: any free one
	KeycloakListen string // the same for Keycloak
	Token          string // access token of the tenant; "": that of the state, or else "sandbox"
	Latency        threescaletest.Latency
	Workers        int                    // requests that 3scale works on at once; 0: all of them
	Faults         []threescaletest.Fault // of 3scale
	Log            io.Writer              // one JSON object a request; nil: none
	State          string                 // file that is read at the start, if it is there, and written at the end; "": none
	Seed           Seed                   // the document that new stand-ins hold; nil: they start as new servers do
}

// Sandbox is a pair of stand-ins that listen.
type Sandbox struct {
	ThreeScale string // address, like http://127.0.0.1:3300
	Keycloak   string
	MasterHost string   // host name by which 3scale is asked for its master account
	Token      string   // access token of the tenant, and of the master account
	Warnings   []string // what the user should know

	config  Config
	stands  *stands
	feed    *feed
	servers []*http.Server
	failed  chan error
}

// Start makes a sandbox ready: when it returns, both stand-ins listen. Stop ends it.
func Start(ctx context.Context, c Config) (*Sandbox, error) {
	s := &Sandbox{config: c, feed: newFeed(c.Log), failed: make(chan error, 2)}
	threescale, err := listen(ctx, "--listen", c.Listen)
	if err != nil {
		return nil, err
	}
	keycloak, err := listen(ctx, "--keycloak-listen", c.KeycloakListen)
	if err != nil {
		_ = threescale.Close()
		return nil, err
	}
	s.ThreeScale, s.Keycloak = address(threescale), address(keycloak)
	if err := s.fill(ctx); err != nil {
		_, _ = threescale.Close(), keycloak.Close()
		return nil, err
	}
	s.Token, s.MasterHost = s.stands.threescale.Token(), s.stands.threescale.MasterDomain()
	s.serve(threescale, newPage(s).over(s.stands.threescale))
	s.serve(keycloak, s.feed.watch("keycloak", s.stands.keycloak))
	return s, nil
}

func (s *Sandbox) serve(l net.Listener, h http.Handler) {
	if w := openToOthers(l); w != "" {
		s.Warnings = append(s.Warnings, w)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
}

// Failed delivers the error of a stand-in that stopped by itself.
func (s *Sandbox) Failed() <-chan error { return s.failed }

// grace is how long requests under way have to end; a fault may keep one for ever.
const grace = 2 * time.Second

// Stop ends requests and connections, and keeps the state where that is asked for. The context only carries values.
func (s *Sandbox) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	s.feed.close()
	var errs []error
	for _, server := range s.servers {
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.save())...)
}
