package plan

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws the same values in every CI run, so that a change is judged by what it changes; elsewhere each run looks
// for something new.
func TestMain(m *testing.M) {
	if os.Getenv("CI") != "" {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
