package plan

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/maasctl/pkg/secret"
)

func TestNestedSecrets(t *testing.T) {
	key := secret.New("${env:KEY}", "canary-new")
	config := func(v any) map[string]any {
		return map[string]any{"configuration": map[string]any{"headers": []any{map[string]any{"value": v}}, "n": int64(1)}}
	}
	list := func(v any) List { return List{{Label: "headers", Value: config(v)}} }
	live := func(v any) *Object { return owned(product("a", Fields{"policy": list(v)})) }
	desired := product("a", Fields{"policy": list(key)})
	if p := mustMake(t, input([]*Object{desired}, live("canary-new"))); !p.Empty {
		t.Error("the server shows the same text in clear")
	}
	p := mustMake(t, input([]*Object{desired}, live("canary-old")))
	if len(p.Changes) != 1 {
		t.Fatal("a rotated secret is a change")
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "canary") {
		t.Error(string(text))
	}
}

func TestEqualOfNestedValues(t *testing.T) {
	a := map[string]any{"x": []any{int64(1), "y"}}
	for _, c := range []struct {
		b    any
		same bool
	}{
		{map[string]any{"x": []any{int64(1), "y"}}, true},
		{map[string]any{"x": []any{int64(1)}}, false},
		{map[string]any{"x": []any{int64(1), "z"}}, false},
		{map[string]any{"x": []any{int64(1), "y"}, "z": nil}, false},
		{[]any{}, false}, {nil, false},
	} {
		if Equal(a, c.b) != c.same || Equal(c.b, a) != c.same {
			t.Errorf("%v: %v", c.b, !c.same)
		}
	}
}
