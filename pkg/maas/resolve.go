package maas

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Sources are where references get their values. A nil function stands for this machine's own.
type Sources struct {
	Env      func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
	Exec     func(ctx context.Context, command string) ([]byte, error) // what the command prints
}

// Resolve fills in what the document refers to: ${env:NAME}, ${file:PATH} (beside the document that says it) and
// ${exec:COMMAND}, the latter two without the newline at their end. Everything that is missing is reported at once, each
// with its position; so is what turns out to be wrong now that it is known. Nothing of a value is in a diagnostic.
func (d *Document) Resolve(ctx context.Context, s Sources) Diagnostics {
	r := &reporter{}
	look := &lookup{sources: s.orOwn(), dir: d.dir, seen: map[part]found{}}
	for _, p := range d.pending {
		text, err := look.expand(ctx, p)
		switch {
		case err != nil:
			r.errorf(p.pos, CodeSecret, "%s: %v", describe(p.path), err)
		case p.secret && text == "":
			r.errorf(p.pos, CodeSecret, "%s: %s is empty", describe(p.path), p.text)
		default:
			p.set(text)
		}
	}
	if r.found.HasErrors() {
		return r.found.sorted()
	}
	d.pending = nil
	return r.found.sorted()
}

func (s Sources) orOwn() Sources {
	if s.Env == nil {
		s.Env = os.LookupEnv
	}
	if s.ReadFile == nil {
		s.ReadFile = os.ReadFile
	}
	if s.Exec == nil {
		s.Exec = shell
	}
	return s
}

// shell runs a command as the user's own shell would. What it says on stderr is left out of errors: it may say too much.
func shell(ctx context.Context, command string) ([]byte, error) {
	name, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		name, flag = "cmd", "/C"
	}
	return exec.CommandContext(ctx, name, flag, command).Output()
}

// lookup reads each reference once, however often the document says it.
type lookup struct {
	sources Sources
	dir     func(file string) string
	seen    map[part]found
}

type found struct {
	text string
	err  error
}

// expand puts the values of its references into a text.
func (l *lookup) expand(ctx context.Context, p pending) (string, error) {
	var b strings.Builder
	var errs []error
	for _, piece := range references(p.text) {
		if piece.scheme == "" {
			b.WriteString(piece.text)
			continue
		}
		if piece.scheme == "file" && !filepath.IsAbs(piece.text) {
			piece.text = filepath.Join(l.dir(p.pos.File), piece.text)
		}
		f, ok := l.seen[piece]
		if !ok {
			f.text, f.err = l.read(ctx, piece)
			l.seen[piece] = f
		}
		b.WriteString(f.text)
		errs = append(errs, f.err)
	}
	return b.String(), errors.Join(errs...)
}

func (l *lookup) read(ctx context.Context, p part) (string, error) {
	switch p.scheme {
	case "env":
		text, ok := l.sources.Env(p.text)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", p.text)
		}
		return text, nil
	case "file":
		data, err := l.sources.ReadFile(p.text)
		if err != nil {
			return "", fmt.Errorf("the file %s can't be read: %w", p.text, reason(err))
		}
		return trimNewline(data), nil
	default:
		data, err := l.sources.Exec(ctx, p.text)
		if err != nil {
			return "", fmt.Errorf("the command %q failed: %w", p.text, err)
		}
		return trimNewline(data), nil
	}
}

func trimNewline(data []byte) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
}
