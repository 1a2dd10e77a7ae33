package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// trace is the file of --trace-http in the making. What goes over the wire is known before it is known which of it is secret:
// a server's answer may hold what the document has replaced with a reference. So lines wait in a file that has no name, and
// are read through once more when the run is over.
type trace struct {
	path     string
	redactor *transport.Redactor
	names    []string // under which this document has secrets
	planned  bool     // the secrets that the servers have are known

	mu      sync.Mutex
	waiting *os.File
	lines   *bufio.Writer
	err     error
}

// openTrace begins the trace that --trace-http asks for; nil where it doesn't.
func (g *global) openTrace(doc *maas.Document, opts *transport.Options) (*trace, error) {
	if g.trace == "" {
		return nil, nil
	}
	path := filepath.Join(g.Dir, g.trace)
	dir := filepath.Dir(path)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		dir = "" // a pipe's folder may be no place for files
	}
	f, err := os.CreateTemp(dir, ".maasctl-trace.*") // with 0600
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	_ = os.Remove(f.Name()) // so that nothing is left even of a run that is killed; some systems do it at the end only
	t := &trace{path: path, redactor: opts.Redactor, names: doc.SecretNames(), waiting: f, lines: bufio.NewWriter(f)}
	opts.Trace = t
	return t, nil
}

// Write takes one line. An error stays: a trace is whole, or there is none.
func (t *trace) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		_, t.err = t.lines.Write(line)
	}
	return len(line), t.err
}

// learn takes the secrets that the servers have from what was read and planned.
func (t *trace) learn(p *plan.Plan, live plan.State) {
	if t == nil {
		return
	}
	var found []string
	collect := func(value any) {
		secret.Walk(value, nil, func(_ string, s secret.Value) { found = append(found, s.Reveal()) })
	}
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			collect(f.Old)
		}
	}
	for _, o := range live {
		collect(o.Fields)
		collect(o.Outputs)
	}
	t.redactor.Add(found...)
	t.planned = true
}

// close writes the trace, whole or not at all. What a command has done stays done where that fails, and so does its error.
func (t *trace) close(stderr io.Writer, err error) error {
	if t == nil {
		return err
	}
	failed := t.finish()
	if failed == nil {
		return err
	}
	say(stderr, fmt.Errorf("trace: %w", failed))
	if err == nil || errors.Is(err, errChanges) {
		return errReported
	}
	return err
}

func (t *trace) finish() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer func() {
		_ = t.waiting.Close()
		_ = os.Remove(t.waiting.Name())
	}()
	if t.err == nil {
		t.err = t.lines.Flush()
	}
	if t.err != nil {
		return t.err
	}
	if _, err := t.waiting.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if !t.planned {
		t.redactor.AddNames(t.names...)
	}
	return writeFile("file", t.path, func(w io.Writer) error { return t.redactor.Trace(w, t.waiting) })
}
