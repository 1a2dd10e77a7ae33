package maas

import (
	"cmp"
	"errors"
	"strings"
)

// fromText reads "VERB pattern".
func (r *Rule) fromText(text string) error {
	r.Match = text
	return r.finish()
}

// finish splits the match; a rule counts 1 unless it says more.
func (r *Rule) finish() error {
	r.Delta = cmp.Or(r.Delta, 1)
	if r.Match == "" {
		return nil // its absence is reported where it is required
	}
	verb, pattern, ok := strings.Cut(r.Match, " ")
	if !ok {
		return errors.New(`a rule is "VERB pattern", such as GET /v1/models`)
	}
	r.Verb, r.Pattern = verb, strings.TrimLeft(pattern, " ")
	r.Match = r.Verb + " " + r.Pattern
	return nil
}

func (r *Rule) setPos(p Position) { r.Pos = p }

// fromText reads "realm/client", split at the first slash.
func (c *ClientRef) fromText(text string) error {
	realm, client, ok := strings.Cut(text, "/")
	if !ok || realm == "" || client == "" {
		return errors.New(`a client is named "realm/client", or {realm: ..., client: ...}`)
	}
	c.Realm, c.Client = realm, client
	return nil
}

// fromText reads "role" or "client/role", split at the first slash.
func (r *RoleRef) fromText(text string) error {
	client, role, ok := strings.Cut(text, "/")
	if !ok {
		client, role = "", text
	}
	if role == "" || ok && client == "" {
		return errors.New(`a role is named "role" or "client/role", or {client: ..., role: ...}`)
	}
	r.Client, r.Role = client, role
	return nil
}

func (r *RoleRef) setPos(p Position) { r.Pos = p }

// fromText reads a name.
func (n *NameOrAbsent) fromText(text string) error {
	n.Name = text
	if n.Name == "" {
		return errors.New("a name is missing")
	}
	return nil
}

func (n *NameOrAbsent) setPos(p Position) { n.Pos = p }

// builtinVersion is the version of the policies that come with APIcast.
const builtinVersion = "builtin"

func (p *Policy) setPos(pos Position) { p.Pos = pos }

// finish says what is meant where nothing is said.
func (p *Policy) finish() error { //nolint:unparam // a finisher may find something wrong; this one has nothing to
	p.Version = cmp.Or(p.Version, builtinVersion)
	if p.Configuration == nil {
		p.Configuration = map[string]any{}
	}
	return nil
}

// finish says where the first step of a price starts.
func (p *Price) finish() error { //nolint:unparam // a finisher may find something wrong; this one has nothing to
	p.From = cmp.Or(p.From, 1)
	return nil
}
