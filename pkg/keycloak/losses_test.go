package keycloak_test

import "testing"

// TestWhatGoesAlongWithARealm counts users and clients, also those that the document doesn't know; services' accounts and
// the server's own clients aren't among them.
func TestWhatGoesAlongWithARealm(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		w.applyText(`realms: {REALM: {clients: {svc: {serviceAccountsEnabled: true, publicClient: false}, web: {}}, users: {robot: {}}}}`)
		w.admin.must(post, "/"+w.realm+"/users", m{"username": "stranger"})
		_, p, _ := w.plan(w.document(`realms: {REALM: {absent: true}}`))
		if len(p.Changes) != 1 || p.Changes[0].Loss == nil {
			t.Fatalf("%+v", p.Changes)
		}
		if loss := p.Changes[0].Loss; loss.Users != 2 || loss.Clients != 2 || loss.Objects != 4 || p.Summary.Along != 4 {
			t.Errorf("%+v, %+v", loss, p.Summary)
		}
	})
}
