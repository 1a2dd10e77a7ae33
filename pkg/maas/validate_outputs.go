package maas

import "strings"

// outputs checks that what the outputs name is in the document. The fields at the end are the servers'.
func (v *validator) outputs() {
	for _, o := range v.doc.Outputs {
		at := v.at("outputs", o.Name)
		if o.Name == "formatVersion" {
			at.errorf(CodeName, "%s: as JSON, the outputs have their format's version under this name", at)
		}
		for _, expression := range outputExpressions(o.Value) {
			steps, _, err := parsePath(expression, 0)
			if err != nil {
				at.errorf(CodeValue, "%s: ${%s}: %v", at, expression, err)
				continue
			}
			if _, err := parseOutput(expression); err != nil {
				at.errorf(CodeValue, "%s: %v", at, err)
				continue
			}
			at.output(expression, steps)
		}
	}
}

// outputExpressions lists what stands in the ${} of an output that is ours.
func outputExpressions(text string) []string {
	var out []string
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			return out
		}
		escaped := i > 0 && text[i-1] == '$'
		inner, rest, closed := strings.Cut(text[i+2:], "}")
		if !closed {
			return out
		}
		text = rest
		root, _, _ := strings.Cut(strings.ReplaceAll(inner, "[", "."), ".")
		if !escaped && (root == "realms" || root == "products" || root == "backends") {
			out = append(out, inner)
		}
	}
}

// output follows a path through the names of objects.
func (p place) output(expression string, steps []step) {
	at := p.v.doc.source.tree
	path := []string{}
	for i, s := range steps {
		path = append(path, s.key)
		collection := i%2 == 0 && nouns()[s.key] != ""
		if i%2 == 0 && !collection {
			return // a field, such as an id, that only the server knows
		}
		at = at.get(s.key)
		switch {
		case at == nil && i%2 == 0:
			p.errorf(CodeReference, "%s: ${%s}: %s has no %s", p, expression, describe(path[:i]), s.key)
			return
		case at == nil || at.get("absent") != nil && at.get("absent").value == true:
			p.errorf(CodeReference, "%s: ${%s}: there is no %s", p, expression, describe(path))
			return
		}
	}
}
