package jsonschema

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Schema is a JSON Schema, as far as the descriptions of APIs and policies use one. Two libraries of porta's check documents,
// and word what they find differently: one names every leaf that is wrong (json_schemer, for OpenAPI), the other what each
// keyword found (json-schema, for Swagger and policies).
type Schema struct {
	Root   Object
	Others map[string]Object // further documents that references may name
	Leaves bool              // name every leaf
	// Nearest names, of several forms that a value may have and doesn't, what is wrong with the one that it comes nearest to:
	// for people.
	Nearest bool
	URI     func(string) bool // whether a text can be read as one; nil: any can

	patterns map[string]*regexp.Regexp // that were needed so far; a schema is for one user at a time
	resolved map[string]any            // by reference
}

// Violation is what a keyword found wrong.
type Violation struct {
	Keyword string
	At      []string // where in the document
	Want    any      // the keyword's value
	Got     any
	Missing []string // of required
	Matches int      // of oneOf: how many schemas matched
	Parts   []Part   // of allOf, anyOf and oneOf: what each schema that failed found
}

// Part is what one of several schemas found, with its name: "anyOf #1".
type Part struct {
	Name   string
	Errors []Violation
}

// parted is a part, with the last error first: that is how the library takes them.
func parted(keyword string, i int, errors []Violation) Part {
	p := Part{Name: keyword + " #" + strconv.Itoa(i)}
	for j := range errors {
		p.Errors = append(p.Errors, errors[len(errors)-1-j])
	}
	return p
}

