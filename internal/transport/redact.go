package transport

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/secret"
)

// Redactor knows secrets and takes them out of text: those it was told, and whatever stands under a name that the
// servers use for secrets.
type Redactor struct {
	mu      sync.Mutex
	secrets map[string]bool
	known   *strings.Replacer // of the secrets; nil where there are new ones
	names   []string
	named   *regexp.Regexp // of the names; nil where there are none
}

// NewRedactor returns a Redactor that knows the servers' own names only.
func NewRedactor() *Redactor {
	return &Redactor{secrets: map[string]bool{}}
}

// shortestSecret is how long a text must be to be looked for: a shorter one would mask half of everything.
const shortestSecret = 6

// Add makes secrets known, in all forms in which they may be sent.
func (r *Redactor) Add(texts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range texts {
		for _, form := range formsOf(t) {
			if len(form) >= shortestSecret {
				r.secrets[form], r.known = true, nil
			}
		}
	}
}

// replacer takes out the secrets that are known by now. It is made where text comes: secrets come one by one, by the thousands.
func (r *Redactor) replacer() *strings.Replacer {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known != nil {
		return r.known
	}
	longest := slices.SortedFunc(maps.Keys(r.secrets), func(a, b string) int { // first: one may hold another
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(longest))
	for _, s := range longest {
		pairs = append(pairs, s, secret.Mask)
	}
	r.known = strings.NewReplacer(pairs...)
	return r.known
}

// AddNames makes names known under which JSON has secrets: texts, or lists of them.
func (r *Redactor) AddNames(names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range names {
		r.names = append(r.names, regexp.QuoteMeta(n))
	}
	if len(r.names) > 0 {
		r.named = regexp.MustCompile(`("(?:` + strings.Join(r.names, "|") + `)"\s*:\s*)("(?:[^"\\]|\\.)*"|\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])`)
	}
}

// formsOf are the ways in which a text stands in queries, forms, paths, credentials of a URL, and JSON as both Go and
// others write it.
func formsOf(text string) []string {
	forms := []string{text, url.QueryEscape(text), url.PathEscape(text), strings.TrimPrefix(url.UserPassword("", text).String(), ":")}
	for _, escapeHTML := range []bool{true, false} {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(escapeHTML)
		if e.Encode(text) == nil {
			forms = append(forms, strings.TrimSuffix(b.String()[1:], "\"\n"))
		}
	}
	return forms
}

// secretNames are the fields under which 3scale and Keycloak carry secrets.
const secretNames = `access_token|refresh_token|id_token|client_secret|clientSecret|secret|secretValue|password|user_key|userKey|` +
	`application_key|provider_key|provider_verification_key|site_access_code|secret_token|backend_authentication_value|` +
	`service_token|registrationAccessToken|bindCredential|secretData`

var (
	jsonSecrets = lazyregexp.New(`("(?:` + secretNames + `)"\s*:\s*)("(?:[^"\\]|\\.)*"|\d+)`)
	formSecrets = lazyregexp.New(`((?:^|[?&\s\[])(?:` + secretNames + `)\]?=)[^&\s"]*`)
	userInfo    = lazyregexp.New(`(://[^/\s:@"]*:)[^/\s@"]*@`)
	// bareValues are answers that hold nothing but a secret, under a name that says nothing: a client's secret in
	// Keycloak, an application's keys in 3scale.
	bareValues = lazyregexp.New(`("(?:type"\s*:\s*"(?:secret|password)"\s*,\s*|key"\s*:\s*\{\s*)"value"\s*:\s*)"(?:[^"\\]|\\.)*"`)
)

// Text is the text without secrets.
func (r *Redactor) Text(text string) string { return r.replacer().Replace(text) }

// Body is Text for what goes over the wire: JSON and forms, where secrets stand under known names too.
func (r *Redactor) Body(text string) string {
	text = jsonSecrets.ReplaceAllString(text, `$1"`+secret.Mask+`"`)
	text = bareValues.ReplaceAllString(text, `$1"`+secret.Mask+`"`)
	text = formSecrets.ReplaceAllString(text, `${1}`+secret.Mask)
	text = userInfo.ReplaceAllString(text, `${1}`+secret.Mask+`@`)
	r.mu.Lock()
	named := r.named
	r.mu.Unlock()
	if named != nil {
		text = named.ReplaceAllString(text, `$1"`+secret.Mask+`"`)
	}
	return r.Text(text)
}
