//go:build unix

package shell

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// group is a command with all that it starts: a group of processes of its own, so that one signal ends it. Where this
// process has the terminal, the group gets it for as long as it runs: others may not read from it.
type group struct {
	cmd *exec.Cmd
	tty *os.File // nil where there is none to give
}

func newGroup(cmd *exec.Cmd) *group {
	g := &group{cmd: cmd, tty: foregroundTerminal()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if g.tty != nil {
		cmd.SysProcAttr.Foreground, cmd.SysProcAttr.Ctty = true, int(g.tty.Fd())
	}
	cmd.Cancel = g.kill
	return g
}

// foregroundTerminal is the terminal of this process, where it may use that now.
func foregroundTerminal() *os.File {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	if owner, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP); err != nil || owner != unix.Getpgrp() {
		_ = tty.Close()
		return nil
	}
	return tty
}

// kill ends all processes of the group. That none is left is no error.
func (g *group) kill() error {
	if g.cmd.Process == nil {
		return nil
	}
	return syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
}

// close takes the terminal back.
func (g *group) close() {
	if g.tty == nil {
		return
	}
	signal.Ignore(syscall.SIGTTOU) // what one gets who isn't in the foreground and changes that
	_ = unix.IoctlSetPointerInt(int(g.tty.Fd()), unix.TIOCSPGRP, unix.Getpgrp())
	signal.Reset(syscall.SIGTTOU)
	_ = g.tty.Close()
}

// interrupted tells whether a command ended by Ctrl-C: by the signal itself, or as shells say so of one that they ran.
func interrupted(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && (status.Signaled() && status.Signal() == syscall.SIGINT || status.ExitStatus() == 128+int(syscall.SIGINT))
}
