package view

import (
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"
)

// JSON writes a value as JSON: a plan's format is part of its interface and versioned.
func JSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// YAML writes the same as YAML.
func YAML(w io.Writer, v any) error {
	text, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
