package cli

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"example.com/maasctl/pkg/plan"
)

// savedOptions is what a saved plan tells of the options that it was made with.
type savedOptions struct {
	Select  []string `json:"select"`
	Changes []struct {
		Action plan.Action  `json:"action"`
		Source *plan.Source `json:"source"`
	} `json:"changes"`
}

// loadSaved reads the plan that is to be applied; nil where none is named. What it was made with holds again: --prune
// where it deletes something that the document doesn't name, and --target.
func (o *applyOptions) loadSaved() (*plan.Saved, error) {
	if o.saved == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, o.saved))
	if err != nil {
		return nil, err
	}
	saved, err := plan.Load(bytes.NewReader(text))
	var made savedOptions
	if err == nil {
		err = stdjson.Unmarshal(text, &made)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.saved, err)
	}
	for _, c := range made.Changes {
		if c.Action == plan.Delete && c.Source == nil {
			o.plan.Prune = true
		}
	}
	if len(o.plan.Select) == 0 {
		o.plan.Select = made.Select
	}
	return saved, nil
}
