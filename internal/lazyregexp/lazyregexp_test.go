package lazyregexp

import (
	"reflect"
	"regexp"
	"testing"
)

// It answers as the standard library does, and a wrong expression does no harm before it is asked.
func TestAnswersAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	lazy, usual := New(`(\w)(\d+)`), regexp.MustCompile(`(\w)(\d+)`)
	for _, s := range []string{"", "a1 b22", "nothing"} {
		for name, pair := range map[string][2]any{
			"MatchString":           {lazy.MatchString(s), usual.MatchString(s)},
			"FindStringSubmatch":    {lazy.FindStringSubmatch(s), usual.FindStringSubmatch(s)},
			"FindAllString":         {lazy.FindAllString(s, -1), usual.FindAllString(s, -1)},
			"FindAllStringIndex":    {lazy.FindAllStringIndex(s, 1), usual.FindAllStringIndex(s, 1)},
			"FindAllStringSubmatch": {lazy.FindAllStringSubmatch(s, -1), usual.FindAllStringSubmatch(s, -1)},
			"ReplaceAllString":      {lazy.ReplaceAllString(s, "$2"), usual.ReplaceAllString(s, "$2")},
			"String":                {lazy.String(), usual.String()},
		} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Errorf("%s of %q: %v, not %v", name, s, pair[0], pair[1])
			}
		}
	}
}

func TestWrongExpressionsPanicWhenTheyAreAsked(t *testing.T) {
	t.Parallel()
	wrong := New("(")
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	wrong.MatchString("")
}
