package threescaletest

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// schema is a JSON Schema, as far as the descriptions of APIs and policies use one.
// Two libraries of porta's check documents, and word what they find differently: one
// names every leaf that is wrong (json_schemer, for OpenAPI), the other what each
// keyword found (json-schema, for Swagger and policies).
type schema struct {
	root   object
	others map[string]object // further documents that references may name
	leaves bool
}

// violation is what a keyword found wrong.
type violation struct {
	keyword string
	at      []string // where in the document
	want    any      // the keyword's value
	got     any
	missing []string // of required
	matches int      // of oneOf: how many schemas matched
	parts   []part   // of allOf, anyOf and oneOf: what each schema that failed found
}

// part is what one of several schemas found, with its name: "anyOf #1".
type part struct {
	name   string
	errors []violation
}

// parted is a part, with the last error first: that is how the library takes them.
func parted(keyword string, i int, errors []violation) part {
	p := part{name: keyword + " #" + itoa(i)}
	for j := range errors {
		p.errors = append(p.errors, errors[len(errors)-1-j])
	}
	return p
}

// outcome is what a schema says about a value.
type outcome struct {
	errors []violation
	seen   map[string]bool // the properties that were looked at
}

func (o *outcome) valid() bool { return len(o.errors) == 0 }

func (o *outcome) note(name string) {
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	o.seen[name] = true
}

// merge takes over what another schema found about the same value.
func (o *outcome) merge(x outcome) {
	o.errors = append(o.errors, x.errors...)
	if x.valid() {
		for name := range x.seen {
			o.note(name)
		}
	}
}

func (s *schema) validate(doc any) []violation {
	return s.check(s.root, doc, nil).errors
}

// check looks at a value with a schema, which may be true or false.
func (s *schema) check(sc, v any, at []string) outcome {
	var out outcome
	rules, isObject := sc.(object)
	if !isObject {
		if sc == false {
			out.errors = []violation{{keyword: "false", at: at, got: v}}
		}
		return out
	}
	if ref, has := rules.get("$ref"); has && !s.leaves {
		return s.check(s.resolve(ref), v, at)
	}
	for _, m := range rules {
		s.keyword(&out, rules, m, v, at)
	}
	if sub, has := rules.get("unevaluatedProperties"); has {
		s.rest(&out, "unevaluatedProperties", sub, v, at, out.seen)
	}
	return out
}

// resolve finds the schema that a reference names. One of a document that is not at
// hand (JSON Schema's own) accepts everything.
func (s *schema) resolve(ref any) any {
	text, _ := ref.(string)
	doc, pointer, _ := strings.Cut(text, "#")
	if pointer == "meta" { // the anchor of OpenAPI 3.1
		pointer = "/$defs/schema"
	}
	documents := []object{s.root}
	if doc != "" {
		documents = []object{s.others[doc]}
	} else {
		for _, o := range s.others {
			documents = append(documents, o)
		}
	}
	for _, d := range documents {
		if found, has := follow(d, pointer); has {
			return found
		}
	}
	return true
}

// follow finds what a JSON pointer leads to.
func follow(doc object, pointer string) (any, bool) {
	var at any = doc
	for _, name := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if name == "" {
			continue
		}
		o, _ := at.(object)
		next, has := o.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		if !has {
			return nil, false
		}
		at = next
	}
	return at, doc != nil
}

// keyword applies one keyword of a schema.
func (s *schema) keyword(out *outcome, rules object, m member, v any, at []string) {
	bad := func(x violation) {
		x.keyword, x.at, x.want, x.got = m.name, at, m.value, v
		out.errors = append(out.errors, x)
	}
	switch m.name {
	case "$ref", "$dynamicRef":
		out.merge(s.check(s.resolve(m.value), v, at))
	case "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas":
		s.combine(out, rules, m, v, at, bad)
	case "type":
		if !hasType(m.value, v) {
			bad(violation{})
		}
	case "enum":
		if !inEnum(m.value, v) {
			bad(violation{})
		}
	case "const":
		if !sameJSON(m.value, v) {
			bad(violation{})
		}
	default:
		switch v := v.(type) {
		case object:
			s.object(out, rules, m, v, at, bad)
		case []any:
			s.array(out, m, v, at, bad)
		case string:
			s.text(m, v, bad)
		case json.Number:
			checkNumber(m, v, bad)
		}
	}
}

// combine applies keywords that hold other schemas for the same value.
func (s *schema) combine(out *outcome, rules object, m member, v any, at []string, bad func(violation)) {
	list, _ := m.value.([]any)
	switch m.name {
	case "allOf":
		var parts []part
		for i, sub := range list {
			x := s.check(sub, v, at)
			if s.leaves || x.valid() {
				out.merge(x)
			} else {
				parts = append(parts, parted(m.name, i, x.errors))
			}
		}
		if parts != nil {
			bad(violation{parts: parts})
		}
	case "anyOf", "oneOf":
		s.choose(out, m.name, list, v, at, bad)
	case "not":
		if x := s.check(m.value, v, at); x.valid() {
			bad(violation{})
		}
	case "if":
		branch := "then"
		x := s.check(m.value, v, at)
		if !x.valid() {
			branch = "else"
		}
		out.merge(outcome{seen: x.seen})
		if sub, has := rules.get(branch); has {
			out.merge(s.check(sub, v, at))
		}
	case "dependentSchemas":
		deps, _ := m.value.(object)
		o, _ := v.(object)
		for _, d := range deps {
			if _, has := o.get(d.name); has {
				out.merge(s.check(d.value, v, at))
			}
		}
	}
}

