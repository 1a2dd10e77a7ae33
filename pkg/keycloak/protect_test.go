package keycloak_test

import (
	"slices"
	"strings"
	"testing"
)

// Protection is kept with the realm, also of what has no place for a mark. It holds when the entry is gone, when the realm is
// to go, and until it has been taken away by an apply that shows it.
func TestProtectionOutlivesTheDocument(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		const all = `realms:
  REALM:
    attributes: {mine: kept}
    clients: {app: {protect: true, roles: {reader: {protect: true}, other: {}}}, free: {}}
    roles: {operator: {protect: true}}
    groups: {team: {groups: {inner: {protect: true}}}}
    users: {robot: {email: robot@example.com, protect: true}}
`
		w.applyText(all)
		stays := func(text string, prune bool, why ...string) {
			t.Helper()
			w.prune = prune
			_, p, _ := w.plan(w.document(text))
			w.prune = false
			var blocked []string
			for _, n := range p.Blocked {
				blocked = append(blocked, strings.TrimPrefix(string(n.Address), "keycloak:realm/"+w.realm)+": "+n.Why)
			}
			slices.Sort(blocked)
			if len(p.Deletes()) > 0 || !slices.Equal(blocked, why) {
				t.Errorf("%s%d deletes, blocked: %q, want %q", text, len(p.Deletes()), blocked, why)
			}
		}
		const kept = "it is protected on the server; take that away first, by an apply with protect: false"
		stays("realms: {REALM: {clients: {free: {}}, roles: {}, groups: {team: {groups: {}}}}}\n", true,
			"/client/app: "+kept, "/group/team/group/inner: "+kept, "/role/operator: "+kept)
		stays("realms: {REALM: {groups: {}, users: {robot: {absent: true}}}}\n", true, "/group/team: its group inner is protected", "/user/robot: "+kept)
		stays("realms: {REALM: {absent: true}}\n", false, ": its client app is protected")
		stays("realms: {}\n", true, ": its client app is protected")
		w.applyText("realms: {REALM: {clients: {app: {protect: true, roles: {other: {absent: true}}}}}}\n") // named below, it goes all the same
		p := w.applyText("realms: {REALM: {clients: {app: {protect: false, roles: {reader: {}}}}, users: {robot: {}}}}\n")
		var shown []string
		for _, c := range p.Changes {
			for _, f := range c.Fields {
				shown = append(shown, string(f.Action)+" "+f.Name+" "+f.Element)
			}
		}
		if want := []string{"remove protect client/app", "remove protect client/app/role/reader", "remove protect user/robot"}; !slices.Equal(shown, want) {
			t.Errorf("planned: %q", shown)
		}
		w.applyText("realms: {REALM: {clients: {app: {absent: true}}, users: {robot: {absent: true}}}}\n")
		attributes, _ := w.admin.must("GET", "/"+w.realm, nil).(map[string]any)["attributes"].(map[string]any)
		guards := 0
		for key := range attributes {
			if strings.HasPrefix(key, "maasctl.protect.") {
				guards++
			}
		}
		if guards != 2 || attributes["mine"] != "kept" {
			t.Errorf("the realm's attributes: %v", attributes)
		}
	})
}
