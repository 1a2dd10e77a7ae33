package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/maasctl/internal/engine"
	"example.com/maasctl/pkg/plan"
)

// loadSaved reads the plan that is to be applied; nil where none is named. What it was made with needn't be said again:
// --prune, --target and the environment.
func (o *applyOptions) loadSaved() (*plan.Saved, error) {
	saved, err := o.readSaved("apply", "diff --out")
	if err == nil && saved != nil && len(promotedBy(saved)) > 0 {
		err = fmt.Errorf("%s is a plan of promote: maasctl promote %s", o.saved, o.saved)
	}
	return saved, err
}

// readSaved reads the plan that a command is to carry out, and that another one writes.
func (o *applyOptions) readSaved(command, writer string) (*plan.Saved, error) {
	if o.saved == "" {
		return nil, nil //nolint:nilnil // none is named
	}
	if isDocumentName(o.saved) {
		return nil, fmt.Errorf("%s is no plan: a document is named with -f: maasctl %s -f %s", o.saved, command, o.saved)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, o.saved))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no plan %s; maasctl %s %s writes one", o.saved, writer, o.saved)
	}
	if err != nil {
		return nil, fmt.Errorf("the plan %w", err)
	}
	saved, err := plan.Load(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.saved, err)
	}
	o.plan.Prune = o.plan.Prune || saved.Made.Prune
	if len(o.plan.Select) == 0 {
		o.plan.Select = saved.Select
	}
	if o.environment == "" {
		o.environment = saved.Made.Environment
	}
	return saved, nil
}

// checkSaved tells whether the plan was made for what is at hand; no server is asked before.
func (o *applyOptions) checkSaved(c *connection, saved *plan.Saved) error {
	if saved == nil {
		return nil
	}
	made, err := c.Made(o.plan)
	if err != nil {
		return err
	}
	return saved.CheckFor(engine.Owner(c.Document), c.Targets(), made, o.plan.Select)
}
