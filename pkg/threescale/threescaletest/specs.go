package threescaletest

import (
	"encoding/json"
	"regexp"
	"strings"

	"example.com/maasctl/internal/jsonschema"
	"example.com/maasctl/internal/lazyregexp"
)

// spec is the body of an API description.
type spec struct {
	doc     map[string]any
	ordered any
	broken  bool   // no JSON
	version string // "1.0" when there is none
}

var specVersion = lazyregexp.New(`\A(\d+\.\d+)(\..+)?\n?\z`)

// readSpec reads a description and finds out its version.
func readSpec(body string) spec {
	s := spec{version: "1.0", doc: map[string]any{}}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		s.broken = true
		return s
	}
	if doc, isObject := v.(map[string]any); isObject {
		s.doc = doc
	}
	s.ordered, _ = jsonschema.Decode(body) // it was decoded just before
	for _, name := range []string{"openapi", "swagger", "swaggerVersion"} {
		v, has := s.doc[name]
		if !has {
			continue
		}
		s.version = versionOf(v)
		break
	}
	return s
}

// versionOf is the version that a description names, "" for one that is none: a number
// instead of a text is none either, unless it is too small to be looked at.
func versionOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "1.0"
	case string:
		if leadingNumber(v) < 1.2 {
			return "1.0"
		}
		if m := specVersion.FindStringSubmatch(v); m != nil {
			return m[1]
		}
	case float64:
		if v < 1.2 {
			return "1.0"
		}
	}
	return ""
}

// leadingNumber is Ruby's to_f.
func leadingNumber(t string) float64 {
	m := regexp.MustCompile(`\A\d+(\.\d+)?`).FindString(strings.TrimSpace(t))
	r, ok := parseDecimal(m)
	if !ok {
		return 0
	}
	f, _ := r.Float64()
	return f
}

// servers are the addresses that a description names.
func (s spec) servers() []string {
	switch s.version {
	case "3.0", "3.1":
		list, _ := s.doc["servers"].([]any)
		var out []string
		for _, x := range list {
			server, _ := x.(map[string]any)
			out = append(out, expandServer(server)...)
		}
		return out
	case "2.0":
		schemes, _ := s.doc["schemes"].([]any)
		host, hasHost := s.doc["host"].(string)
		if len(schemes) > 0 && hasHost {
			scheme, _ := schemes[0].(string)
			return []string{scheme + "://" + host}
		}
		return nil
	}
	if base, isText := s.doc["basePath"].(string); isText {
		return []string{strings.ToLower(base)}
	}
	return nil
}

// basePath is the first of them.
func (s spec) basePath() string {
	if list := s.servers(); len(list) > 0 {
		return list[0]
	}
	return ""
}

// expandServer is a server's address with the values of its variables.
func expandServer(server map[string]any) []string {
	address, _ := server["url"].(string)
	out := []string{address}
	variables, _ := server["variables"].(map[string]any)
	for name, x := range variables {
		v, _ := x.(map[string]any)
		values, isList := v["enum"].([]any)
		if !isList {
			values = []any{v["default"]}
		}
		var next []string
		for _, o := range out {
			for _, value := range values {
				text, _ := value.(string)
				next = append(next, strings.ReplaceAll(o, "{"+name+"}", text))
			}
		}
		out = next
	}
	return out
}

var serverForm = lazyregexp.New(`\A(https?|wss?)://[^/?#\s]+`)

// webServer says whether an address is absolute, with a scheme that 3scale takes.
func webServer(address string) bool { return serverForm.MatchString(address) }

// problems are what is wrong with a description, in the words of its version's
// validator.
func (s spec) problems() []string {
	if s.broken {
		return []string{"Invalid JSON"}
	}
	switch s.version {
	case "1.0":
		return s.legacyProblems()
	case "1.2":
		return s.check(jsonschema.Swagger12(), gemMessage("http://swagger-api.github.io/schemas/v1.2/apiDeclaration.json#"))
	case "2.0":
		return s.check(jsonschema.Swagger20(), gemMessage("http://swagger.io/v2/schema.json#"))
	case "3.0":
		return s.check(jsonschema.OpenAPI30(), schemerMessage)
	case "3.1":
		return s.check(jsonschema.OpenAPI31(), schemerMessage)
	}
	return []string{"Invalid Swagger version"}
}

// check validates the description and words what it finds.
func (s spec) check(sc *jsonschema.Schema, word func(jsonschema.Violation) string) []string {
	var out []string
	for _, v := range read(sc).Validate(s.ordered) {
		out = append(out, word(v))
	}
	return out
}

// legacyProblems are those of 3scale's own old format.
func (s spec) legacyProblems() []string {
	apis, isList := s.doc["apis"].([]any)
	if !isList {
		return []string{"JSON Spec is invalid"}
	}
	for _, a := range apis {
		api, _ := a.(map[string]any)
		ops, _ := api["operations"].([]any)
		for _, o := range ops {
			op, _ := o.(map[string]any)
			list, _ := op["parameters"].([]any)
			kinds := map[string]bool{}
			for _, p := range list {
				param, _ := p.(map[string]any)
				kind, _ := param["paramType"].(string)
				kinds[kind] = true
			}
			if kinds["query"] && kinds["body"] {
				return []string{"JSON Spec can not have paramType='body' and paramType='query' on the same method."}
			}
		}
	}
	return nil
}
