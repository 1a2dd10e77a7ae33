// Package testkit is what the tests of several packages share.
package testkit

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// LeftOut ends a test for which something isn't there: it says what, and fails in CI, where all has to be tested.
func LeftOut(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("left out: %s", what)
	}
	t.Skipf("left out: %s", what)
}

// Real is a real server to test with.
type Real struct {
	Version  int
	Variable string // that names its address
	URL      string // without a slash at its end; "" where it isn't there
	Log      string // the file with a line for each request
}

// Keycloaks are the real ones that scripts/keycloak.sh starts. A test names each that isn't there with Missing.
func Keycloaks() []Real {
	all := []Real{{Version: 26, Variable: "KEYCLOAK26_URL"}, {Version: 18, Variable: "KEYCLOAK18_URL"}}
	for i := range all {
		all[i].URL = strings.TrimRight(os.Getenv(all[i].Variable), "/")
		all[i].Log = os.Getenv(strings.Replace(all[i].Variable, "URL", "LOG", 1))
	}
	return all
}

// Missing ends a test that needs a server which isn't there.
func (r Real) Missing(t testing.TB) {
	t.Helper()
	LeftOut(t, fmt.Sprintf("a real Keycloak %d: %s isn't set; scripts/keycloak.sh start prints it", r.Version, r.Variable))
}
