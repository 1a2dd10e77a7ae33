package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/shell"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
)

// options say where the document comes from.
func (g *global) options() maas.Options {
	return maas.Options{Files: g.files, Stdin: g.In, Dir: g.Dir, Environment: g.environment, Sets: g.sets}
}

// read reads the document, with all that can be said about it and its policy chains without a server: what lint shows is what
// every command shows, and what it calls an error stops them. The context ends waiting for standard input, too.
func (g *global) read(ctx context.Context) (*maas.Document, maas.Diagnostics, error) {
	type loaded struct {
		doc   *maas.Document
		found maas.Diagnostics
	}
	done := make(chan loaded, 1)
	go func() {
		doc, found := maas.Load(g.options())
		if doc != nil {
			found = gateway.Sorted(append(found, gateway.Lint(doc)...))
		}
		done <- loaded{doc, found}
	}()
	select {
	case l := <-done:
		return l.doc, l.found, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// resolved reads the document with all references filled in, and reports all that is to be said about it. With errors, it
// ends the command.
func (g *global) resolved(ctx context.Context) (*maas.Document, error) {
	doc, found, err := g.read(ctx)
	if err == nil && doc != nil && !doc.Broken() {
		found, err = g.resolve(ctx, doc, found)
	}
	if err != nil {
		return nil, err
	}
	return doc, g.report(found)
}

// resolve fills in references, and adds what it finds to what was found.
func (g *global) resolve(ctx context.Context, doc *maas.Document, found maas.Diagnostics) (maas.Diagnostics, error) {
	ctx, interrupt := context.WithCancel(ctx)
	defer interrupt()
	found = gateway.Sorted(append(found, doc.Resolve(ctx, g.sources(interrupt))...))
	return found, ctx.Err() // after its end, what is found was found because of it
}

// sources are where references get their values. A command that runs has the terminal, so that it gets the Ctrl-C that is
// meant for the run.
func (g *global) sources(interrupt func()) maas.Sources {
	return maas.Sources{Env: g.LookupEnv, Exec: func(ctx context.Context, command string) ([]byte, error) {
		out, err := shell.Run(ctx, command)
		if errors.Is(err, shell.ErrInterrupted) {
			interrupt()
		}
		return out, err
	}}
}

// report prints diagnostics on stderr; errors among them end the command.
func (g *global) report(found maas.Diagnostics) error {
	if err := view.Diagnostics(g.Err, found); err != nil {
		return err
	}
	return broken(found)
}

// broken is the end of a command whose document has errors, which have been shown.
func broken(found maas.Diagnostics) error {
	if found.HasErrors() {
		return errReported
	}
	return nil
}

// format checks the output format against those that a command has.
func (g *global) format(known ...string) error {
	for _, k := range known {
		if g.output == k {
			return nil
		}
	}
	return fmt.Errorf("unknown output format %q; this command has %s%s", g.output, strings.Join(known, ", "), near.Meant(g.output, known))
}

const (
	human = "human"
	json  = "json"
	yaml  = "yaml"

	markdown = "markdown"
	sarif    = "sarif"
	github   = "github"
	junit    = "junit"
)

// print writes data in a machine's format.
func (g *global) print(v any) error {
	switch g.output {
	case json:
		return view.JSON(g.Out, v)
	case yaml:
		return view.YAML(g.Out, v)
	}
	return errors.New("no such format: " + g.output)
}

func (g *global) style() view.Style { return view.NewStyle(g.Out, g.color, g.getenv) }
