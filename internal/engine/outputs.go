package engine

import (
	"context"
	"fmt"
	"slices"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// Output is one output of the document with its value.
type Output struct{ Name, Value string }

// Outputs reads the servers and gives the document's outputs: all, or only the named one. Secrets among them stay masked.
func (e *Engine) Outputs(ctx context.Context, name string) ([]Output, error) {
	if name != "" && !e.Document.Outputs.Has(name) {
		return nil, fmt.Errorf("the document has no output %q%s", name, near.Hint(name, e.Document.Outputs.Names()))
	}
	var asked maas.Map[string]
	for _, o := range e.Document.Outputs {
		if name == "" || o.Name == name {
			asked = append(asked, o)
		}
	}
	needed, err := collectionsOf(asked)
	if err != nil {
		return nil, err
	}
	_, live, err := e.plan(ctx, PlanOptions{}, needed)
	if err != nil {
		return nil, err
	}
	var out []Output
	for _, o := range asked {
		value, err := maas.ExpandOutput(o.Value, func(r maas.OutputRef) (string, error) { return outputValue(live, r) })
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", o.Name, err)
		}
		out = append(out, Output{o.Name, value})
	}
	return out, nil
}

// collectionsOf lists where the objects stand whose values outputs show. Not all are the document's: a product has a
// gateway, and so public addresses, though the document may say nothing of it.
func collectionsOf(outputs maas.Map[string]) ([]plan.Collection, error) {
	var out []plan.Collection
	for _, o := range outputs {
		_, err := maas.ExpandOutput(o.Value, func(r maas.OutputRef) (string, error) {
			parent := plan.Address("")
			for i, object := range r.Objects {
				above := r
				above.Objects = r.Objects[:i+1]
				at := outputAddress(above)
				out = append(out, plan.Collection{System: at.System(), Kind: object.Kind, Parent: parent})
				parent = at
			}
			return "", nil
		})
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", o.Name, err)
		}
	}
	return out, nil
}

// missing are the collections that a system reads neither for its objects nor for the collections of the document.
func missing(needed []plan.Collection, system string, objects []*plan.Object, collections []plan.Collection) []plan.Collection {
	return slices.DeleteFunc(slices.Clone(needed), func(n plan.Collection) bool {
		return n.System != system || slices.Contains(collections, n) ||
			slices.ContainsFunc(objects, func(o *plan.Object) bool { return o.Kind == n.Kind && o.Parent == n.Parent })
	})
}

func outputValue(live plan.State, r maas.OutputRef) (string, error) {
	o, ok := live[outputAddress(r)]
	if !ok {
		return "", fmt.Errorf("there is no such object on the server; apply makes it")
	}
	for _, values := range []map[string]any{o.Outputs, o.Fields} {
		switch v := values[r.Field].(type) {
		case nil:
		case secret.Value:
			return secret.Mask, nil
		case plan.Set, plan.List, map[string]any, []any:
			return "", fmt.Errorf("%s isn't a single value", r.Field)
		default:
			return fmt.Sprint(v), nil
		}
	}
	if r.Field == "name" || r.Field == "systemName" {
		return o.Name, nil
	}
	return "", fmt.Errorf("the server shows no field %q there", r.Field)
}

func outputAddress(r maas.OutputRef) plan.Address {
	system := "3scale"
	if r.Objects[0].Kind == "realm" {
		system = "keycloak"
	}
	a := plan.Root(system, r.Objects[0].Kind, r.Objects[0].Name)
	for _, o := range r.Objects[1:] {
		a = a.Child(o.Kind, o.Name)
	}
	return a
}
