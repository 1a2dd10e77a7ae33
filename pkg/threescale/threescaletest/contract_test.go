package threescaletest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

const contractDir = "../../../testdata/contract"

// TestContract sends what was sent to a real 3scale 2.16, in the same order, and
// compares the answers: first as one tenant, then as the master account.
func TestContract(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	matched := replayDir(t, newReplayer(s.URL, s.Token, ""), "3scale")
	if matched != 673 {
		t.Errorf("%d exchanges with the tenant matched, want all 673", matched)
	}
	if matched = replayDir(t, newReplayer(s.URL, s.MasterToken(), s.MasterDomain()), "3scale-master"); matched != 17 {
		t.Errorf("%d exchanges with the master account matched, want all 17", matched)
	}
}

// TestContractWithOtherNames sends the recordings with other names of things: what is
// answered must follow what is sent, not what was recorded.
func TestContractWithOtherNames(t *testing.T) {
	t.Parallel()
	rename := strings.NewReplacer("granite", "basalt", "Granite", "Basalt", "mistral", "levante", "Mistral", "Levante", "total_tokens", "all_units",
		"Total tokens", "All units", "/v1/chat", "/v2/talk", "acme", "ajax", "Acme", "Ajax", "Premium", "Deluxe", "premium", "deluxe", "MaaS", "NaaS", `"Trap"`, `"Snare"`, `"trap"`, `"snare"`, "/trap\"", "/snare\"")
	s := threescaletest.Start(t, threescaletest.Options{})
	r := newReplayer(s.URL, s.Token, "")
	r.rename = rename
	if matched := replayDir(t, r, "3scale"); matched != 673 {
		t.Errorf("%d exchanges matched, want all 673", matched)
	}
}

// replayDir replays the recordings of a directory and counts the exchanges that match.
func replayDir(t *testing.T, r *replayer, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(contractDir, dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings in %s: %v", dir, err)
	}
	matched := 0
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		group, exchanges := readGroup(t, raw, r.rename)
		for _, ex := range exchanges {
			if diffs := r.replay(t, ex); len(diffs) > 0 {
				t.Errorf("%s: %s: %s %s: %s", group, ex.Name, ex.Request.Method, ex.Request.Path, strings.Join(diffs, "; "))
				continue
			}
			matched++
		}
	}
	return matched
}

// TestComparisonFindsDifferences makes sure that the comparison can fail.
func TestComparisonFindsDifferences(t *testing.T) {
	t.Parallel()
	const recorded = `{"service":{"id":3,"name":"Granite","state":"incomplete","created_at":"2026-11-23T07:39:53Z","secret_token":"00000000000000000000000000000000","list":[1,2]}}`
	for name, actual := range map[string]string{
		"a value":         strings.Replace(recorded, "incomplete", "published", 1),
		"a missing field": strings.Replace(recorded, `"state":"incomplete",`, "", 1),
		"one too many":    strings.Replace(recorded, `"state"`, `"extra":1,"state"`, 1),
		"a list":          strings.Replace(recorded, "[1,2]", "[1,2,3]", 1),
		"a time":          strings.Replace(recorded, "2026-11-23T07:39:53Z", "yesterday", 1),
		"a random key":    strings.Replace(recorded, "00000000000000000000000000000000", "none", 1),
		"a type":          strings.Replace(recorded, `"id":3`, `"id":"3"`, 1),
	} {
		r := newReplayer("", "", "")
		if diffs := r.compare("service", decode(t, recorded), decode(t, actual)); len(diffs) != 1 {
			t.Errorf("%s: found %q, want one difference", name, diffs)
		}
	}
	other := strings.NewReplacer("07:39:53", "08:00:00", "00000000000000000000000000000000", "0123456789abcdef", `"id":3`, `"id":77`).Replace(recorded)
	if diffs := newReplayer("", "", "").compare("service", decode(t, recorded), decode(t, other)); len(diffs) != 0 {
		t.Errorf("other ids, times and random keys: found %q, want none", diffs)
	}
}
