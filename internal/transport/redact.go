package transport

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/secret"
)

// Redactor knows secrets and takes them out of text: those it was told, and whatever stands under a name that the
// servers use for secrets.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// NewRedactor returns a Redactor that knows names only.
func NewRedactor() *Redactor { return &Redactor{} }

// shortestSecret is how long a text must be to be looked for: a shorter one would mask half of everything.
const shortestSecret = 6

// Add makes a secret known, in all forms in which it may be sent.
func (r *Redactor) Add(texts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range texts {
		for _, form := range formsOf(t) {
			if len(form) >= shortestSecret && !slices.Contains(r.secrets, form) {
				r.secrets = append(r.secrets, form)
			}
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) }) // the longest first: one may hold another
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
func (r *Redactor) Text(text string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, secret.Mask)
	}
	return text
}

// Body is Text for what goes over the wire: JSON and forms, where secrets stand under known names too.
func (r *Redactor) Body(text string) string {
	text = jsonSecrets.ReplaceAllString(text, `$1"`+secret.Mask+`"`)
	text = bareValues.ReplaceAllString(text, `$1"`+secret.Mask+`"`)
	text = formSecrets.ReplaceAllString(text, `${1}`+secret.Mask)
	text = userInfo.ReplaceAllString(text, `${1}`+secret.Mask+`@`)
	return r.Text(text)
}
