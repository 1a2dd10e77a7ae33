// Package engine puts the parts together: a document, the systems it is about, one plan over all of them.
package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// System is one kind of server that a document is applied to.
type System interface {
	apply.Executor
	// Target says which server it is.
	Target() plan.Target
	// Kinds tells the planner about its kinds.
	Kinds() []plan.Kind
	// Desired gives what the document wants of it, the collections that the document names, and what isn't applied.
	// peers are the names of all systems of the plan: those can hand over values.
	Desired(doc *maas.Document, peers []string) ([]*plan.Object, []plan.Collection, []plan.Note)
	// Read reads what has to be known about the desired objects and collections.
	Read(ctx context.Context, desired []*plan.Object, collections []plan.Collection, prune bool) (plan.State, error)
	// Look reads, after an apply, the kinds of some objects again, whose ancestors are among them, and nothing else. desired
	// are the objects that the plan was made for.
	Look(ctx context.Context, desired plan.State, at []*plan.Object) (plan.State, error)
}

// warner is a system that finds things worth a word while it reads.
type warner interface{ Warnings() []plan.Note }

// guard is a system that refuses plans after which nobody could put right what went wrong.
type guard interface {
	Guard(ctx context.Context, p *plan.Plan) error
}

// Engine is a document with its systems. In a plan, the systems stand in the order given here.
type Engine struct {
	Document *maas.Document
	Systems  []System

	// Settle is the time after which what a server seems not to have kept is looked at again: some answer with what they had
	// a moment ago. 0: a second.
	Settle time.Duration
}

// PlanOptions say what a plan may take and leave.
type PlanOptions struct {
	Prune  bool
	Select []string // KIND/NAME

	Environment string // that was merged over the document
}

// Owner is the mark that a document's objects carry.
func Owner(doc *maas.Document) string { return "maasctl:" + doc.Name }

// Plan reads the systems, side by side, and compares. The state that it returns is what it has read. Where systems can't be
// read, the error joins what is wrong with each, in the order of the systems.
func (e *Engine) Plan(ctx context.Context, opts PlanOptions) (*plan.Plan, plan.State, error) {
	p, live, err := e.plan(ctx, opts, nil)
	if err == nil {
		err = e.losses(ctx, p)
	}
	if err != nil {
		return nil, nil, err
	}
	return p, live, nil
}

// plan also reads collections that have no part in the plan.
func (e *Engine) plan(ctx context.Context, opts PlanOptions, needed []plan.Collection) (*plan.Plan, plan.State, error) {
	in := plan.Input{Owner: Owner(e.Document), Targets: e.Targets(), Live: plan.State{}, Prune: opts.Prune, Select: opts.Select}
	var err error
	if in.Made, err = e.Made(opts); err != nil {
		return nil, nil, err
	}
	in.NotApplied = e.notApplied()
	var peers []string
	for _, s := range e.Systems {
		in.Kinds = append(in.Kinds, s.Kinds()...)
		peers = append(peers, s.Target().System)
	}
	states, failed := make([]plan.State, len(e.Systems)), make([][]error, len(e.Systems))
	var group sync.WaitGroup
	for i, s := range e.Systems {
		objects, collections, notes := s.Desired(e.Document, peers)
		in.Desired = append(in.Desired, objects...)
		in.Collections = append(in.Collections, collections...)
		in.NotApplied = append(in.NotApplied, notes...)
		group.Go(func() {
			var err error
			read := slices.Concat(collections, missing(needed, s.Target().System, objects, collections))
			if states[i], err = s.Read(ctx, objects, read, opts.Prune); err != nil {
				failed[i] = each("read "+s.Target().System+" at "+s.Target().URL, err)
			}
		})
	}
	group.Wait()
	if err = errors.Join(slices.Concat(failed...)...); err != nil {
		return nil, nil, err
	}
	for i, s := range e.Systems {
		maps.Copy(in.Live, states[i])
		if w, ok := s.(warner); ok {
			in.Warnings = append(in.Warnings, w.Warnings()...)
		}
	}
	p, err := plan.Make(in)
	if err == nil {
		err = e.guard(ctx, p)
	}
	if err != nil {
		return nil, nil, err
	}
	return p, in.Live, nil
}

