// Package lazyregexp has regular expressions that are compiled when they are first asked: compiling all of a program's
// takes longer than most of its commands.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression. Its methods are those of the standard library's. They panic where the expression is no
// expression, as regexp.MustCompile does.
type Regexp struct {
	text     string
	compiled func() *regexp.Regexp
}

// New returns a regular expression that isn't compiled yet.
func New(text string) *Regexp {
	return &Regexp{text, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// String is the expression.
func (r *Regexp) String() string { return r.text }

// MatchString tells whether the text has a match.
func (r *Regexp) MatchString(s string) bool { return r.compiled().MatchString(s) }

// FindStringSubmatch is the first match with its groups; nil where there is none.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }

// FindAllString are up to n matches, all with -1.
func (r *Regexp) FindAllString(s string, n int) []string { return r.compiled().FindAllString(s, n) }

// FindAllStringSubmatch are up to n matches with their groups, all with -1.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringIndex is where up to n matches begin and end, all with -1.
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.compiled().FindAllStringIndex(s, n)
}

// ReplaceAllString puts a text, with $1 for groups, in the place of all matches.
func (r *Regexp) ReplaceAllString(s, by string) string { return r.compiled().ReplaceAllString(s, by) }
