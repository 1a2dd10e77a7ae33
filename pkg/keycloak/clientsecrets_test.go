package keycloak_test

import (
	"net/http"
	"testing"

	"example.com/maasctl/pkg/apply"
)

// A client that somebody else has made since the plan keeps its secret, and says nothing of whether the server makes some.
func TestSecretOfAClientThatIsThereAlready(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		for _, theirs := range []string{"a", "z"} { // written before the new one, or behind it
			w := newWorld(t, s)
			w.run(w.document(`realms: {REALM: {}}`))
			e, p, live := w.plan(w.document(`realms: {REALM: {clients: {` + theirs + `: {}, mine: {}}}}`))
			w.admin.must(http.MethodPost, "/"+w.realm+"/clients", m{"clientId": theirs, "secret": "known to others"})
			if err := e.Apply(t.Context(), p, live, apply.Options{Concurrency: 1}).Err(); err != nil {
				t.Fatal(err)
			}
			secretOf := func(id string) any {
				return w.get("/clients/" + w.client(id)["id"].(string) + "/client-secret")["value"]
			}
			if secretOf(theirs) != "known to others" || secretOf("mine") == nil {
				t.Errorf("%s: %v, mine: %v", theirs, secretOf(theirs), secretOf("mine"))
			}
		}
	})
}