// loser is a system that can tell what goes along with deletions.
type loser interface {
	// Losses fills in the Loss of each of the deletions.
	Losses(ctx context.Context, deletes []*plan.Change) error
}

// losses asks the systems what goes along with what the plan deletes. Where it deletes nothing, nothing is asked.
func (e *Engine) losses(ctx context.Context, p *plan.Plan) error {
	for _, s := range e.Systems {
		deletes := slices.DeleteFunc(p.Deletes(), func(c *plan.Change) bool { return c.System != s.Target().System })
		l, ok := s.(loser)
		if len(deletes) == 0 || !ok {
			continue
		}
		if err := l.Losses(ctx, deletes); err != nil {
			return fmt.Errorf("what goes along with deletions on %s at %s: %w", s.Target().System, s.Target().URL, err)
		}
	}
	p.SetAlong()
	return nil
}

// guard asks the systems whether the plan may be carried out at all.
func (e *Engine) guard(ctx context.Context, p *plan.Plan) error {
	var errs []error
	for _, s := range e.Systems {
		if g, ok := s.(guard); ok {
			if err := g.Guard(ctx, p); err != nil {
				errs = append(errs, each("the plan for "+s.Target().System+" at "+s.Target().URL, err)...)
			}
		}
	}
	return errors.Join(errs...)
}

// each puts words before an error, or before each of several, so that each is shown by itself.
func each(before string, err error) []error {
	var out []error
	for _, e := range plan.Several(err) {
		out = append(out, fmt.Errorf("%s: %w", before, e))
	}
	return out
}

// Targets are the servers, in the order of the systems.
func (e *Engine) Targets() []plan.Target {
	targets := make([]plan.Target, len(e.Systems))
	for i, s := range e.Systems {
		targets[i] = s.Target()
	}
	return targets
}

// Selectable are the objects at the top that the document names, as PlanOptions.Select names them. No server is asked.
func (e *Engine) Selectable() []string {
	var names []string
	for _, s := range e.Systems {
		objects, _, _ := s.Desired(e.Document, nil)
		for _, o := range objects {
			if o.Parent == "" {
				names = append(names, plan.Selection(o))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Made is what a plan with these options is made of. Credentials for the servers themselves don't count: two runs may well
// sign in differently.
func (e *Engine) Made(opts PlanOptions) (plan.Made, error) {
	text, err := e.Document.Render()
	if err != nil {
		return plan.Made{}, fmt.Errorf("the document's digest: %w", err)
	}
	written := *e.Document
	written.ThreeScale, written.Keycloak = nil, nil
	return plan.MadeOf(text, opts.Environment, opts.Prune, written.Secrets()), nil
}

// Apply carries a plan out.
func (e *Engine) Apply(ctx context.Context, p *plan.Plan, live plan.State, opts apply.Options) *apply.Result {
	opts.Live = live
	opts.Executors = map[string]apply.Executor{}
	for _, s := range e.Systems {
		opts.Executors[s.Target().System] = s
	}
	return apply.Run(ctx, p, opts)
}

// notApplied names the sections of the document whose system isn't here.
func (e *Engine) notApplied() []plan.Note {
	has := func(system string) bool {
		return slices.ContainsFunc(e.Systems, func(s System) bool { return s.Target().System == system })
	}
	var notes []plan.Note
	add := func(system, kind, name, why string, path ...string) {
		p := e.Document.Pos(path...)
		notes = append(notes, plan.Note{
			Address: plan.Root(system, kind, name), Kind: kind, Name: name, Why: why,
			Source: &plan.Source{File: p.File, Line: p.Line, Column: p.Column},
		})
	}
	if !has("keycloak") {
		for _, r := range e.Document.Realms {
			add("keycloak", "realm", r.Name, "the document has no keycloak section to say where it is", "realms", r.Name)
		}
	}
	if !has("3scale") && (e.Document.Products != nil || e.Document.Backends != nil || e.Document.Tenant != nil) {
		add("3scale", "tenant", "", "the document has no threescale section to say where it is")
	}
	return notes
}
