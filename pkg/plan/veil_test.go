package plan

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/maasctl/pkg/secret"
)

// What a server gives is shown where it can hold no secret, or is what the document says in the open anyway.
func TestWhatAServerGivesIsVeiled(t *testing.T) {
	t.Parallel()
	configuration := func(value any) map[string]any {
		return map[string]any{"configuration": map[string]any{"request": []any{map[string]any{"op": "set", "header": "X-Key", "value": value}}}, "enabled": true}
	}
	for name, c := range map[string]struct {
		want, have Fields
		hidden     bool
	}{
		"a removed policy":        {Fields{"policy": List{}}, Fields{"policy": List{{Label: "headers", Value: configuration("canary")}}}, true},
		"a removed option":        {Fields{"policy": List{{Label: "h", Value: map[string]any{}}}}, Fields{"policy": List{{Label: "h", Value: map[string]any{"client_secret": "canary"}}}}, true},
		"a secret then":           {Fields{"attributes.free": secret.New("${env:A}", "other")}, Fields{"attributes.free": "canary"}, true},
		"a secret in a list then": {Fields{"a": []any{secret.New("${env:A}", "other")}}, Fields{"a": []any{"canary"}}, true},
		"lists below a name":      {Fields{"tokens": nil}, Fields{"tokens": []any{map[string]any{"deep": "canary"}}}, true},
		"a password":              {Fields{"smtpServer.password": nil}, Fields{"smtpServer.password": "canary"}, true},
		"a removed element":       {Fields{"set": Set{}}, Fields{"set": Set{"user_key": "canary"}}, true},
		"a description":           {Fields{"description": "new"}, Fields{"description": "canary"}, false},
		"what the document says": {
			Fields{"policy": List{{Label: "h", Value: configuration("canary")}}},
			Fields{"policy": List{{Label: "h", Value: map[string]any{"value": "canary", "enabled": false}}}}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := compare(c.want, c.have, true, nil)
			var olds []any
			for _, f := range changes {
				olds = append(olds, f.Old)
			}
			text, err := json.Marshal(olds)
			if err != nil || len(changes) == 0 {
				t.Fatal(err, changes)
			}
			if hidden := !strings.Contains(string(text), "canary"); hidden != c.hidden || hidden && !strings.Contains(string(text), secret.Mask) {
				t.Errorf("hidden %v: %s", hidden, text)
			}
		})
	}
}
