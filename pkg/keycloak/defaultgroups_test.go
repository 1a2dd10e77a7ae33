package keycloak_test

import (
	"strings"
	"testing"
)

// New users join the default groups, on both servers, whether the realm's own field would do it or not.
func TestDefaultGroups(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		w := newWorld(t, s)
		given := func() (paths []any) {
			for _, g := range list(w.admin.must(get, "/"+w.realm+"/default-groups", nil)) {
				paths = append(paths, g.(m)["path"])
			}
			return paths
		}
		groupsOf := func(user string) (paths []any) {
			for _, g := range list(w.admin.must(get, "/"+w.realm+"/users/"+w.user(user)["id"].(string)+"/groups", nil)) {
				paths = append(paths, g.(m)["path"])
			}
			return paths
		}
		w.applyText(`realms: {REALM: {groups: {g: {groups: {h: {}}}, i: {}}, defaultGroups: [/g/h, /i], users: {robot: {groups: [/g]}}}}`)
		sameSet(t, "given", given(), "/g/h", "/i")
		sameSet(t, "of a user that the document has", groupsOf("robot"), "/g")
		w.applyText(`realms: {REALM: {groups: {g: {}}, defaultGroups: [/i], users: {other: {groups: [/g]}}}}`)
		sameSet(t, "given", given(), "/i")
		sameSet(t, "of a later user", groupsOf("other"), "/g")
		w.applyText(`realms: {REALM: {displayName: other, users: {free: {}}}}`) // writes the realm itself
		sameSet(t, "given", given(), "/i")
		sameSet(t, "of one whose groups the document leaves alone", groupsOf("free"), "/i")
		w.applyText(`realms: {REALM: {groups: {i: {absent: true}}, defaultGroups: []}}`)
		sameSet(t, "given", given())
	})
}

func TestDefaultGroupThatIsNowhere(t *testing.T) {
	for _, s := range servers(t)[:2] {
		w := newWorld(t, s)
		doc := w.document(`realms: {REALM: {defaultGroups: [/nowhere]}}`)
		err := w.refused(doc)
		if err == nil || !strings.Contains(err.Error(), `default groups of realm `+w.realm+`: there is no group "/nowhere"`) || !strings.Contains(err.Error(), "stdin:4:") {
			t.Errorf("in a new realm: %v", err)
		}
		w.applyText(`realms: {REALM: {}}`)
		if err = w.refused(doc); err == nil || !strings.Contains(err.Error(), `there is no group "/nowhere"`) {
			t.Errorf("in a realm that is there: %v", err)
		}
		w.admin.must(post, "/"+w.realm+"/groups", m{"name": "nowhere"})
		w.apply(doc)
	}
}
