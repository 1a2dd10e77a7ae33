package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

type applyOptions struct {
	*global
	plan       engine.PlanOptions
	yes        bool
	dryRun     bool
	maxDeletes int
	saved      string // a plan's file
}

func newApply(g *global) *cobra.Command {
	o := &applyOptions{global: g}
	cmd := &cobra.Command{
		Use:   "apply [plan.json]",
		Short: "Make the servers what the document says",
		Long: "Compare the document with the servers and change what differs. Running it again changes nothing.\n" +
			"Objects are deleted only where the document says `absent: true`, or with --prune, which has to be confirmed.\n\n" +
			"With a plan that `diff --out` has written, apply reads the servers again and refuses (exit code 5) where they, or the\n" +
			"document, would now lead to another plan.",
		Example: "  maasctl apply -f maas.yaml\n" +
			"  maasctl apply -e production --prune --yes",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.saved = args[0]
			}
			return o.run(cmd.Context())
		},
	}
	addPlanFlags(cmd, &o.plan)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "don't ask before objects are deleted")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan and stop")
	cmd.Flags().IntVar(&o.maxDeletes, "max-deletes", 10, "refuse a plan that deletes more than `N` objects")
	return cmd
}

func (o *applyOptions) run(ctx context.Context) (err error) {
	if err := o.format(human, json, yaml); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	stop, interrupted := o.interrupts(ctx, cancel)
	begin := o.Now()
	saved, err := o.loadSaved()
	if err != nil {
		return err
	}
	reading, endReading := untilStopped(ctx, stop)
	defer endReading()
	c, err := o.connect(reading)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	o.plan.Environment = o.environment
	if err := o.checkSaved(c, saved); err != nil {
		return err
	}
	defer func() { o.sayCost(c, o.Now().Sub(begin)) }()
	p, live, err := o.makePlan(reading, c, saved)
	if err != nil {
		if interrupted() {
			_ = view.Print(o.Err, "Interrupted. Nothing was changed.\n")
			return errInterrupted
		}
		return err
	}
	if err := o.show(p); err != nil {
		return err
	}
	if p.Empty || o.dryRun {
		return o.nothing(p, c.cost(o.Now().Sub(begin)))
	}
	if err := o.allowed(p); err != nil {
		return err
	}
	progress := view.NewProgress(o.Err, view.CanRewrite(o.Err, o.getenv), o.verbose, o.Now)
	r := c.Apply(ctx, p, live, apply.Options{Stop: stop, Observe: progress.Observe})
	progress.End()
	timedOut := r.Interrupted && !interrupted()
	if timedOut {
		r.Interrupted = false // nobody did: the time was over
	}
	o.clear(ctx, c, stop, p, live, r)
	unkept := o.unkept(ctx, c, stop, p, live, r)
	unshown := o.finish(p, r, unkept, c.cost(o.Now().Sub(begin)))
	if timedOut {
		_ = view.Print(o.Err, "%s\n", advice(context.DeadlineExceeded))
	}
	return o.ended(r, outcomeError(r, unkept), unshown)
}

// ended is the error that a run ends with: where its result can't be shown, that is no error by which nothing was changed.
func (o *applyOptions) ended(r *apply.Result, err, unshown error) error {
	if unshown == nil {
		return err
	}
	_ = view.Print(o.Err, "error: the result can't be shown: %v\n%s\n", unshown, view.Headline(r))
	return cmp.Or(err, errPartial)
}

// clear finds out what has become of changes whose answers were lost. Where that can't be looked at, it stays open.
func (o *applyOptions) clear(ctx context.Context, c *connection, stop <-chan struct{}, p *plan.Plan, live plan.State, r *apply.Result) {
	if !r.Unsure() || ctx.Err() != nil {
		return
	}
	reading, end := untilStopped(ctx, stop)
	defer end()
	if err := c.Clear(reading, p, live, r); err != nil {
		_ = view.Print(o.Err, "warning: whether something was changed couldn't be looked at: %v\n", err)
	}
}

// unkept looks at what an apply has changed: a server may take a value and keep another. Who breaks it off, or a server that
// doesn't answer any more, leaves that open: all that was written has had its answer.
func (o *applyOptions) unkept(ctx context.Context, c *connection, stop <-chan struct{}, p *plan.Plan, live plan.State, r *apply.Result) []plan.Unkept {
	if r.Interrupted || ctx.Err() != nil {
		return nil
	}
	reading, end := untilStopped(ctx, stop)
	defer end()
	unkept, err := c.Unkept(reading, p, live, r)
	if err != nil {
		_ = view.Print(o.Err, "warning: whether the servers have kept what was applied couldn't be looked at: %v\n", err)
	}
	return unkept
}

