package plan

import (
	"strings"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/secret"
)

var (
	// secretName are the names under which secrets stand wherever they are.
	secretName = lazyregexp.New(`(?i)pass(word|wd|phrase|code)|secret|token|credential|private|bearer|authorization|cookie|api.?key|user.?key|access.?code|signature`)
	// openName are names that say nothing, in configurations that hold anything: a header's value, an attribute's.
	openName = lazyregexp.New(`(?i)^(value|values|key|keys|pin|code|salt|hash|pem|cert|certificate|header|headers|auth|url|uri|dsn)$|[._-](value|key|cert|certificate|pem)$`)
)

// veiled is what a server has, fit to be shown beside what the document wants. What a server gives isn't known to be
// harmless: texts are opaque where the document has a secret, and below names that can hold one, unless the document says
// the very same.
func veiled(name string, want, have any) any {
	v := veil{said: map[string]bool{}}
	v.hear(want)
	return v.over(want, have, secretName.MatchString(last(name)))
}

// last is the part of a field's name that stands for its value.
func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// veil knows the texts that the document says in the open.
type veil struct{ said map[string]bool }

func (v veil) hear(want any) {
	switch w := want.(type) {
	case string:
		v.said[w] = true
	case []any:
		for _, e := range w {
			v.hear(e)
		}
	case map[string]any:
		for _, e := range w {
			v.hear(e)
		}
	}
}

func (v veil) over(want, have any, hides bool) any {
	_, isSecret := want.(secret.Value)
	switch h := have.(type) {
	case string:
		if h != "" && (isSecret || hides && !v.said[h]) {
			return secret.New("", h)
		}
	case map[string]any:
		w, _ := want.(map[string]any)
		out := make(map[string]any, len(h))
		for key, e := range h {
			out[key] = v.over(w[key], e, isSecret || hides || secretName.MatchString(key) || openName.MatchString(key))
		}
		return out
	case []any:
		w, _ := want.([]any)
		out := make([]any, len(h))
		for i, e := range h {
			var at any
			if i < len(w) {
				at = w[i]
			}
			out[i] = v.over(at, e, isSecret || hides)
		}
		return out
	}
	return have
}
