package maas

import "strings"

// validator holds a decoded document to the rules that are more than types: what 3scale and Keycloak would refuse or
// change without a word, and what leads nowhere.
type validator struct {
	*reporter
	doc *Document
}

// validate reports all that is wrong with the document.
func validate(r *reporter, doc *Document) {
	v := &validator{r, doc}
	v.document()
	v.connections()
	v.tenant()
	v.backends()
	v.products()
	v.accounts()
	v.realms()
	v.lockout()
	v.outputs()
	v.lives()
	v.lintClients()
	v.lintRealms()
}

// place is a path of the document to say something about.
type place struct {
	v    *validator
	path []string
}

func (v *validator) at(path ...string) place { return place{v, path} }

func (p place) at(path ...string) place {
	return place{p.v, append(p.path[:len(p.path):len(p.path)], path...)}
}

func (p place) pos() Position { return p.v.doc.Pos(p.path...) }

func (p place) String() string { return describe(p.path) }

func (p place) errorf(code Code, format string, args ...any) {
	p.v.errorf(p.pos(), code, format, args...)
}

func (p place) warnf(code Code, format string, args ...any) {
	p.v.warnf(p.pos(), code, format, args...)
}

// known tells whether the value at the place is more than a reference that has yet to be resolved.
func (p place) known() bool { return !p.v.doc.unresolved[pathKey(p.path)] }

// check reports what a function finds wrong with a text, where the text is said and known.
func (p place) check(text *string, valid func(string) error) {
	if text == nil || !p.known() || strings.TrimSpace(*text) == "" {
		return // where it can't be blank, that is reported by itself
	}
	if err := valid(*text); err != nil {
		p.errorf(CodeValue, "%s: %v", p, err)
	}
}

// needs reports something without which an object can't be.
func (p place) needs(said bool, key, why string) {
	if !said && p.v.doc.source.tree.find(p.path).isMapping() {
		p.errorf(CodeRequired, "%s needs %s%s", p, key, why)
	}
}
