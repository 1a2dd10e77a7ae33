package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// pendingFile is a file in the making: its name has what it had before until all of it is written. Nobody but its owner
// may read it, since plans and traces tell much about a platform.
type pendingFile struct {
	*os.File
	path   string
	direct bool
}

// createFile begins a file. What is there and no plain file, a pipe or a terminal, is written to as it is.
func createFile(path string) (*pendingFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &pendingFile{File: f, path: path, direct: true}, err
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // with 0600
	if err != nil {
		return nil, err
	}
	return &pendingFile{File: f, path: path}, nil
}

// commit puts the file in its place, whole; where that fails, what was there stays.
func (p *pendingFile) commit() error {
	if p.direct {
		return p.Close()
	}
	if err := errors.Join(p.Sync(), p.Close()); err != nil {
		return errors.Join(err, os.Remove(p.Name()))
	}
	if err := os.Rename(p.Name(), p.path); err != nil {
		return errors.Join(err, os.Remove(p.Name()))
	}
	return nil
}

// abandon leaves no trace of the file.
func (p *pendingFile) abandon() {
	_ = p.Close()
	if !p.direct {
		_ = os.Remove(p.Name())
	}
}

// writeFile writes a file whole or not at all.
func writeFile(what, path string, write func(io.Writer) error) error {
	f, err := createFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := write(f); err != nil {
		f.abandon()
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := f.commit(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
