package threescale_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// checksOfAProperty is how many cases a property is tried with, where the command line doesn't say (-rapid.checks): each
// is some hundred requests.
const checksOfAProperty = "20"

// TestMain draws the same values in every CI run, so that a change is judged by what it changes; elsewhere each run looks
// for something new.
func TestMain(m *testing.M) {
	if os.Getenv("CI") != "" {
		if err := flag.Set("rapid.seed", "1"); err != nil {
			panic(err)
		}
	}
	if err := flag.Set("rapid.checks", checksOfAProperty); err != nil { // the command line is read later, by Run
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
