package maas

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/internal/jsonschema"
	"example.com/maasctl/internal/lazyregexp"
)

// specChecker tells what 3scale would refuse of an API's description, and where that stands.
type specChecker struct {
	*reporter
	file    *specFile
	doc     jsonschema.Object
	version string // "1.0" where none is said
}

// checkSpec checks a description. Servers are checked where they stay, also where the rest isn't.
func checkSpec(r *reporter, file *specFile, servers, skip bool) {
	v, err := jsonschema.Decode(string(file.body))
	doc, isObject := v.(jsonschema.Object)
	c := &specChecker{reporter: r, file: file, doc: doc}
	if err != nil || !isObject {
		c.wrong(nil, "this is no OpenAPI document: it is not one mapping")
		return
	}
	c.references(v, nil)
	known := c.readVersion(!skip)
	if servers {
		c.servers()
	}
	if known && !skip {
		c.schema()
	}
}

// wrong reports what 3scale refuses whatever is said.
func (c *specChecker) wrong(at []string, format string, args ...any) {
	c.errorf(c.file.pos(at), CodeOpenAPI, format, args...)
}

// readVersion finds out which version the description is in; false where 3scale reads none such.
func (c *specChecker) readVersion(report bool) bool {
	c.version = "1.0"
	for _, name := range []string{"openapi", "swagger", "swaggerVersion"} {
		said, has := c.doc.Get(name)
		if !has {
			continue
		}
		if c.version = versionOf(said); slices.Contains([]string{"1.0", "1.2", "2.0", "3.0", "3.1"}, c.version) {
			break
		}
		_, isNumber := said.(json.Number)
		switch {
		case !report:
		case isNumber:
			c.wrong([]string{name}, "%s is the number %s, which 3scale takes for no version; put it in quotes", name, shownValue(said))
		default:
			c.wrong([]string{name}, "3scale reads OpenAPI 2.0, 3.0 and 3.1, not %s", shownValue(said))
		}
		return false
	}
	if c.version == "1.0" && report {
		c.oldForm()
	}
	return true
}

var (
	specVersion  = lazyregexp.New(`^(\d+\.\d+)(\..+)?\n?$`)
	leadingValue = lazyregexp.New(`^\s*(\d+(\.\d+)?)?`)
)

