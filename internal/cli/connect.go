package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/transport"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

// connection is a document with the systems that it names, and what talking to them has cost.
type connection struct {
	*engine.Engine
	stats   *transport.Stats
	trace   *trace // nil where none is written
	stderr  io.Writer
	changed bool // something on a server, or maybe
}

// Plan plans; what that brings to light is no secret to the trace.
func (c *connection) Plan(ctx context.Context, opts engine.PlanOptions) (*plan.Plan, plan.State, error) {
	p, live, err := c.Engine.Plan(ctx, opts)
	if err == nil {
		c.trace.learn(p, live)
	}
	return p, live, err
}

// only makes the connection one about a single system, in which the document's realms have no part.
func (c *connection) only(system engine.System) {
	doc := *c.Document
	doc.Realms = nil
	c.Engine = &engine.Engine{Document: &doc, Systems: []engine.System{system}}
}

// close ends the connection with the error of what was done with it. Where all went well and only the trace can't be written,
// that is no error by which nothing was changed.
func (c *connection) close(err error) error {
	ended := c.trace.close(c.stderr, err)
	if err == nil && ended != nil && c.changed {
		return errPartial
	}
	return ended
}

// connect makes the systems ready; nothing is sent yet.
func (g *global) connect(ctx context.Context) (*connection, error) {
	doc, err := g.resolved(ctx)
	if err != nil {
		return nil, err
	}
	opts, err := g.transport()
	if err != nil {
		return nil, err
	}
	for _, secret := range doc.Secrets() {
		opts.Redactor.Add(secret.Reveal())
	}
	c := &connection{Engine: &engine.Engine{Document: doc}, stats: opts.Stats, stderr: g.Err}
	if c.trace, err = g.openTrace(doc, &opts); err != nil {
		return nil, err
	}
	for _, open := range []func(*maas.Document, transport.Options) (engine.System, error){openKeycloak, openThreeScale} {
		system, err := open(doc, opts)
		if err != nil {
			return nil, c.close(err)
		}
		if system != nil {
			c.Systems = append(c.Systems, system)
		}
	}
	if len(c.Systems) == 0 {
		return nil, c.close(errors.New("the document names no server: it needs a threescale or keycloak section"))
	}
	return c, nil
}

// transport are the options of all connections of a command.
func (g *global) transport() (transport.Options, error) {
	n, err := g.parallel()
	return transport.Options{
		Stats: g.traffic, Redactor: transport.NewRedactor(), Agent: "maasctl/" + version(), Concurrency: n, Proxy: transport.Proxies(g.getenv),
		Waiting: view.NewWaits(g.Err, view.CanRewrite(g.Err, g.getenv), g.Now).Tell,
	}, err
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

func openThreeScale(doc *maas.Document, opts transport.Options) (engine.System, error) {
	t := doc.ThreeScale
	if t == nil {
		return nil, nil
	}
	opts.Insecure, opts.TLS = t.Insecure, t.Config
	config := threescale.Config{URL: t.URL, Token: t.Token, Owner: engine.Owner(doc), Transport: opts}
	if t.Master != nil {
		config.MasterURL, config.MasterToken = t.Master.URL, t.Master.Token
	}
	return threescale.Open(config), nil
}

func openKeycloak(doc *maas.Document, opts transport.Options) (engine.System, error) {
	k := doc.Keycloak
	if k == nil {
		return nil, nil
	}
	opts.Insecure, opts.TLS = k.Insecure, k.Config
	config := keycloak.Config{URL: k.URL, Owner: engine.Owner(doc), Transport: opts}
	if c := k.Credentials; c != nil {
		config.Credentials = keycloak.Credentials{
			Realm: c.Realm, Username: c.Username, Password: c.Password, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Token: c.Token,
		}
	}
	return keycloak.Open(config), nil
}
