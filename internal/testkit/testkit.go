// Package testkit is what the tests of several packages share.
package testkit

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// Main runs the tests of a package with properties. In CI it draws the same values every time, so that a change is judged by
// what it changes; elsewhere each run looks for something new.
func Main(m *testing.M) {
	if os.Getenv("CI") != "" {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			panic(err)
		}
	}
	m.Run()
}

// Recorded reads a state of a server, which was taken of a real one; path is where it is below testdata, seen from a package
// two levels below the module.
func Recorded(t testing.TB, path ...string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	return state
}
