package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// state is the form of a state file. It holds tokens and keys.
type state struct {
	FormatVersion int             `json:"formatVersion"`
	ThreeScale    json.RawMessage `json:"threescale"`
	Keycloak      json.RawMessage `json:"keycloak"`
}

const stateFormat = 1

// load makes the stand-ins that the state file describes; without a file, it says false.
func (s *Sandbox) load() (bool, error) {
	if s.config.State == "" {
		return false, nil
	}
	raw, err := os.ReadFile(s.config.State)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("--state: %w", err)
	}
	var kept state
	if err := json.Unmarshal(raw, &kept); err != nil {
		return false, fmt.Errorf("--state %s: no state of a sandbox: %w", s.config.State, err)
	}
	if kept.FormatVersion != stateFormat {
		return false, fmt.Errorf("--state %s: its format is %d, and this maasctl reads %d", s.config.State, kept.FormatVersion, stateFormat)
	}
	threescale, err := threescaletest.Load(s.options(), bytes.NewReader(kept.ThreeScale))
	if err != nil {
		return false, fmt.Errorf("--state %s: 3scale: %w", s.config.State, err)
	}
	keycloak, err := keycloaktest.Load(keycloaktest.Options{}, bytes.NewReader(kept.Keycloak))
	if err != nil {
		return false, fmt.Errorf("--state %s: Keycloak: %w", s.config.State, err)
	}
	if t := s.config.Token; t != "" && t != threescale.Token() {
		return false, fmt.Errorf("--token: the tenant in %s has another token already; leave --token out, or take another file", s.config.State)
	}
	if s.config.Seed != nil {
		s.Warnings = append(s.Warnings, "the state of "+s.config.State+" goes on; --seed-file is for a new sandbox and was not applied")
	}
	s.stands = &stands{threescale, keycloak}
	return true, nil
}

// save writes the state file, whole or not at all, for its owner alone.
func (s *Sandbox) save() error {
	if s.config.State == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(s.config.State), filepath.Base(s.config.State)+".*")
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	if err = errors.Join(s.write(f), f.Close()); err == nil {
		err = os.Rename(f.Name(), s.config.State)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}

// write writes a state piece by piece: that of a large tenant is large.
func (s *Sandbox) write(f io.Writer) error {
	_, err := fmt.Fprintf(f, `{"formatVersion":%d,"threescale":`, stateFormat)
	if err == nil {
		err = s.stands.threescale.Save(f)
	}
	if err == nil {
		_, err = io.WriteString(f, `,"keycloak":`)
	}
	if err == nil {
		err = s.stands.keycloak.Save(f)
	}
	if err == nil {
		_, err = io.WriteString(f, "}\n")
	}
	return err
}
