package keycloak_test

import (
	"net/http"
	"testing"
)

// A group whose name has a slash isn't the group of that path: who is in the one isn't in the other.
func TestGroupWithASlashIsAnotherGroup(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		const doc = `realms: {REALM: {groups: {a: {groups: {b: {}}}, a/b: {}}, users: {ann: {email: ann@example.com, groups: [/a/b]}}}}` + "\n"
		w.applyText(`realms: {REALM: {groups: {a: {groups: {b: {}}}, a/b: {}}, users: {ann: {email: ann@example.com}}}}` + "\n")
		var other, ann string
		for _, g := range w.admin.must(http.MethodGet, "/"+w.realm+"/groups", nil).([]any) {
			if g := g.(map[string]any); g["name"] == "a/b" {
				other = g["id"].(string)
			}
		}
		for _, u := range w.admin.must(http.MethodGet, "/"+w.realm+"/users?username=ann", nil).([]any) {
			ann = "/" + w.realm + "/users/" + u.(map[string]any)["id"].(string) + "/groups"
		}
		w.admin.must(http.MethodPut, ann+"/"+other, nil)
		if p := w.applyText(doc); len(p.Changes) != 1 {
			t.Errorf("the group of that name was taken for the one of that path: %+v", p.Changes)
		}
		names := map[string]bool{}
		for _, g := range w.admin.must(http.MethodGet, ann, nil).([]any) {
			names[g.(map[string]any)["name"].(string)] = true
		}
		if !names["b"] || names["a/b"] {
			t.Errorf("it is in %v", names)
		}
	})
}
