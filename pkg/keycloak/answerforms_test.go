package keycloak

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// reply is an answer of a server.
func reply(status int, contentType, location, body string) answer {
	h := http.Header{"Content-Type": {contentType}, "Location": {location}}
	resp := &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
	return answer{resp: resp, body: []byte(body), location: location}
}

// Each request has answers that fit, as both versions give them, and such that don't.
func TestFormsOfAnswers(t *testing.T) {
	const isJSON = "application/json"
	for _, c := range []struct {
		method, path string
		right        []string // bodies of a 200 with JSON, or 204, or the place of what is new
		wrong        []string
	}{
		{"GET", "/team", []string{`{"realm":"team","id":"1"}`, `{"realm":"Team"}`}, []string{`{"realm":"another"}`, `{}`, `[]`, `null`, ``, `[{"realm":"team"}]`}},
		{"GET", "?briefRepresentation=false", []string{`[{"realm":"team"}]`, `[]`}, []string{`{}`, `[{}]`, `[{"realm":"team"},{"id":"x"}]`, `["team"]`, `[`, `null`}},
		{"GET", "/team/clients?clientId=a", []string{`[]`, `[{"id":"1","clientId":"a"}]`}, []string{`{"clients":[]}`, `[{"id":"1"}]`}},
		{"GET", "/team/clients/1", []string{`{"id":"1","clientId":"a"}`}, []string{`{"id":"2","clientId":"a"}`, `{"id":"1"}`}},
		{"GET", "/team/clients/1/client-secret", []string{`{"type":"secret","value":"x"}`, `{"type":"secret"}`}, []string{`{}`, `{"value":"x"}`, `[]`}},
		{"GET", "/team/clients/1/service-account-user", []string{`{"id":"1","username":"service-account-a"}`}, []string{`{"id":"1"}`, `[]`}},
		{"GET", "/team/clients/1/roles/users", []string{`{"id":"1","name":"users"}`}, []string{`{"id":"1","name":"role"}`, `[]`}},
		{"GET", "/team/clients/1/roles/a%2Fb", []string{`{"id":"1","name":"a/b"}`}, []string{`{"id":"1","name":"a"}`}},
		{"GET", "/team/roles", []string{`[{"id":"1","name":"r"}]`}, []string{`[{"name":"r"}]`}},
		{"GET", "/team/roles-by-id/1", []string{`{"id":"1","name":"r"}`}, []string{`{"id":"2","name":"r"}`}},
		{"GET", "/team/roles-by-id/1/composites", []string{`[{"id":"1"}]`, `[]`}, []string{`{}`, `[{}]`}},
		{"GET", "/team/group-by-path/clients/users", []string{`{"id":"1","name":"users"}`}, []string{`[]`, `{}`}},
		{"GET", "/team/groups/1/children?max=9", []string{`[{"id":"1","name":"g"}]`}, []string{`{"id":"1","name":"g"}`}},
		{"GET", "/team/users/1/groups?max=9", []string{`[]`, `[{"id":"1","name":"g","path":"/g"}]`}, []string{`{}`}},
		{"GET", "/team/users/1/role-mappings", []string{`{}`, `{"realmMappings":[]}`}, []string{`[]`, `null`, ``}},
		{"GET", "/team/identity-provider/instances/corp", []string{`{"alias":"corp"}`}, []string{`{"alias":"another"}`, `{}`}},
		{"GET", "/team/identity-provider/instances/corp/mappers", []string{`[{"id":"1","name":"m"}]`}, []string{`{}`}},
		{"GET", "/team/authentication/required-actions", []string{`[{"alias":"A"}]`}, []string{`[{}]`, `{}`}},
		{"GET", "/team/client-policies/policies", []string{`{"policies":[]}`, `{"policies":[],"globalPolicies":[]}`}, []string{`{}`, `[]`, `{"policies":null}`, `{"profiles":[]}`}},
		{"GET", "/team/something-new", []string{`{}`, `[]`, `{"any":"thing"}`}, []string{``, `null`, `<html>`}},
		{"PUT", "/team", []string{"204"}, []string{`{}`, ``, `{"realm":"team"}`, "201"}},
		{"PUT", "/team/clients/1/default-client-scopes/2", []string{"204"}, []string{`{}`, ``}},
		{"DELETE", "/team/users/1", []string{"204"}, []string{`{}`, ``, `<html>`}},
		{"POST", "", []string{"https://sso/auth/admin/realms/new"}, []string{"204", ``, `{}`, "https://sso/login", "201"}},
		{"POST", "/team/clients", []string{"https://sso/admin/realms/team/clients/1"}, []string{"204", "https://sso/admin/realms/other/clients/1", "https://sso/admin/realms/team", "https://sso/admin/realms/team/clients/", `{"id":"1"}`}},
		{"POST", "/team/users/1/role-mappings/realm", []string{"204"}, []string{"https://sso/admin/realms/team/clients/1", `{}`, ``}},
		{"POST", "/team/roles-by-id/1/composites", []string{"204"}, []string{`{}`, ``}},
		{"POST", "/team/authentication/register-required-action", []string{"204"}, []string{`{}`}},
		{"POST", "/team/clients/1/client-secret", []string{`{"type":"secret","value":"x"}`}, []string{"204", `{}`, `{"type":"secret"}`}},
		{"POST", "/team/something-new", []string{"204", "https://sso/admin/realms/team/something-new/1"}, []string{`{}`, ``}},
	} {
		check := func(body, contentType string) error {
			var a answer
			switch {
			case body == "204":
				a = reply(http.StatusNoContent, "", "", "")
			case body == "201" || strings.HasPrefix(body, "https://"):
				a = reply(http.StatusCreated, "", strings.TrimPrefix(body, "201"), "")
			default:
				a = reply(http.StatusOK, contentType, "", body)
			}
			if c.method != http.MethodGet {
				return checkWrite(c.method, c.path, a)
			}
			value, err := a.read(t.Context(), c.path)
			if err == nil {
				err = checkRead(c.path, a, value)
			}
			return err
		}
		for _, body := range c.right {
			if err := check(body, isJSON); err != nil {
				t.Errorf("%s %s: %s: %v", c.method, c.path, body, err)
			}
			if body[0] == '{' || body[0] == '[' {
				if check(body, "text/html") == nil {
					t.Errorf("%s %s: %s fits as a page", c.method, c.path, body)
				}
			}
		}
		for _, body := range c.wrong {
			if check(body, isJSON) == nil {
				t.Errorf("%s %s: %q fits", c.method, c.path, body)
			}
		}
	}
}

// An answer that takes longer to be looked through than there is time ends with it.
func TestReadingEndsWithTheTime(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	a := reply(http.StatusOK, "application/json", "", "["+strings.Repeat("{},", 1<<20)+"{}]")
	if _, err := a.read(ctx, "/team/clients"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
