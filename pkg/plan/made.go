package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/maasctl/pkg/secret"
)

// Made is what a plan was made of and with: where it is applied, all of that has to be the same.
type Made struct {
	Document    string            `json:"document"` // the digest of the merged document, with references as they stand
	Environment string            `json:"environment"`
	Prune       bool              `json:"prune"`
	Secrets     map[string]string `json:"secrets"` // by reference, a salted fingerprint of what it gave
}

// secretDigits is the length of a secret's fingerprint, in hexadecimal digits: 32 bits tell whether it has changed, and are
// too few to find it by.
const secretDigits = 8

// MadeOf is the record of a plan. document is the merged document's text; secrets are those that a change may write.
func MadeOf(document []byte, environment string, prune bool, secrets []secret.Value) Made {
	sum := sha256.Sum256(document)
	m := Made{Document: "sha256:" + hex.EncodeToString(sum[:]), Environment: environment, Prune: prune, Secrets: map[string]string{}}
	for _, s := range secrets {
		if s.Ref() == "" {
			continue
		}
		mark := sha256.Sum256([]byte(strings.Join([]string{m.Document, s.Ref(), s.Reveal()}, "\x00")))
		m.Secrets[s.Ref()] = hex.EncodeToString(mark[:])[:secretDigits]
	}
	return m
}

// differs says in which ways this isn't what another plan was made with.
func (m Made) differs(saved Made) []string {
	var why []string
	if m.Environment != saved.Environment {
		why = append(why, fmt.Sprintf("it was made with %s, and this is %s", environment(saved.Environment), environment(m.Environment)))
	}
	if m.Prune != saved.Prune {
		why = append(why, fmt.Sprintf("it was made %s --prune", map[bool]string{true: "with", false: "without"}[saved.Prune]))
	}
	if m.Document != saved.Document {
		why = append(why, "the document, or what --set lays over it, isn't the one that it was made of")
		return why // the secrets' fingerprints are salted with it
	}
	for _, ref := range slices.Sorted(maps.Keys(m.Secrets)) {
		if m.Secrets[ref] != saved.Secrets[ref] {
			why = append(why, ref+" gives another value now")
		}
	}
	return why
}

func environment(name string) string {
	if name == "" {
		return "no environment"
	}
	return "environment " + name
}

func targetsDiffer(now, saved []Target) []string {
	had := map[string]string{}
	for _, t := range saved {
		had[t.System] = t.URL
	}
	var why []string
	for _, t := range now {
		if url, ok := had[t.System]; !ok {
			why = append(why, fmt.Sprintf("it has nothing for %s", t.System))
		} else if url != t.URL {
			why = append(why, fmt.Sprintf("it was made for %s at %s, and this is %s", t.System, url, t.URL))
		}
		delete(had, t.System)
	}
	for _, system := range slices.Sorted(maps.Keys(had)) {
		why = append(why, fmt.Sprintf("it is for %s at %s too", system, had[system]))
	}
	return why
}
