// Package cli is the command line: a file a command, each with its options, its flags and a run function that puts other
// packages to work.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"example.com/maasctl/internal/view"
	"example.com/maasctl/pkg/plan"
)

// IO is what a command has to do with the world. Tests put their own in.
type IO struct {
	In        io.Reader
	Out       io.Writer // data
	Err       io.Writer // progress, hints, errors
	LookupEnv func(string) (string, bool)
	Now       func() time.Time
	Dir       string // what relative paths are relative to; "" for the working directory
	// Interrupts delivers the user's Ctrl-C.
	Interrupts <-chan os.Signal
}

// getenv is a variable's value, "" where it isn't set.
func (s IO) getenv(name string) string {
	v, _ := s.LookupEnv(name)
	return v
}

// Main runs maasctl with the process's own arguments and streams.
func Main() ExitCode {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(thrift)
	}
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	return Run(context.Background(), os.Args[1:], IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Now: time.Now, Interrupts: interrupts,
	})
}

// thrift is GOGC where nobody says another: a run waits for servers for most of its time, and shares a pipeline's machine with
// others. A tenth more CPU saves a fifth of the memory.
const thrift = 60

// Run runs one command line and tells the exit code.
func Run(ctx context.Context, args []string, streams IO) ExitCode {
	root := newRoot(streams)
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	err := usageError(root, root.ExecuteContext(ctx))
	code := exitCode(err)
	switch {
	case err == nil || shown(err):
	case code == ExitInterrupted:
		_ = view.Print(streams.Err, "Interrupted. Nothing was changed.\n")
	default:
		say(streams.Err, err)
	}
	return code
}

// say prints errors, one for each thing that has failed, and what to do about them.
func say(w io.Writer, err error) {
	said := ""
	for _, e := range plan.Several(err) {
		sayOne(w, e)
		if what := advice(e); what != "" && what != said {
			_ = view.Print(w, "%s\n", what)
			said = what
		}
	}
}

// sayOne prints an error: where it is about something that the document says, as mistakes in documents are told.
func sayOne(w io.Writer, err error) {
	located := plan.AllLocated(err)
	for _, l := range located {
		at, what := l.Where()
		_ = view.Print(w, "%s\n", at.Before("error: "+what))
	}
	if len(located) == 0 {
		_ = view.Print(w, "error: %v\n", err)
	}
}