// choose applies anyOf and oneOf.
func (s *schema) choose(out *outcome, name string, list []any, v any, at []string, bad func(violation)) {
	matches := 0
	var failed outcome
	var parts []part
	for i, sub := range list {
		x := s.check(sub, v, at)
		if x.valid() {
			matches++
			out.merge(x)
		} else {
			parts = append(parts, parted(name, i, x.errors))
		}
		failed.errors = append(failed.errors, x.errors...)
	}
	switch {
	case matches == 1 || matches > 1 && name == "anyOf":
	case matches == 0 && s.leaves:
		out.errors = append(out.errors, failed.errors...)
	default:
		bad(violation{matches: matches, parts: parts})
	}
}

func (s *schema) object(out *outcome, rules object, m member, v object, at []string, bad func(violation)) {
	switch m.name {
	case "required":
		s.required(m, v, bad)
	case "properties":
		props, _ := m.value.(object)
		for _, p := range props {
			if x, has := v.get(p.name); has {
				out.note(p.name)
				out.errors = append(out.errors, s.check(p.value, x, under(at, p.name)).errors...)
			}
		}
	case "patternProperties":
		props, _ := m.value.(object)
		for _, p := range props {
			form := compiled(p.name)
			for _, x := range v {
				if form.MatchString(x.name) {
					out.note(x.name)
					out.errors = append(out.errors, s.check(p.value, x.value, under(at, x.name)).errors...)
				}
			}
		}
	case "additionalProperties":
		s.rest(out, m.name, m.value, v, at, declared(rules, v))
	case "propertyNames":
		for _, x := range v {
			out.errors = append(out.errors, s.check(m.value, x.name, at).errors...)
		}
	case "minProperties", "maxProperties":
		checkSize(m, len(v), bad)
	}
}

// required looks for the properties that have to be there.
func (s *schema) required(m member, v object, bad func(violation)) {
	var missing []string
	list, _ := m.value.([]any)
	for _, x := range list {
		name, _ := x.(string)
		if _, has := v.get(name); !has {
			missing = append(missing, name)
		}
	}
	if s.leaves && len(missing) > 0 {
		bad(violation{missing: missing})
		return
	}
	for _, name := range missing { // the other library tells each by itself
		bad(violation{missing: []string{name}})
	}
}

// declared are the properties of a value that a schema names, also by patterns.
func declared(rules, v object) map[string]bool {
	names := map[string]bool{}
	props, _ := rules.get("properties")
	patterns, _ := rules.get("patternProperties")
	for _, x := range v {
		if o, isObject := props.(object); isObject {
			if _, has := o.get(x.name); has {
				names[x.name] = true
			}
		}
		if o, isObject := patterns.(object); isObject {
			for _, p := range o {
				if compiled(p.name).MatchString(x.name) {
					names[x.name] = true
				}
			}
		}
	}
	return names
}

// rest applies a schema to the properties that nothing else looked at.
func (s *schema) rest(out *outcome, keyword string, sub, value any, at []string, known map[string]bool) {
	v, _ := value.(object)
	var extra []string
	for _, x := range v {
		if known[x.name] {
			continue
		}
		switch found := s.check(sub, x.value, under(at, x.name)); {
		case sub == false && s.leaves:
			out.errors = append(out.errors, violation{keyword: keyword, at: under(at, x.name), want: false})
		case sub == false:
			extra = append(extra, x.name)
		default:
			out.errors = append(out.errors, found.errors...)
		}
	}
	for _, x := range v {
		out.note(x.name)
	}
	if extra != nil {
		out.errors = append(out.errors, violation{keyword: keyword, at: at, want: false, missing: extra})
	}
}

func (s *schema) array(out *outcome, m member, v []any, at []string, bad func(violation)) {
	switch m.name {
	case "items":
		for i, x := range v {
			out.errors = append(out.errors, s.check(m.value, x, under(at, itoa(i))).errors...)
		}
	case "uniqueItems":
		for i := range v {
			for j := range i {
				if sameJSON(v[i], v[j]) && m.value == true {
					bad(violation{})
					return
				}
			}
		}
	case "minItems", "maxItems":
		checkSize(m, len(v), bad)
	}
}

func (s *schema) text(m member, v string, bad func(violation)) {
	switch m.name {
	case "pattern":
		if p, isText := m.value.(string); isText && !compiled(p).MatchString(v) {
			bad(violation{})
		}
	case "minLength", "maxLength":
		checkSize(m, utf8.RuneCountInString(v), bad)
	case "format":
		_, readable := parseURI(v)
		switch f := m.value; {
		case (f == "uri-reference" || f == "uri") && !readable, f == "email" && !strings.Contains(v, "@"), f == "regex" && !readableRegexp(v):
			bad(violation{})
		}
	}
}

func readableRegexp(p string) bool { _, err := regexp.Compile(p); return err == nil }

// compiled is a pattern; those that Go does not know accept everything.
func compiled(p string) *regexp.Regexp {
	r, err := regexp.Compile(p)
	if err != nil {
		return regexp.MustCompile("")
	}
	return r
}

func under(at []string, name string) []string { return append(append([]string(nil), at...), name) }
