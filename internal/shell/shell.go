// Package shell runs the commands that a document's ${exec:} references name: bounded in what they print, and ended with
// their context together with all that they have started.
package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

const (
	// MaxOutput is how many bytes a command may print: it gives a secret, not a file of data.
	MaxOutput = 1 << 20

	patience = 2 * time.Second // after a command's end, for what still holds the other end of its output
)

// ErrInterrupted is the error of a command that the user's Ctrl-C has ended. It may have been the only one to get it.
var ErrInterrupted = errors.New("it was interrupted")

// Run runs a command as the user's own shell would, and gives what it prints on stdout. A command may ask its user on the
// terminal, as password managers do. What it says on stderr is left out of errors: it may say too much.
func Run(ctx context.Context, command string) ([]byte, error) {
	running, end := context.WithCancel(ctx)
	defer end()
	name, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		name, flag = "cmd", "/C"
	}
	cmd := exec.CommandContext(running, name, flag, command) //nolint:gosec // ${exec:} asks for just this
	out := &bounded{most: MaxOutput, full: end}
	cmd.Stdout = out
	cmd.WaitDelay = patience
	g := newGroup(cmd)
	err := cmd.Run()
	g.close()
	switch {
	case out.over:
		return nil, fmt.Errorf("it prints more than %d bytes", MaxOutput)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("it was ended: %w", ctx.Err())
	case errors.Is(err, exec.ErrWaitDelay):
		_ = g.kill()
		return nil, errors.New("it has ended, and something that it has started keeps its output open")
	case interrupted(err):
		return nil, ErrInterrupted
	}
	return out.text.Bytes(), err
}

// bounded keeps what fits, and says once that more came. (A bytes.Buffer must not shine through: it reads without bound.)
type bounded struct {
	text bytes.Buffer
	most int
	full func()
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.over || b.text.Len()+len(p) > b.most {
		b.over = true
		b.full()
		return len(p), nil
	}
	return b.text.Write(p)
}