// versionOf is the version that a description says, as 3scale takes it: all before 1.2 are one, and a number, which is no
// text, is one of those or none.
func versionOf(said any) string {
	var number, text string
	switch x := said.(type) {
	case nil:
		return "1.0"
	case string:
		number, text = leadingValue.FindStringSubmatch(x)[1], x
	case json.Number:
		number = x.String()
	default:
		return ""
	}
	if value, err := strconv.ParseFloat(number, 64); number == "" || err == nil && value < 1.2 {
		return "1.0"
	}
	if m := specVersion.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// oldForm checks a description without a version, which 3scale had a form of its own for.
func (c *specChecker) oldForm() {
	apis, _ := c.doc.Get("apis")
	list, isList := apis.([]any)
	if !isList {
		c.wrong(nil, "this is no OpenAPI document: it has neither openapi nor swagger with a version")
	}
	for i, api := range list {
		for j, operation := range listIn(api, "operations") {
			kinds := map[any]bool{}
			for _, parameter := range listIn(operation, "parameters") {
				o, _ := parameter.(jsonschema.Object)
				if kind, _ := o.Get("paramType"); kind == "query" || kind == "body" {
					kinds[kind] = true
				}
			}
			if len(kinds) > 1 {
				c.wrong([]string{"apis", index(i), "operations", index(j)}, "apis[%d].operations[%d] has parameters in its query and in its body; 3scale refuses that", i, j)
			}
		}
	}
}

// listIn is a list of an object.
func listIn(v any, name string) []any {
	o, _ := v.(jsonschema.Object)
	inner, _ := o.Get(name)
	list, _ := inner.([]any)
	return list
}

// schema holds the description to the schema of its version, as 3scale does.
func (c *specChecker) schema() {
	var s *jsonschema.Schema
	switch c.version {
	case "1.2":
		s = jsonschema.Swagger12()
	case "2.0":
		s = jsonschema.Swagger20()
	case "3.0":
		s = jsonschema.OpenAPI30()
	case "3.1":
		s = jsonschema.OpenAPI31()
	default:
		return
	}
	s.Nearest, s.URI = true, isReadableURI
	found := leaves(s.Validate(c.doc))
	for i, v := range found {
		if i == mostOfASpec {
			c.wrong(nil, "and %d more of the kind that 3scale refuses", len(found)-i)
			break
		}
		c.wrong(v.At, "%s; 3scale refuses that, unless skipSwaggerValidations: true is said", c.violation(v))
	}
}

// mostOfASpec is how many mistakes of one file are told by themselves.
const mostOfASpec = 10

// leaves are the mistakes themselves, each once, without the forms that they were tried in.
func leaves(found []jsonschema.Violation) []jsonschema.Violation {
	var out []jsonschema.Violation
	seen := map[string]bool{}
	for _, v := range found {
		inner := []jsonschema.Violation{v}
		if len(v.Parts) > 0 {
			inner = nil
			for _, p := range v.Parts {
				inner = append(inner, leaves(p.Errors)...)
			}
		}
		for _, x := range inner {
			if key := strings.Join(x.At, "\x00") + "\x00" + x.Keyword; !seen[key] {
				seen[key] = true
				out = append(out, x)
			}
		}
	}
	return out
}

// isReadableURI tells about what Ruby's library reads as an address.
func isReadableURI(text string) bool {
	_, err := url.Parse(text)
	return err == nil && !strings.ContainsAny(text, " \"<>\\^`{|}\t\n")
}

// violation says in words what a keyword of the schema found wrong.
func (c *specChecker) violation(v jsonschema.Violation) string {
	at := c.describe(v.At)
	switch v.Keyword {
	case "required":
		return fmt.Sprintf("%s needs %s", at, strings.Join(v.Missing, " and "))
	case "type":
		return at + wrongType(v)
	case "additionalProperties", "unevaluatedProperties", "false":
		if len(v.Missing) > 0 {
			return fmt.Sprintf("%s has %s, which OpenAPI %s doesn't know there", at, strings.Join(v.Missing, " and "), c.version)
		}
		return fmt.Sprintf("%s is nothing that OpenAPI %s knows there", at, c.version)
	case "enum":
		return fmt.Sprintf("%s is %s; it is one of %s", at, shownValue(v.Got), shownValue(v.Want))
	case "const":
		return fmt.Sprintf("%s is %s; it has to be %s", at, shownValue(v.Got), shownValue(v.Want))
	case "pattern":
		return fmt.Sprintf("%s is %s, which hasn't the form %v", at, shownValue(v.Got), v.Want)
	case "format":
		return fmt.Sprintf("%s is %s, which is no %v", at, shownValue(v.Got), v.Want)
	case "uniqueItems":
		return at + " has something twice"
	case "oneOf", "anyOf":
		return at + " has more than one of the forms that exclude each other"
	case "not":
		return at + " is what it must not be"
	}
	return fmt.Sprintf("%s isn't as OpenAPI %s has it (%s: %v)", at, c.version, v.Keyword, v.Want)
}

// wrongType says which type something has, and which it has to have.
func wrongType(v jsonschema.Violation) string {
	got, end := jsonschema.TypeOf(v.Got), ""
	last := ""
	if len(v.At) > 0 {
		last = v.At[len(v.At)-1]
	}
	switch {
	case v.Want == "string" && (got == "number" || got == "integer" || got == "boolean"):
		return fmt.Sprintf(" is the %s %s and has to be text; put it in quotes", typeInWords(got), shownValue(v.Got))
	case v.Want == "boolean" && strings.HasPrefix(last, "exclusive"):
		end = " beside a minimum or maximum, as up to OpenAPI 3.0"
	}
	want := []string{}
	if list, isList := v.Want.([]any); isList {
		for _, w := range list {
			want = append(want, typeInWords(fmt.Sprint(w)))
		}
	} else {
		want = append(want, typeInWords(fmt.Sprint(v.Want)))
	}
	return fmt.Sprintf(" is %s and has to be %s%s", withArticle(typeInWords(got)), withArticle(strings.Join(want, " or ")), end)
}

func typeInWords(t string) string {
	switch t {
	case "string":
		return "text"
	case "object":
		return "mapping"
	case "array":
		return "list"
	case "integer":
		return "whole number"
	case "boolean":
		return "true or false"
	}
	return t
}

func withArticle(t string) string {
	if t == "text" || t == "null" || t == "true or false" {
		return t
	}
	return "a " + t
}

// describe names a place of the description: "components.schemas.P", "servers[0].url".
func (c *specChecker) describe(at []string) string {
	if len(at) == 0 {
		return "the OpenAPI document"
	}
	var b strings.Builder
	for i, key := range at {
		switch {
		case isIndex(key) && i > 0 && c.isList(at[:i]):
			b.WriteString("[" + key + "]")
		case i > 0:
			b.WriteString("." + key)
		default:
			b.WriteString(key)
		}
	}
	return b.String()
}

func (c *specChecker) isList(at []string) bool {
	var v any = c.doc
	for _, key := range at {
		switch x := v.(type) {
		case jsonschema.Object:
			v, _ = x.Get(key)
		case []any:
			if i := atoi(key); i >= 0 && i < len(x) {
				v = x[i]
			}
		}
	}
	_, isList := v.([]any)
	return isList
}

// shownValue is a value as it is written in JSON, or as much of it as fits a line.
func shownValue(v any) string {
	const most = 60
	var text string
	switch x := v.(type) {
	case []any:
		parts := make([]string, len(x))
		for i, inner := range x {
			parts[i] = shownValue(inner)
		}
		return strings.Join(parts, ", ")
	case jsonschema.Object:
		return "a mapping"
	case string:
		text = strconv.Quote(x)
	case nil:
		return "null"
	default:
		text = fmt.Sprint(x)
	}
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// references warns of what leads out of the file: 3scale publishes the file alone. What examples hold leads nowhere.
func (c *specChecker) references(v any, at []string) {
	switch x := v.(type) {
	case jsonschema.Object:
		for _, m := range x {
			inner := append(at[:len(at):len(at)], m.Name)
			to, isText := m.Value.(string)
			switch {
			case m.Name == "$ref" && isText && !strings.HasPrefix(to, "#"):
				c.warnf(c.file.pos(inner), CodeOpenAPI, "%s leads to %s, and 3scale publishes this file alone: readers of the portal miss what is there; bundle both into one file", c.describe(inner), shownValue(to))
			case slices.Contains([]string{"example", "examples", "default", "enum", "const"}, m.Name) && !isNameOfProperty(at):
			default:
				c.references(m.Value, inner)
			}
		}
	case []any:
		for i, item := range x {
			c.references(item, append(at[:len(at):len(at)], index(i)))
		}
	}
}

// isNameOfProperty tells whether keys at a place are names that the description's author chose.
func isNameOfProperty(at []string) bool {
	return len(at) > 0 && slices.Contains([]string{"properties", "schemas", "definitions", "paths", "responses", "parameters"}, at[len(at)-1])
}

// servers checks the addresses that 3scale looks at.
func (c *specChecker) servers() {
	switch c.version {
	case "3.0", "3.1":
		said, _ := c.doc.Get("servers")
		list, _ := said.([]any)
		for i, x := range list {
			server, _ := x.(jsonschema.Object)
			for _, address := range expandServer(server) {
				c.server([]string{"servers", index(i), "url"}, address, i == 0)
			}
		}
	case "2.0":
		schemes, _ := c.doc.Get("schemes")
		list, _ := schemes.([]any)
		host, _ := c.doc.Get("host")
		name, hasHost := host.(string)
		if len(list) > 0 && hasHost {
			scheme, _ := list[0].(string)
			c.server([]string{"host"}, scheme+"://"+name, true)
		}
	default:
		if base, isText := c.text("basePath"); isText {
			c.server([]string{"basePath"}, strings.ToLower(base), true)
		}
	}
}

func (c *specChecker) text(name string) (string, bool) {
	v, _ := c.doc.Get(name)
	text, isText := v.(string)
	return text, isText
}

func (c *specChecker) server(at []string, address string, first bool) {
	if strings.TrimSpace(address) == "" {
		return
	}
	err := serverURL(address)
	if err == nil && first {
		err = notLocal(address)
	}
	if err != nil {
		c.wrong(at, "%s %q: %v; or say server: production", c.describe(at), address, err)
	}
}

// expandServer gives a server's addresses with all values of its variables.
func expandServer(server jsonschema.Object) []string {
	said, _ := server.Get("url")
	address, _ := said.(string)
	out := []string{address}
	all, _ := server.Get("variables")
	variables, _ := all.(jsonschema.Object)
	for _, m := range variables {
		v, _ := m.Value.(jsonschema.Object)
		enum, _ := v.Get("enum")
		values, isList := enum.([]any)
		if !isList {
			one, _ := v.Get("default")
			values = []any{one}
		}
		var next []string
		for _, o := range out {
			for _, value := range values {
				text, _ := value.(string)
				next = append(next, strings.ReplaceAll(o, "{"+m.Name+"}", text))
			}
		}
		if out = next; len(out) > maxServers {
			return out[:maxServers]
		}
	}
	return out
}

// maxServers bounds the combinations of a server's variables.
const maxServers = 1000
