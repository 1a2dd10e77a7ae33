package secret_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"example.com/maasctl/pkg/secret"
)

func TestRevealAll(t *testing.T) {
	inner := map[string]any{"a": secret.New("${env:A}", "canary"), "b": []any{secret.New("", "canary"), int64(1), nil}, "c": "text"}
	out, err := json.Marshal(secret.RevealAll(inner))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out); got != `{"a":"canary","b":["canary",1,null],"c":"text"}` {
		t.Error(got)
	}
	if fmt.Sprint(inner) != "map[a:*** b:[*** 1 <nil>] c:text]" {
		t.Error("the value itself has changed")
	}
}
