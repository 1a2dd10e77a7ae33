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

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", checksOfAProperty); err != nil { // the command line is read later, by Run
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
