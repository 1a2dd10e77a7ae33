package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
	"example.com/maasctl/pkg/threescale"
)

// connection is a document with the systems that it names, and what talking to them has cost.
type connection struct {
	*engine.Engine
	stats *transport.Stats
	close func()
}

// connect makes the systems ready; nothing is sent yet.
func (g *global) connect(ctx context.Context) (*connection, error) {
	doc, err := g.resolved(ctx)
	if err != nil {
		return nil, err
	}
	c := &connection{stats: &transport.Stats{}, close: func() {}}
	opts := transport.Options{Stats: c.stats, Redactor: transport.NewRedactor()}
	if opts.Concurrency, err = g.parallel(); err != nil {
		return nil, err
	}
	if g.trace != "" {
		f, err := os.OpenFile(filepath.Join(g.Dir, g.trace), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("trace: %w", err)
		}
		opts.Trace, c.close = io.Writer(f), func() { _ = f.Close() }
	}
	c.Engine = &engine.Engine{Document: doc}
	for _, open := range []func(*maas.Document, transport.Options) (engine.System, error){g.openKeycloak, g.openThreeScale} {
		system, err := open(doc, opts)
		if err != nil {
			c.close()
			return nil, err
		}
		if system != nil {
			c.Systems = append(c.Systems, system)
		}
	}
	if len(c.Systems) == 0 {
		c.close()
		return nil, errors.New("the document names no server: it needs a threescale or keycloak section")
	}
	return c, nil
}

func (g *global) parallel() (int, error) {
	if g.concurrency == "auto" {
		return 0, nil
	}
	n, err := strconv.Atoi(g.concurrency)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("--concurrency %q: a number from 1 on, or auto", g.concurrency)
	}
	return n, nil
}

func (g *global) openThreeScale(doc *maas.Document, opts transport.Options) (engine.System, error) {
	t := doc.ThreeScale
	if t == nil {
		return nil, nil
	}
	if err := g.checkURL("threescale.url", t.URL, t.Insecure); err != nil {
		return nil, err
	}
	opts.Insecure = t.Insecure
	know(opts.Redactor, t.Token)
	config := threescale.Config{URL: t.URL, Token: t.Token, Owner: engine.Owner(doc), Transport: opts}
	if t.Master != nil {
		if err := g.checkURL("threescale.master.url", t.Master.URL, t.Insecure); err != nil {
			return nil, err
		}
		know(opts.Redactor, t.Master.Token)
		config.MasterURL, config.MasterToken = t.Master.URL, t.Master.Token
	}
	return threescale.Open(config), nil
}

func (g *global) openKeycloak(doc *maas.Document, opts transport.Options) (engine.System, error) {
	k := doc.Keycloak
	if k == nil {
		return nil, nil
	}
	if err := g.checkURL("keycloak.url", k.URL, k.Insecure); err != nil {
		return nil, err
	}
	opts.Insecure = k.Insecure
	config := keycloak.Config{URL: k.URL, Owner: engine.Owner(doc), Transport: opts}
	if c := k.Credentials; c != nil {
		know(opts.Redactor, c.Password, c.ClientSecret, c.Token)
		config.Credentials = keycloak.Credentials{
			Realm: c.Realm, Username: c.Username, Password: c.Password, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Token: c.Token,
		}
	}
	return keycloak.Open(config), nil
}

func know(r *transport.Redactor, secrets ...secret.Value) {
	for _, s := range secrets {
		r.Add(s.Reveal())
	}
}

// checkURL refuses to send a secret in clear over a network, unless that is asked for.
func (g *global) checkURL(field, raw string, insecure bool) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s: %q is no URL of a server; it looks like https://HOST", field, raw)
	}
	if u.Scheme == "https" || isLoopback(u.Hostname()) {
		return nil
	}
	if !insecure {
		return fmt.Errorf("%s: %s would carry secrets in clear; use https, or say insecure: true", field, raw)
	}
	_, _ = fmt.Fprintf(g.Err, "warning: %s: secrets go to %s in clear (insecure: true)\n", field, u.Host)
	return nil
}
