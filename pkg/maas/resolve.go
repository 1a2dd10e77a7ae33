package maas

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/maasctl/internal/shell"
)

// Sources are where references get their values. A nil function stands for this machine's own.
type Sources struct {
	Env      func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
	Exec     func(ctx context.Context, command string) ([]byte, error) // what the command prints
}

// Resolve fills in what the document refers to: ${env:NAME}, ${file:PATH} (beside the document that says it) and
// ${exec:COMMAND}, each without the newline at its end. Everything that is missing is reported at once, each
// with its position; so is what turns out to be wrong now that it is known. Nothing of a value is in a diagnostic.
func (d *Document) Resolve(ctx context.Context, s Sources) Diagnostics {
	r := &reporter{}
	look := &lookup{ctx: ctx, sources: s.orOwn(), dir: d.source.options.dirOf, seen: map[part]answer{}}
	resolved := decodeDocument(r, d.source, look)
	resolved.said = d.said
	*d = *resolved
	return slices.DeleteFunc(r.found.sorted(), func(found Diagnostic) bool { return slices.Contains(d.said, found) })
}

func (s Sources) orOwn() Sources {
	if s.Env == nil {
		s.Env = os.LookupEnv
	}
	if s.ReadFile == nil {
		s.ReadFile = readWhole
	}
	if s.Exec == nil {
		s.Exec = shell.Run
	}
	return s
}

// lookup reads each reference once, however often the document says it.
type lookup struct {
	ctx     context.Context //nolint:containedctx // it lives for one call of Resolve
	sources Sources
	dir     func(file string) string
	seen    map[part]answer
}

type answer struct {
	text string
	err  error
}

// expand puts the values of its references into a text.
func (l *lookup) expand(text string, pos Position) (string, error) {
	var b strings.Builder
	var errs []error
	for _, piece := range references(text) {
		if piece.scheme == "" {
			b.WriteString(piece.text)
			continue
		}
		if piece.scheme == "file" && !filepath.IsAbs(piece.text) {
			piece.text = filepath.Join(l.dir(pos.File), piece.text)
		}
		a, ok := l.seen[piece]
		if !ok {
			a.text, a.err = l.read(piece)
			l.seen[piece] = a
		}
		b.WriteString(a.text)
		errs = append(errs, a.err)
	}
	return b.String(), errors.Join(errs...)
}

func (l *lookup) read(p part) (string, error) {
	switch p.scheme {
	case "env":
		text, ok := l.sources.Env(p.text)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", p.text)
		}
		return trimNewline(text), nil
	case "file":
		data, err := l.sources.ReadFile(p.text)
		if err != nil {
			return "", fmt.Errorf("the file %s can't be read: %w", p.text, reason(err))
		}
		return trimNewline(string(data)), nil
	default:
		data, err := l.sources.Exec(l.ctx, p.text)
		if err != nil {
			return "", fmt.Errorf("the command %q failed: %w", p.text, err)
		}
		return trimNewline(string(data)), nil
	}
}

func trimNewline(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
}