// untilStopped is a context for reading, which needs no finishing: the first Ctrl-C ends it.
func untilStopped(ctx context.Context, stop <-chan struct{}) (context.Context, context.CancelFunc) {
	reading, end := context.WithCancel(ctx)
	go func() {
		select {
		case <-stop:
			end()
		case <-reading.Done():
		}
	}()
	return reading, end
}

// makePlan reads the servers and plans; with a saved plan, it has to be the same still.
func (o *applyOptions) makePlan(ctx context.Context, c *connection, saved *plan.Saved) (*plan.Plan, plan.State, error) {
	p, live, err := c.Plan(ctx, o.plan)
	if err == nil && saved != nil {
		err = saved.Check(p)
	}
	return p, live, err
}

// interrupts turns the first Ctrl-C into a wish to stop and the second into the end of everything.
func (o *applyOptions) interrupts(ctx context.Context, cancel context.CancelFunc) (stop <-chan struct{}, interrupted func() bool) {
	ch := make(chan struct{})
	go func() {
		select {
		case <-o.Interrupts:
		case <-ctx.Done():
			return
		}
		_ = view.Print(o.Err, "\nInterrupted: finishing what is under way. Once more to stop at once.\n")
		close(ch)
		select {
		case <-o.Interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ch, func() bool {
		select {
		case <-ch:
			return true
		default:
			return false
		}
	}
}

func (o *applyOptions) show(p *plan.Plan) error {
	if o.output != human {
		return nil // all in one value at the end
	}
	if err := view.Human(o.Out, p, o.style()); err != nil {
		return err
	}
	return view.Print(o.Out, "%s\n", view.SummaryLine(p))
}

// nothing ends a command that had nothing to apply, or wasn't to apply it.
func (o *applyOptions) nothing(p *plan.Plan, cost string) error {
	if o.output != human {
		return o.print(view.NewApplied(p, nil))
	}
	return view.Print(o.Out, "Nothing was changed. %s\n", cost)
}

// allowed makes sure that what a plan deletes is wanted.
func (o *applyOptions) allowed(p *plan.Plan) error {
	deletes := p.Deletes()
	if len(deletes) > o.maxDeletes {
		return fmt.Errorf("the plan deletes %s and --max-deletes allows %d; nothing was changed", objects(len(deletes)), o.maxDeletes)
	}
	pruned := 0
	for _, c := range deletes {
		if c.Desired == nil { // not named by the document: --prune found it
			pruned++
		}
	}
	if pruned == 0 || o.yes {
		return nil
	}
	if !view.IsTerminal(o.In) || !view.IsTerminal(o.Out) {
		return fmt.Errorf("--prune would delete %s; say --yes to confirm it where nobody can be asked; nothing was changed", objects(pruned))
	}
	_ = view.Print(o.Err, "Delete %s? Type yes to go on: ", objects(pruned))
	answer, _ := bufio.NewReader(o.In).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("not confirmed; nothing was changed")
	}
	return nil
}

func objects(n int) string {
	if n == 1 {
		return "1 object"
	}
	return fmt.Sprintf("%d objects", n)
}

func (o *applyOptions) finish(p *plan.Plan, r *apply.Result, unkept []plan.Unkept, cost string) error {
	if o.output != human {
		a := view.NewApplied(p, r)
		a.NotKept = append(a.NotKept, unkept...)
		return o.print(a)
	}
	if err := view.Result(o.Out, r, cost, next(r, o.saved != "")); err != nil {
		return err
	}
	return view.Unkept(o.Out, unkept, o.style())
}

// outcomeError is the error that stands for what became of a run.
func outcomeError(r *apply.Result, unkept []plan.Unkept) error {
	err := r.Err()
	switch {
	case r.Interrupted:
		return errInterrupted
	case r.Count(apply.Done) == len(r.Outcomes) && len(unkept) == 0:
		return nil
	case r.Changed(), r.Unsure():
		return errPartial
	}
	return errors.Join(errReported, err) // nothing was done; the error tells the exit code
}
