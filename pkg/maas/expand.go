package maas

import (
	"fmt"
	"slices"
	"strings"
)

// OutputRef is what an expression of an output names: objects from the top down, and a field of the last one.
type OutputRef struct {
	Objects []OutputObject
	Field   string
}

// OutputObject is one object on the way: Kind is the word for it that plans and messages use.
type OutputObject struct{ Kind, Name string }

// String is the reference as it is written in a document.
func (r OutputRef) String() string {
	var words []string
	for _, o := range r.Objects {
		words = append(words, strings.TrimSpace(o.Kind+" "+o.Name))
	}
	return r.Field + " of " + strings.Join(words, "'s ")
}

// ExpandOutput puts values in the place of an output's expressions: ${realms.NAME...}, ${products.NAME...} and
// ${backends.NAME...}. Anything else in ${} is text, and $${ stands for ${.
func ExpandOutput(text string, value func(OutputRef) (string, error)) (string, error) {
	for _, expression := range outputExpressions(text) {
		ref, err := parseOutput(expression)
		if err != nil {
			return "", err
		}
		v, err := value(ref)
		if err != nil {
			return "", fmt.Errorf("${%s}: %w", expression, err)
		}
		text = strings.Replace(text, "${"+expression+"}", v, 1)
	}
	return strings.ReplaceAll(text, "$${", "${"), nil
}

func parseOutput(expression string) (OutputRef, error) {
	steps, _, err := parsePath(expression, 0)
	if err != nil {
		return OutputRef{}, fmt.Errorf("${%s}: %w", expression, err)
	}
	if slices.ContainsFunc(steps, func(s step) bool { return s.index >= 0 }) {
		return OutputRef{}, fmt.Errorf("${%s}: objects have names, no numbers", expression)
	}
	var ref OutputRef
	for len(steps) >= 2 && nouns()[steps[0].key] != "" {
		ref.Objects = append(ref.Objects, OutputObject{Kind: nouns()[steps[0].key], Name: steps[1].key})
		steps = steps[2:]
	}
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = s.key
	}
	if field := strings.Join(words, "."); len(ref.Objects) > 0 {
		ref.server(field)
	}
	if ref.Field == "" {
		return OutputRef{}, fmt.Errorf("${%s}: it has to end in a field of an object, such as ${realms.NAME.id}", expression)
	}
	return ref, nil
}

// server names a field as the server does, where the document has a form of its own for it.
func (r *OutputRef) server(field string) {
	last := r.Objects[len(r.Objects)-1].Kind
	switch {
	case last == "backend" && field == "url":
		r.Field = "privateEndpoint"
	case last == "product" && field == "endpoints.production":
		r.Objects, r.Field = append(r.Objects, OutputObject{Kind: "gateway"}), "endpoint"
	case last == "product" && field == "endpoints.staging":
		r.Objects, r.Field = append(r.Objects, OutputObject{Kind: "gateway"}), "sandboxEndpoint"
	case !strings.Contains(field, "."):
		r.Field = field
	}
}
