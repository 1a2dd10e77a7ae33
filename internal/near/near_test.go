package near_test

import (
	"testing"

	"example.com/maasctl/internal/near"
)

func TestName(t *testing.T) {
	keys := []string{"policies", "plans", "supportEmail", "name"}
	for _, c := range []struct {
		written, want string
		among         []string
	}{
		{"granit-7b", "granite-7b", []string{"mistral-7b", "granite-7b"}},
		{"Total-Tokens", "total_tokens", []string{"tokens", "total_tokens"}},
		{"teir", "tier", []string{"tired", "tier"}},
		{"lama", "", []string{"aa"}},
		{"ab", "ac", []string{"xy", "ac"}},
		{"ab", "", []string{"xy", "abcd"}},
		{"granite", "", []string{"mistral", "granite"}}, // the name itself was meant, where it isn't
		{"", "", nil},
		{"polices", "policies", keys}, {"Plans", "plans", keys}, {"support_email", "supportEmail", keys}, {"nam", "name", keys},
		{"x", "", keys}, {"", "", keys}, {"something", "", keys},
	} {
		if got := near.Name(c.written, c.among); got != c.want {
			t.Errorf("%q: %q, want %q", c.written, got, c.want)
		}
	}
}

func TestHint(t *testing.T) {
	for want, among := range map[string][]string{
		`; did you mean "issuer"?`: {"portal", "issuer"}, "; there is portal, realm": {"portal", "realm"}, "": nil,
	} {
		if got := near.Hint("isuer", among); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
