package secret_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/secret"
)

type named map[string]any

type list []any

type holder struct{ Password secret.Value }

// Secrets arrive in clear from whatever Go type they stand in: a switch over the usual ones let "***" through.
func TestEncodeRevealsWhateverASecretStandsIn(t *testing.T) {
	t.Parallel()
	s := secret.New("${env:S}", "opensesame")
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"itself":              {s, `"opensesame"`},
		"a pointer":           {&s, `"opensesame"`},
		"a map":               {map[string]any{"a": s}, `{"a":"opensesame"}`},
		"a map of secrets":    {map[string]secret.Value{"a": s}, `{"a":"opensesame"}`},
		"a named map":         {named{"a": s}, `{"a":"opensesame"}`},
		"a list":              {[]any{s}, `["opensesame"]`},
		"a list of maps":      {[]map[string]any{{"a": s}}, `[{"a":"opensesame"}]`},
		"a named list":        {list{1, s}, `[1,"opensesame"]`},
		"an array":            {[1]secret.Value{s}, `["opensesame"]`},
		"lists in maps":       {map[string][]any{"a": {map[string]any{"b": []secret.Value{s}}}}, `{"a":[{"b":["opensesame"]}]}`},
		"nothing":             {nil, `null`},
		"what has no secret":  {map[string]any{"n": json.Number("12345678901234567890"), "e": []any{}, "z": nil}, `{"e":[],"n":12345678901234567890,"z":null}`},
		"text that has stars": {map[string]any{"a": "**** and ***!"}, `{"a":"**** and ***!"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := secret.Encode(c.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A mask never goes on the wire: what can't be revealed is an error.
func TestEncodeRefusesAMask(t *testing.T) {
	t.Parallel()
	s := secret.New("${env:S}", "opensesame")
	for name, c := range map[string]struct {
		value any
		want  error
	}{
		"a struct":             {[]any{holder{s}}, secret.ErrMask},
		"text made of one":     {map[string]any{"a": []any{s.String()}}, secret.ErrMask},
		"a key made of one":    {map[string]any{s.String(): true}, secret.ErrMask},
		"a secret as key":      {map[secret.Value]any{s: true}, secret.ErrMask},
		"a reference only":     {map[string]any{"a": secret.FromRef("${env:S}")}, secret.ErrUnknown},
		"a reference in lists": {[]map[string]any{{"a": list{secret.FromRef("${env:S}")}}}, secret.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := secret.Encode(c.value)
			if !errors.Is(err, c.want) || got != nil {
				t.Errorf("Encode = %s, %v; want the error %v", got, err, c.want)
			}
		})
	}
}
