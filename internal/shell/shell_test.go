//go:build unix

package shell_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/maasctl/internal/shell"
	"example.com/maasctl/internal/testkit"
)

// asked, in the environment, makes this test's binary a program that runs the command that it names and then reads a line
// from its terminal itself.
const asked = "MAASCTL_TEST_ASKS"

func TestMain(m *testing.M) {
	if command := os.Getenv(asked); command != "" {
		ask(command)
		return
	}
	os.Exit(m.Run())
}

func ask(command string) {
	out, err := shell.Run(context.Background(), command)
	fmt.Printf("command: %q %v\n", out, err)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("program: %q %v\n", strings.TrimSpace(line), err)
}

func TestOutput(t *testing.T) {
	t.Parallel()
	out, err := shell.Run(context.Background(), "echo to stderr >&2; head -c 1048576 /dev/zero")
	if err != nil || len(out) != shell.MaxOutput {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	out, err = shell.Run(context.Background(), "printf s3cr3t; exit 3")
	if err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("%q, %v", out, err)
	}
}

func TestOutputHasABound(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	out, err := shell.Run(context.Background(), "yes & echo $! > "+file+"; wait")
	if err == nil || !strings.Contains(err.Error(), "prints more than 1048576 bytes") || out != nil {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	gone(t, file)
}

func TestTheContextEndsAllThatACommandHasStarted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_ = pid(file)
		cancel()
	}()
	_, err := shell.Run(ctx, "(trap '' INT TERM; sleep 300 & echo $! > "+file+"; wait); echo never")
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	gone(t, file)
}

func TestWhatOutlivesItsCommandEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pid")
	_, err := shell.Run(context.Background(), "sleep 300 & echo $! > "+file)
	if err == nil || !strings.Contains(err.Error(), "keeps its output open") {
		t.Error(err)
	}
	gone(t, file)
}

func TestCtrlCOfACommandIsTold(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"kill -INT $$", "sh -c 'kill -INT $$'; exit $?"} {
		if _, err := shell.Run(context.Background(), command); !errors.Is(err, shell.ErrInterrupted) {
			t.Errorf("%s: %v", command, err)
		}
	}
}

// TestACommandMayAskOnTheTerminal runs this program below a terminal: both its command and, afterwards, itself read from it.
func TestACommandMayAskOnTheTerminal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("script"); err != nil {
		testkit.LeftOut(t, err.Error())
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "script", "-qec", self, "/dev/null")
	cmd.Env = append(os.Environ(), asked+"=read -r said </dev/tty; echo \"it said $said\"")
	cmd.Stdin = strings.NewReader("open sesame\nthank you\n")
	out, err := cmd.CombinedOutput()
	text := strings.ReplaceAll(string(out), "\r\n", "\n")
	if err != nil || !strings.Contains(text, "command: \"it said open sesame\\n\" <nil>\n") || !strings.Contains(text, "program: \"thank you\" <nil>\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

// pid reads what a command has written of a process, once it has.
func pid(file string) int {
	for range 3000 {
		if text, err := os.ReadFile(file); err == nil && strings.HasSuffix(string(text), "\n") {
			n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
			return n
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0
}

// gone holds that a process ends.
func gone(t *testing.T, file string) {
	t.Helper()
	n := pid(file)
	if n == 0 {
		t.Fatal("the command has started nothing")
	}
	for range 3000 {
		if dead(n) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d is there still", n)
	_ = syscall.Kill(n, syscall.SIGKILL)
}

// dead tells whether a process is gone, or dead with nobody to have told yet.
func dead(n int) bool {
	if err := syscall.Kill(n, 0); err != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n)) // where there is no /proc, the dead don't stay
	return err == nil && strings.Contains(string(stat), ") Z ")
}
