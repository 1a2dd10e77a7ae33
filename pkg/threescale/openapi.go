package threescale

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// documentOf is the OpenAPI document of an ActiveDoc: its file's, or one made from the product's rules; nil where the
// document of maasctl says neither.
func documentOf(p *maas.Product, product string, d *maas.ActiveDoc) map[string]any {
	switch {
	case d.Generate:
		title := product
		if p.Name != nil {
			title = *p.Name
		}
		return generate(title, p.Rules())
	case d.Body != nil:
		return parseDocument(string(d.Body))
	}
	return nil
}

// parseDocument reads a document into normal form; what is no JSON object has none.
func parseDocument(text string) map[string]any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var body map[string]any
	if d.Decode(&body) != nil {
		return nil
	}
	body, _ = plan.Normal(body).(map[string]any)
	return body
}

// wildcard is a variable part of a rule's pattern: {name}.
var wildcard = lazyregexp.New(`\{(\w+)\}`)

// generate makes the smallest OpenAPI document that lets a reader of the portal try each rule.
func generate(title string, rules []maas.Rule) map[string]any {
	paths := map[string]any{}
	for _, r := range rules {
		path := strings.TrimSuffix(strings.SplitN(r.Pattern, "?", 2)[0], "$")
		item, _ := paths[path].(map[string]any)
		if item == nil {
			item = map[string]any{}
			paths[path] = item
		}
		operation := map[string]any{"responses": map[string]any{"200": map[string]any{"description": "OK"}}}
		if params := pathParameters(path); len(params) > 0 {
			operation["parameters"] = params
		}
		item[strings.ToLower(r.Verb)] = operation
	}
	return map[string]any{"openapi": "3.0.0", "info": map[string]any{"title": title, "version": "1.0.0"}, "paths": paths}
}

func pathParameters(path string) []any {
	var names []string
	for _, m := range wildcard.FindAllStringSubmatch(path, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	var out []any
	for _, n := range names {
		out = append(out, map[string]any{"name": n, "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
	}
	return out
}
