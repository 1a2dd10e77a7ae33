package threescale_test

import (
	"flag"
	"testing"

	"example.com/maasctl/internal/testkit"
)

// checksOfAProperty is how many cases a property is tried with, where the command line doesn't say (-rapid.checks): each
// is some hundred requests.
const checksOfAProperty = "20"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", checksOfAProperty); err != nil { // the command line is read later, by Run
		panic(err)
	}
	testkit.Main(m)
}
