package engine

import (
	"context"
	"fmt"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// Output is one output of the document with its value.
type Output struct{ Name, Value string }

// Outputs reads the servers and gives the document's outputs: all, or only the named one. Secrets among them stay masked.
func (e *Engine) Outputs(ctx context.Context, name string) ([]Output, error) {
	if name != "" && !e.Document.Outputs.Has(name) {
		return nil, fmt.Errorf("the document has no output %q; it has %v", name, e.Document.Outputs.Names())
	}
	_, live, err := e.Plan(ctx, PlanOptions{})
	if err != nil {
		return nil, err
	}
	var out []Output
	for _, o := range e.Document.Outputs {
		if name != "" && o.Name != name {
			continue
		}
		value, err := maas.ExpandOutput(o.Value, func(r maas.OutputRef) (string, error) { return outputValue(live, r) })
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", o.Name, err)
		}
		out = append(out, Output{o.Name, value})
	}
	return out, nil
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
