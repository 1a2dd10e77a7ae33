package keycloak_test

import (
	"net/http"
	"testing"
)

// Scopes are added and stay; --prune takes those of the document's own that it no longer assigns, and no others.
func TestPruneOfAssignedScopes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clientScopes: {mine: {}, everyone's: {}}, defaultClientScopes: ["everyone's", mine], clients: {c: {defaultClientScopes: [mine], optionalClientScopes: []}}}}`)
		scope := map[string]any{"name": "by-hand", "protocol": "openid-connect"}
		w.admin.must(http.MethodPost, "/"+w.realm+"/client-scopes", scope)
		id := w.find("/client-scopes", "name", "by-hand")["id"].(string)
		w.admin.must(http.MethodPut, "/"+w.realm+"/clients/"+w.client("c")["id"].(string)+"/default-client-scopes/"+id, map[string]any{})
		after := `realms: {REALM: {clientScopes: {mine: {}, everyone's: {}}, defaultClientScopes: ["everyone's"], clients: {c: {defaultClientScopes: []}}}}`
		if p := w.applyText(after); !p.Empty {
			t.Errorf("without --prune: %s", lines(p.Changes[0].Fields))
		}
		w.prune = true
		w.applyText(after) // the realm's list first, then what clients have of it
		got := list(w.client("c")["defaultClientScopes"])
		if has(got, "mine") || !has(got, "everyone's") || !has(got, "by-hand") || !has(got, "profile") {
			t.Errorf("the client's: %v", got)
		}
		got = w.names("/default-default-client-scopes")
		if has(got, "mine") || !has(got, "everyone's") || !has(got, "profile") {
			t.Errorf("the realm's: %v", got)
		}
	})
}

// Of somebody else's objects only what the document says is changed, and nothing is taken away.
func TestNothingIsTakenFromSomebodyElsesObjects(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.admin.must(http.MethodPost, "", map[string]any{"realm": w.realm, "enabled": true})
		w.admin.must(http.MethodPost, "/"+w.realm+"/clients", map[string]any{"clientId": "theirs", "description": "by hand", "redirectUris": []string{"https://a.example.com/*"}})
		w.applyText(`realms: {REALM: {clients: {theirs: {name: x, redirectUris: ["https://b.example.com/*"]}, mine: {redirectUris: ["https://c.example.com/*"]}}}}`)
		c := w.client("theirs")
		sameSet(t, "redirectUris", list(c["redirectUris"]), "https://a.example.com/*", "https://b.example.com/*")
		if c["description"] != "by hand" || c["attributes"].(map[string]any)["maasctl.owner"] != nil {
			t.Errorf("%v", c)
		}
		w.applyText(`realms: {REALM: {clients: {mine: {redirectUris: ["https://d.example.com/*"]}}}}`)
		sameSet(t, "redirectUris", list(w.client("mine")["redirectUris"]), "https://d.example.com/*")
		w.prune = true
		w.applyText(`realms: {REALM: {clients: {}}}`)
		if w.client("mine") != nil || w.client("theirs") == nil {
			t.Error("what is owned below somebody else's realm goes, and nothing else")
		}
	})
}
