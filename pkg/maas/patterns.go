package maas

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/internal/near"
)

// verbs are the methods of HTTP that a mapping rule can have.
func verbs() []string {
	return []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
}

const maxPattern = 255

// The pattern of a mapping rule: a path of URL characters and {wildcards}, perhaps with one $ at its end, and a query.
var (
	rulePath  = lazyregexp.New(`^(/([A-Za-z0-9_.~!*'():@&=+,;-]|%[0-9A-Fa-f]{2}|\{\w+\})*)+\$?$`)
	ruleQuery = lazyregexp.New(`^([A-Za-z0-9_.~!*'();/?:@&=+$,\[\]-]|%[0-9A-Fa-f]{2}|\w+=\{\w+\})*$`)
	wildcard  = lazyregexp.New(`\{(\w+)\}`)
)

// checkRule tells what 3scale would refuse in a rule's verb and pattern.
func checkRule(verb, pattern string) error {
	if !slices.Contains(verbs(), verb) {
		return fmt.Errorf("a rule's verb is one of %s, not %q%s", strings.Join(verbs(), ", "), verb, near.Meant(verb, verbs()))
	}
	if utf8.RuneCountInString(pattern) > maxPattern {
		return fmt.Errorf("a rule's pattern has at most %d characters", maxPattern)
	}
	path, query, hasQuery := strings.Cut(pattern, "?")
	if !rulePath.MatchString(path) || hasQuery && !ruleQuery.MatchString(query) {
		return fmt.Errorf("the pattern %q isn't a path of URL characters and {wildcards} that starts with / and may end in $", pattern)
	}
	return checkNames(path, query)
}

// checkNames tells whether a name stands twice among the path's wildcards and the query's parameters, or is a wildcard.
func checkNames(path, query string) error {
	var names []string
	for _, m := range wildcard.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if wildcard.MatchString(name) {
			return errors.New("a wildcard can't be the name of a query's parameter")
		}
		if query != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			return fmt.Errorf("the pattern has the name %q twice", names[i])
		}
	}
	return nil
}