// outcome is what a schema says about a value.
type outcome struct {
	errors []Violation
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

// Validate tells what is wrong with a document, which is as Decode gives it.
func (s *Schema) Validate(doc any) []Violation {
	return s.check(s.Root, doc, nil).errors
}

// Below is Validate for a value that stands in a document.
func (s *Schema) Below(v any, at ...string) []Violation { return s.check(s.Root, v, at).errors }

// check looks at a value with a schema, which may be true or false.
func (s *Schema) check(sc, v any, at []string) outcome {
	var out outcome
	rules, isObject := sc.(Object)
	if !isObject {
		if sc == false {
			out.errors = []Violation{{Keyword: "false", At: at, Got: v}}
		}
		return out
	}
	if ref, has := rules.Get("$ref"); has && !s.Leaves {
		return s.check(s.resolve(ref), v, at)
	}
	for _, m := range rules {
		s.keyword(&out, rules, m, v, at)
	}
	if sub, has := rules.Get("unevaluatedProperties"); has {
		s.rest(&out, "unevaluatedProperties", sub, v, at, out.seen)
	}
	return out
}

// resolve finds the schema that a reference names. One of a document that is not at
// hand (JSON Schema's own) accepts everything.
func (s *Schema) resolve(ref any) any {
	text, _ := ref.(string)
	if found, done := s.resolved[text]; done {
		return found
	}
	if s.resolved == nil {
		s.resolved = map[string]any{}
	}
	s.resolved[text] = s.named(text)
	return s.resolved[text]
}

func (s *Schema) named(text string) any {
	doc, pointer, _ := strings.Cut(text, "#")
	if pointer == "meta" { // the anchor of OpenAPI 3.1
		pointer = "/$defs/schema"
	}
	documents := []Object{s.Root}
	if doc != "" {
		documents = []Object{s.Others[doc]}
	} else {
		for _, o := range s.Others {
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
func follow(doc Object, pointer string) (any, bool) {
	var at any = doc
	for _, name := range strings.Split(strings.Trim(pointer, "/"), "/") {
		if name == "" {
			continue
		}
		o, _ := at.(Object)
		next, has := o.Get(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
		if !has {
			return nil, false
		}
		at = next
	}
	return at, doc != nil
}

// keyword applies one keyword of a schema.
func (s *Schema) keyword(out *outcome, rules Object, m Member, v any, at []string) {
	bad := func(x Violation) {
		x.Keyword, x.At, x.Want, x.Got = m.Name, at, m.Value, v
		out.errors = append(out.errors, x)
	}
	switch m.Name {
	case "$ref", "$dynamicRef":
		out.merge(s.check(s.resolve(m.Value), v, at))
	case "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas":
		s.combine(out, rules, m, v, at, bad)
	case "type":
		if !hasType(m.Value, v) {
			bad(Violation{})
		}
	case "enum":
		if !inEnum(m.Value, v) {
			bad(Violation{})
		}
	case "const":
		if !Same(m.Value, v) {
			bad(Violation{})
		}
	default:
		switch v := v.(type) {
		case Object:
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
func (s *Schema) combine(out *outcome, rules Object, m Member, v any, at []string, bad func(Violation)) {
	list, _ := m.Value.([]any)
	switch m.Name {
	case "allOf":
		var parts []Part
		for i, sub := range list {
			x := s.check(sub, v, at)
			if s.Leaves || x.valid() {
				out.merge(x)
			} else {
				parts = append(parts, parted(m.Name, i, x.errors))
			}
		}
		if parts != nil {
			bad(Violation{Parts: parts})
		}
	case "anyOf", "oneOf":
		s.choose(out, m.Name, list, v, at, bad)
	case "not":
		if x := s.check(m.Value, v, at); x.valid() {
			bad(Violation{})
		}
	case "if":
		branch := "then"
		x := s.check(m.Value, v, at)
		if !x.valid() {
			branch = "else"
		}
		out.merge(outcome{seen: x.seen})
		if sub, has := rules.Get(branch); has {
			out.merge(s.check(sub, v, at))
		}
	case "dependentSchemas":
		deps, _ := m.Value.(Object)
		o, _ := v.(Object)
		for _, d := range deps {
			if _, has := o.Get(d.Name); has {
				out.merge(s.check(d.Value, v, at))
			}
		}
	}
}

// choose applies anyOf and oneOf.
func (s *Schema) choose(out *outcome, name string, list []any, v any, at []string, bad func(Violation)) {
	matches := 0
	var failed outcome
	var tried [][]Violation
	var parts []Part
	for i, sub := range list {
		x := s.check(sub, v, at)
		if x.valid() {
			matches++
			out.merge(x)
		} else {
			parts = append(parts, parted(name, i, x.errors))
		}
		failed.errors = append(failed.errors, x.errors...)
		tried = append(tried, x.errors)
	}
	switch {
	case matches == 1 || matches > 1 && name == "anyOf":
	case matches == 0 && s.Nearest:
		out.errors = append(out.errors, nearest(tried)...)
	case matches == 0 && s.Leaves:
		out.errors = append(out.errors, failed.errors...)
	default:
		bad(Violation{Matches: matches, Parts: parts})
	}
}

// nearest is what is wrong with the form that a value comes nearest to: whose mistakes lie deepest, or are fewest. One that is
// told by what the value hasn't, a reference or the one kind of a form, isn't meant.
func nearest(tried [][]Violation) []Violation {
	var best []Violation
	for _, errors := range tried {
		switch {
		case best == nil, isAnother(best) && !isAnother(errors):
			best = errors
		case isAnother(errors) && !isAnother(best):
		case depth(errors) > depth(best), depth(errors) == depth(best) && len(errors) < len(best):
			best = errors
		}
	}
	return best
}

func isAnother(errors []Violation) bool {
	return slices.ContainsFunc(errors, func(v Violation) bool {
		kinds, _ := v.Want.([]any)
		return slices.Contains(v.Missing, "$ref") || v.Keyword == "enum" && len(kinds) == 1
	})
}

func depth(errors []Violation) int {
	deepest := 0
	for _, v := range errors {
		deepest = max(deepest, len(v.At))
	}
	return deepest
}

func (s *Schema) object(out *outcome, rules Object, m Member, v Object, at []string, bad func(Violation)) {
	switch m.Name {
	case "required":
		s.required(m, v, bad)
	case "properties":
		props, _ := m.Value.(Object)
		for _, p := range props {
			if x, has := v.Get(p.Name); has {
				out.note(p.Name)
				out.errors = append(out.errors, s.check(p.Value, x, under(at, p.Name)).errors...)
			}
		}
	case "patternProperties":
		props, _ := m.Value.(Object)
		for _, p := range props {
			form := s.compiled(p.Name)
			for _, x := range v {
				if form.MatchString(x.Name) {
					out.note(x.Name)
					out.errors = append(out.errors, s.check(p.Value, x.Value, under(at, x.Name)).errors...)
				}
			}
		}
	case "additionalProperties":
		s.rest(out, m.Name, m.Value, v, at, s.declared(rules, v))
	case "propertyNames":
		for _, x := range v {
			out.errors = append(out.errors, s.check(m.Value, x.Name, at).errors...)
		}
	case "minProperties", "maxProperties":
		checkSize(m, len(v), bad)
	}
}

// required looks for the properties that have to be there.
func (s *Schema) required(m Member, v Object, bad func(Violation)) {
	var missing []string
	list, _ := m.Value.([]any)
	for _, x := range list {
		name, _ := x.(string)
		if _, has := v.Get(name); !has {
			missing = append(missing, name)
		}
	}
	if s.Leaves && len(missing) > 0 {
		bad(Violation{Missing: missing})
		return
	}
	for _, name := range missing { // the other library tells each by itself
		bad(Violation{Missing: []string{name}})
	}
}

// declared are the properties of a value that a schema names, also by patterns.
func (s *Schema) declared(rules, v Object) map[string]bool {
	names := map[string]bool{}
	props, _ := rules.Get("properties")
	patterns, _ := rules.Get("patternProperties")
	for _, x := range v {
		if o, isObject := props.(Object); isObject {
			if _, has := o.Get(x.Name); has {
				names[x.Name] = true
			}
		}
		if o, isObject := patterns.(Object); isObject {
			for _, p := range o {
				if s.compiled(p.Name).MatchString(x.Name) {
					names[x.Name] = true
				}
			}
		}
	}
	return names
}

// rest applies a schema to the properties that nothing else looked at.
func (s *Schema) rest(out *outcome, keyword string, sub, value any, at []string, known map[string]bool) {
	v, _ := value.(Object)
	var extra []string
	for _, x := range v {
		if known[x.Name] {
			continue
		}
		switch found := s.check(sub, x.Value, under(at, x.Name)); {
		case sub == false && s.Leaves:
			out.errors = append(out.errors, Violation{Keyword: keyword, At: under(at, x.Name), Want: false})
		case sub == false:
			extra = append(extra, x.Name)
		default:
			out.errors = append(out.errors, found.errors...)
		}
	}
	for _, x := range v {
		out.note(x.Name)
	}
	if extra != nil {
		out.errors = append(out.errors, Violation{Keyword: keyword, At: at, Want: false, Missing: extra})
	}
}

func (s *Schema) array(out *outcome, m Member, v []any, at []string, bad func(Violation)) {
	switch m.Name {
	case "items":
		for i, x := range v {
			out.errors = append(out.errors, s.check(m.Value, x, under(at, strconv.Itoa(i))).errors...)
		}
	case "uniqueItems":
		for i := range v {
			for j := range i {
				if Same(v[i], v[j]) && m.Value == true {
					bad(Violation{})
					return
				}
			}
		}
	case "minItems", "maxItems":
		checkSize(m, len(v), bad)
	}
}

func (s *Schema) text(m Member, v string, bad func(Violation)) {
	switch m.Name {
	case "pattern":
		if p, isText := m.Value.(string); isText && !s.compiled(p).MatchString(v) {
			bad(Violation{})
		}
	case "minLength", "maxLength":
		checkSize(m, utf8.RuneCountInString(v), bad)
	case "format":
		readable := s.URI == nil || s.URI(v)
		switch f := m.Value; {
		case (f == "uri-reference" || f == "uri") && !readable, f == "email" && !strings.Contains(v, "@"), f == "regex" && !readableRegexp(v):
			bad(Violation{})
		}
	}
}

func readableRegexp(p string) bool { _, err := regexp.Compile(p); return err == nil }

// compiled is a pattern; those that Go does not know accept everything.
func (s *Schema) compiled(p string) *regexp.Regexp {
	if r, done := s.patterns[p]; done {
		return r
	}
	r, err := regexp.Compile(p)
	if err != nil {
		r = regexp.MustCompile("")
	}
	if s.patterns == nil {
		s.patterns = map[string]*regexp.Regexp{}
	}
	s.patterns[p] = r
	return r
}

func under(at []string, name string) []string { return append(append([]string(nil), at...), name) }
