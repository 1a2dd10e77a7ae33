package maas

import (
	"fmt"
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
		words = append(words, o.Kind+" "+o.Name)
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
	var ref OutputRef
	for len(steps) >= 2 && nouns()[steps[0].key] != "" {
		ref.Objects = append(ref.Objects, OutputObject{Kind: nouns()[steps[0].key], Name: steps[1].key})
		steps = steps[2:]
	}
	if len(steps) != 1 || len(ref.Objects) == 0 {
		return OutputRef{}, fmt.Errorf("${%s}: it has to end in a field of an object, such as ${realms.NAME.id}", expression)
	}
	ref.Field = steps[0].key
	return ref, nil
}
