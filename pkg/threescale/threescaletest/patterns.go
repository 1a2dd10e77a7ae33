package threescaletest

import (
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

const (
	msgPatternBlank = "a Mapping Rule can't be empty, has to start with '/' and can only contain valid URL characters and\n'wildcards' - words inside curly brackets ('{}')\n"
	msgPattern      = "a Mapping Rule has to start with '/' and can only contain valid URL characters and\n'wildcards' - words inside curly brackets ('{}')\n"
)

// The pieces of a pattern, as porta's ProxyRule::PatternParser has them.
var (
	patternVariable = lazyregexp.New(`\{\w+\}`)
	patternForm     = lazyregexp.New(`\A/` + patternSegment + `(?:/` + patternSegment + `)*[$]?(?:\?(?:` + patternQuery + `))?\n?\z`)
)

const (
	unreservedChars = `\-_.!~*'()A-Za-z0-9`
	reservedChars   = `;/?:@&=+$,\[\]`
	escapedChar     = `%[A-Fa-f0-9]{2}`
	patternParam    = `(?:[` + unreservedChars + `:@&=+,]|` + escapedChar + `|\{\w+\})*`
	patternSegment  = patternParam + `(?:;` + patternParam + `)*`
	patternQuery    = `(?:[` + unreservedChars + reservedChars + `]|` + escapedChar + `|\w+=\{\w+\})*`
)

// checkPattern checks the form of a mapping rule's pattern and its variables.
func checkPattern(errs *problems, pattern *string) {
	text := or(pattern, "")
	if strings.TrimSpace(text) != "" && !patternForm.MatchString(text) {
		errs.add("pattern", msgPattern)
	}
	errs.maxLength("pattern", pattern, 255)
	path, query, _ := strings.Cut(text, "?")
	if repeats(append(variables(path), queryKeys(query)...)) {
		errs.add("pattern", "Can't have repeated variable names")
	}
	for _, k := range queryKeys(query) {
		if patternVariable.MatchString(k) {
			errs.add("pattern", "Can't use variables as keys in the querystring")
			break
		}
	}
}

// variables are the names of the {variables} of a path, repeated ones too.
func variables(path string) []string {
	var out []string
	for _, v := range patternVariable.FindAllString(path, -1) {
		out = append(out, strings.Trim(v, "{}"))
	}
	return out
}

func queryKeys(query string) []string {
	if query == "" {
		return nil
	}
	var out []string
	for _, pair := range strings.Split(query, "&") {
		k, _, _ := strings.Cut(pair, "=")
		out = append(out, k)
	}
	return out
}

func repeats(names []string) bool {
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] {
			return true
		}
		seen[n] = true
	}
	return false
}

// queryParameters are the query's parameters as a gateway's configuration has them.
func queryParameters(pattern string) map[string]any {
	out := map[string]any{}
	_, query, _ := strings.Cut(pattern, "?")
	if query == "" {
		return out
	}
	for _, pair := range strings.Split(query, "&") {
		if k, v, hasValue := strings.Cut(pair, "="); hasValue {
			out[k] = v
		} else {
			out[k] = nil
		}
	}
	return out
}
