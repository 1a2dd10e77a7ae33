package view

import (
	"fmt"
	"maps"
	"slices"

	"example.com/maasctl/pkg/plan"
)

// leaf is one value that differs inside two values that hold others.
type leaf struct {
	path     string // configuration.rules[0].metric
	old, new any
}

// leaves finds where two values differ: a change of one timeout in a policy's configuration is one line.
func leaves(path string, have, want any) []leaf {
	a, aok := have.(map[string]any)
	b, bok := want.(map[string]any)
	if aok && bok {
		return mapLeaves(path, a, b)
	}
	x, xok := have.([]any)
	y, yok := want.([]any)
	if xok && yok && len(x) == len(y) {
		var out []leaf
		for i := range x {
			out = append(out, leaves(fmt.Sprintf("%s[%d]", path, i), x[i], y[i])...)
		}
		return out
	}
	if plan.Equal(have, want) {
		return nil
	}
	return []leaf{{path, have, want}}
}

func mapLeaves(path string, a, b map[string]any) []leaf {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	var out []leaf
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		inner := k
		if path != "" {
			inner = path + "." + k
		}
		out = append(out, leaves(inner, a[k], b[k])...)
	}
	return out
}
