package cli

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// attended runs maasctl on a terminal; once `when` has been printed, `do` gets what a person types and presses.
func (s *session) attended(t *testing.T, when string, do func(keyboard io.Writer), args ...string) (ExitCode, string) {
	t.Helper()
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = keyboard.Close(), terminal.Close() }()
	go func() { _, _ = io.Copy(&s.out, keyboard) }()
	go func() {
		s.out.await(when)
		do(keyboard)
	}()
	code := Run(context.Background(), append(args, "--set", "threescale.url="+s.url), IO{
		In: terminal, Out: terminal, Err: terminal, Now: time.Now, Dir: s.dir, Interrupts: s.interrupts,
		LookupEnv: func(name string) (string, bool) { return "token", name == "TOKEN" },
	})
	_, _ = io.WriteString(terminal, "that is all") // and what was printed before it has come through
	s.out.await("that is all")
	return code, s.out.taken()
}

func plainServer(next http.Handler, _ chan os.Signal) http.Handler { return next }

func types(text string) func(io.Writer) {
	return func(keyboard io.Writer) { _, _ = io.WriteString(keyboard, text) }
}

const question = "Apply this? Only yes goes on: "

func TestApplyAsksOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSession(t, plainServer)
	for _, no := range []string{"no\n", "\n", "y\n", "\x04"} {
		code, out := s.attended(t, question, types(no), "apply")
		if code != ExitError || !strings.Contains(out, "not confirmed; nothing was changed") || !strings.Contains(out, "+ product granite") {
			t.Errorf("%q: exit %d:\n%s", no, code, out)
		}
	}
	if code, out := s.attended(t, question, types("yes\n"), "apply", "-o", "json"); code != ExitOK ||
		strings.Count(out, question) != 1 || !strings.Contains(out, "+ product granite") || !strings.Contains(out, `"outcomes"`) {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for _, args := range [][]string{{"apply"}, {"apply", "--dry-run", "--set", "products.granite.name=Other"}, {"apply", "--yes", "--set", "products.granite.name=Other"}} {
		if code, out := s.attended(t, question, types("no\n"), args...); code != ExitOK || strings.Contains(out, question) {
			t.Errorf("%q has nothing to ask: exit %d:\n%s", args, code, out)
		}
	}
}

// Who thinks about a plan takes none of the command's time, and may still think better of it.
func TestInterruptWhileAsking(t *testing.T) {
	t.Parallel()
	s := newSession(t, plainServer)
	code, out := s.attended(t, question, func(io.Writer) { s.interrupts <- os.Interrupt }, "apply")
	if code != ExitInterrupted || !strings.Contains(out, "Interrupted. Nothing was changed.") || strings.Contains(out, "finishing") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	code, out = s.attended(t, question, func(keyboard io.Writer) {
		time.Sleep(6 * time.Second)
		types("yes\n")(keyboard)
	}, "apply", "--timeout", "5s")
	if code != ExitOK {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// A document that comes from a pipe may never end.
func TestInterruptWhileReadingStdin(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"apply", "diff", "validate", "lint", "render", "output", "doctor"} {
		reader, writer := io.Pipe()
		var out output
		interrupts := make(chan os.Signal, 1)
		go func() {
			_, _ = io.WriteString(writer, "apiVersion: maasctl/v1\n")
			interrupts <- os.Interrupt
		}()
		code := Run(context.Background(), []string{command, "-f", "-"}, IO{
			In: reader, Out: &out, Err: &out, Now: time.Now, Interrupts: interrupts, LookupEnv: func(string) (string, bool) { return "", false },
		})
		if said := out.taken(); code != ExitInterrupted || said != "Interrupted. Nothing was changed.\n" {
			t.Errorf("%s: exit %d:\n%s", command, code, said)
		}
		_ = writer.Close()
	}
}

func TestPromoteAsksOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSession(t, plainServer)
	manual := []string{"--set", "products.granite.promotion=manual"}
	if code, out := s.run(append(manual, "apply")...); code != ExitOK {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	const question = "Promote this? Only yes goes on: "
	if code, out := s.attended(t, question, types("no\n"), append(manual, "promote", "granite")...); code != ExitError || !strings.Contains(out, "+ production granite") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := s.attended(t, question, func(io.Writer) { s.interrupts <- os.Interrupt }, append(manual, "promote")...); code != ExitInterrupted {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := s.attended(t, question, types("yes\n"), append(manual, "promote")...); code != ExitOK || !strings.Contains(out, "Applied: 1 created") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := s.attended(t, question, types("no\n"), append(manual, "promote")...); code != ExitOK || strings.Contains(out, question) {
		t.Errorf("there is nothing to ask: exit %d:\n%s", code, out)
	}
}

func TestRollbackAsksOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSession(t, plainServer)
	for _, text := range []string{"one", "two"} {
		if code, out := s.run("apply", "--set", "products.granite.gatewayResponses.noMatch.body="+text); code != ExitOK {
			t.Fatalf("exit %d:\n%s", code, out)
		}
	}
	const question = "Roll back? Only yes goes on: "
	if code, out := s.attended(t, question, types("no\n"), "rollback", "granite"); code != ExitError || !strings.Contains(out, `"two" → "one"`) {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := s.attended(t, question, func(io.Writer) { s.interrupts <- os.Interrupt }, "rollback", "granite"); code != ExitInterrupted {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if code, out := s.attended(t, question, types("yes\n"), "rollback", "granite"); code != ExitOK || !strings.Contains(out, "is again what version") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
