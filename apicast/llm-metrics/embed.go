// Package llmmetrics holds the gateway policy that ships with the tool: the
// files that a gateway loads, as they go into its Secret or policy folder.
package llmmetrics

import (
	"embed"
	"encoding/json"
	"fmt"
)

// Name is what the gateway's folder, its chain and its list of policies call
// the policy.
const Name = "llm-metrics"

// Files are the files of the policy, flat as a Secret needs them: init.lua,
// which the gateway loads, the files that it requires, and the manifest.
//
//go:embed apicast-policy.json *.lua
var Files embed.FS

// Manifest is the part of apicast-policy.json that others ask for.
type Manifest struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	// Version has to be the gateway folder's and the chain's: a gateway that
	// finds another leaves the policy out, and lets requests pass without it.
	Version string `json:"version"`
	// Configuration is the JSON Schema of the policy's configuration.
	Configuration json.RawMessage `json:"configuration"`
}

// ReadManifest reads the embedded manifest. It fails only if the build embedded
// a broken one, which the tests rule out.
func ReadManifest() (*Manifest, error) {
	data, err := Files.ReadFile("apicast-policy.json")
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", Name, err)
	}
	var manifest Manifest
	if err := json.Unmarshal(data, &manifest); err != nil {
		return nil, fmt.Errorf("policy %s: apicast-policy.json: %w", Name, err)
	}
	return &manifest, nil
}

// Version is the policy's version as its manifest says it, or "" if the
// manifest can't be read.
func Version() string {
	manifest, err := ReadManifest()
	if err != nil {
		return ""
	}
	return manifest.Version
}
