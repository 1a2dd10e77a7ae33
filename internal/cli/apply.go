package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

type applyOptions struct {
	*global
	plan       engine.PlanOptions
	shown      shownOptions
	yes        bool
	dryRun     bool
	maxDeletes deleteLimit
	saved      string // a plan's file
	question   string
}

func newApply(g *global) *cobra.Command {
	o := &applyOptions{global: g, question: "Apply this? Only yes goes on: "}
	cmd := &cobra.Command{
		Use:   "apply [plan.json]",
		Short: "Make the servers what the document says",
		Long: "Compare the document with the servers and change what differs. Running it again changes nothing.\n" +
			"On a terminal it shows what it would change and asks; elsewhere it goes on, but --prune needs --yes. Objects are\n" +
			"deleted only where the document says `absent: true`, or with --prune.\n\n" +
			"With a plan that `diff --out` has written, apply reads the servers again and refuses (exit code 5) where they, or the\n" +
			"document, would now lead to another plan.",
		Example: "  maasctl apply -f maas.yaml\n" +
			"  maasctl apply -e production --prune --yes",
		SuggestFor: []string{"create", "deploy", "sync", "up"},
		Args:       oneOrNone("plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.saved = args[0]
			}
			return o.run(cmd.Context())
		},
	}
	addPlanFlags(cmd, &o.plan)
	addShownFlags(cmd, &o.shown)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "don't ask; needed for --prune where nobody can be asked")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "show the plan and stop")
	o.maxDeletes = deleteLimit{n: 10}
	cmd.Flags().Var(&o.maxDeletes, "max-deletes",
		"refuse a plan by which more than `N` objects go, or N% of those that it knows of; applications, users and clients count")
	return cmd
}

func (o *applyOptions) run(ctx context.Context) error {
	if err := o.format(human, json, yaml); err != nil {
		return err
	}
	saved, err := o.loadSaved()
	if err != nil {
		return err
	}
	return o.planAndApply(ctx, func(reading context.Context, c *connection) (*plan.Plan, plan.State, error) {
		o.plan.Environment = o.environment
		if err := o.checkSaved(c, saved); err != nil {
			return nil, nil, err
		}
		return o.makePlan(reading, c, saved)
	})
}

// planAndApply connects, makes a plan, shows it, makes sure that it is wanted, and carries it out. The first Ctrl-C ends all
// that comes before the first write.
func (o *applyOptions) planAndApply(
	ctx context.Context, makePlan func(reading context.Context, c *connection) (*plan.Plan, plan.State, error),
) (err error) {
	begin := o.Now()
	attended, end := o.interruptible(ctx)
	defer end()
	reading, cancel := stalling(attended, o.timeout, o.traffic.Answered)
	defer cancel()
	c, err := o.connect(reading)
	if err != nil {
		return err
	}
	defer func() { err = c.close(err) }()
	defer func() { o.sayCost(c, o.Now().Sub(begin)) }()
	p, live, err := makePlan(reading, c)
	if err != nil {
		return err
	}
	if err := o.show(p); err != nil {
		return err
	}
	if p.Empty || o.dryRun {
		return o.nothing(p, c.cost(o.Now().Sub(begin)))
	}
	asking := o.Now()
	if err := o.allowed(attended, p); err != nil {
		return err
	}
	if end() {
		return context.Canceled
	}
	begin = begin.Add(o.Now().Sub(asking)) // who thinks about it takes none of the command's time
	return o.carryOut(ctx, c, p, live, begin)
}

// carryOut applies the plan, and says what became of it.
func (o *applyOptions) carryOut(ctx context.Context, c *connection, p *plan.Plan, live plan.State, begin time.Time) error {
	ctx, cancel := stalling(ctx, o.timeout, o.traffic.Answered)
	defer cancel()
	stop, interrupted := o.finishing(ctx, cancel)
	progress := view.NewProgress(o.Err, view.CanRewrite(o.Err, o.getenv), o.verbose, o.Now)
	r := c.Apply(ctx, p, live, apply.Options{Stop: stop, Observe: progress.Observe})
	progress.End()
	c.changed = r.Changed() || r.Unsure()
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

// show prints the plan. As data it comes with what became of it, in one value at the end; who is asked sees it before.
func (o *applyOptions) show(p *plan.Plan) error {
	out := o.Out
	if o.output == markdown {
		return view.Markdown(out, p, view.Full)
	}
	if o.output != human {
		if out = o.Err; !o.attended() || o.yes {
			return nil
		}
	}
	if err := view.Human(out, p, o.shown.detail(), o.style()); err != nil {
		return err
	}
	return view.Print(out, "%s\n", view.SummaryLine(p))
}

// attended tells whether somebody sits there who can be asked.
func (o *applyOptions) attended() bool { return view.IsTerminal(o.In) && view.IsTerminal(o.Out) }

// nothing ends a command that had nothing to apply, or wasn't to apply it.
func (o *applyOptions) nothing(p *plan.Plan, cost string) error {
	switch o.output {
	case human:
		return view.Print(o.Out, "Nothing was changed. %s\n", cost)
	case markdown: // it has been shown
		return nil
	}
	return o.print(view.NewApplied(p, nil))
}

// allowed makes sure that what a plan does is wanted: on a terminal by asking, whatever it is. Where nobody can be asked,
// --prune has to be confirmed by --yes; what the document itself says goes on.
func (o *applyOptions) allowed(ctx context.Context, p *plan.Plan) error {
	deletes := p.Deletes()
	if err := o.maxDeletes.check(p); err != nil {
		return err
	}
	if o.yes {
		return nil
	}
	if o.attended() {
		return o.ask(ctx)
	}
	pruned := 0
	for _, c := range deletes {
		if c.Desired == nil { // not named by the document: --prune found it
			pruned++
		}
	}
	if pruned > 0 {
		return fmt.Errorf("--prune would delete %s; say --yes to confirm it where nobody can be asked; nothing was changed", objects(pruned))
	}
	return nil
}

// ask waits for a yes; the context ends the waiting.
func (o *applyOptions) ask(ctx context.Context) error {
	if err := view.Print(o.Err, "%s", o.question); err != nil {
		return err
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(o.In).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case said := <-answer:
		if !strings.EqualFold(said, "yes") {
			return errors.New("not confirmed; nothing was changed")
		}
		return nil
	case <-ctx.Done():
		_ = view.Print(o.Err, "\n")
		return ctx.Err()
	}
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
