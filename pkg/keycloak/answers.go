package keycloak

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/maasctl/internal/transport"
)

// target is what a path below /admin/realms leads to: a collection, one of its items, or a part of something.
type target struct {
	kind string // the collection's or the part's name in the path; "" for realms
	item string // the name or id of one of a collection; "" for the collection itself, or a part
}

// shown are the fields that the server shows of each object of a collection, or of a part. An item's name in the path stands
// in the first of them.
func shown(kind string) (fields []string, known bool) {
	switch kind {
	case "":
		return []string{"realm"}, true
	case "clients":
		return []string{"id", "clientId"}, true
	case "users", "service-account-user":
		return []string{"id", "username"}, true
	case "client-scopes", "groups", "children", "models", "mappers":
		return []string{"id", "name"}, true
	case "roles":
		return []string{"name", "id"}, true
	case "flows":
		return []string{"id", "alias"}, true
	case "instances", "required-actions":
		return []string{"alias"}, true
	case "client-secret":
		return []string{"type"}, true
	case "default-groups", "roles-by-id", "composites", "components", "group-by-path",
		"default-client-scopes", "optional-client-scopes", "default-default-client-scopes", "default-optional-client-scopes":
		return []string{"id"}, true
	}
	return nil, false
}

// targetOf reads a path. Names of objects are names of collections too, so it is read from its beginning.
func targetOf(path string) target {
	path, _, _ = strings.Cut(path, "?")
	steps := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range steps {
		if name, err := url.PathUnescape(s); err == nil {
			steps[i] = name
		}
	}
	t := target{item: steps[0]}
	for i := 1; i < len(steps); i++ {
		t = target{kind: steps[i]}
		switch t.kind {
		case "group-by-path", "role-mappings", "scope-mappings":
			return t
		case "authentication", "identity-provider", "protocol-mappers", "client-policies", "service-account-user", "client-secret":
			continue
		}
		if _, known := shown(t.kind); known && i+1 < len(steps) {
			i++
			t.item = steps[i]
		}
		if t.kind == "users" && t.item == "profile" {
			t = target{kind: t.item} // what users of the realm may have; none of them
		}
	}
	return t
}

// checkRead makes sure that an answer to a GET is what the server shows there: a list of such objects, or the one that was
// asked for. Of what isn't known, any object or list will do.
func checkRead(path string, a answer, value any) error {
	t := targetOf(path)
	fields, known := shown(t.kind)
	want, fits := "a list or an object", value != nil
	switch isPart := t.kind == "group-by-path" || t.kind == "service-account-user" || t.kind == "client-secret"; {
	case t.kind == "role-mappings" || t.kind == "policies" || t.kind == "profiles":
		o, ok := value.(map[string]any)
		_, list := o[t.kind].([]any)
		want, fits = "an object", ok
		if t.kind != "role-mappings" { // without any it is empty
			want, fits = fmt.Sprintf("an object with a list under %q", t.kind), list
		}
	case t.kind == "users" && t.item == "count":
		_, number := value.(json.Number)
		want, fits = "a number", number
	case known && (t.item != "" || isPart):
		o, _ := value.(map[string]any)
		want, fits = "an object with "+quoted(fields), has(o, fields)
		if fits && !isPart {
			want, fits = fmt.Sprintf("the object whose %s is %q", fields[0], t.item), strings.EqualFold(str(o, fields[0]), t.item)
		}
	case known:
		want, fits = "a list of objects with "+quoted(fields), hasEach(value, fields)
	}
	if a.resp.StatusCode != http.StatusOK || !transport.IsJSON(a.resp) || !fits {
		return transport.NewAnswerError(http.MethodGet, below(path), want, a.resp, a.body)
	}
	return nil
}

// checked reads an answer to a GET, and makes sure of its form.
func (a answer) checked(ctx context.Context, path string) (any, error) {
	value, err := a.read(ctx, path)
	if err == nil {
		err = checkRead(path, a, value)
	}
	return value, err
}

func quoted(fields []string) string { return strings.Trim(fmt.Sprintf("%q", fields), "[]") }

func has(o map[string]any, fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return str(o, f) == "" })
}

func hasEach(value any, fields []string) bool {
	list, ok := value.([]any)
	for _, v := range list {
		o, _ := v.(map[string]any)
		ok = ok && has(o, fields)
	}
	return ok
}

// checkWrite makes sure that an answer is what the server says to such a write: nothing, where a new object is, or the object.
func checkWrite(method, path string, a answer) error {
	t := targetOf(path)
	_, known := shown(t.kind)
	empty := a.resp.StatusCode == http.StatusNoContent && len(a.body) == 0
	want, fits := "204 without content", empty
	switch {
	case method == http.MethodPost && t.kind == "client-secret":
		var o map[string]any
		want, fits = `200 and an object with "value"`, a.resp.StatusCode == http.StatusOK && transport.IsJSON(a.resp) && json.Unmarshal(a.body, &o) == nil && str(o, "value") != ""
	case method == http.MethodPost && known && t.kind != "composites":
		want, fits = "201 and where the new object is", isPlace(a, path)
	case method == http.MethodPost && t.kind != "composites" && t.kind != "role-mappings" && t.kind != "register-required-action":
		fits = empty || isPlace(a, path)
	}
	if !fits {
		return transport.NewAnswerError(method, below(path), want, a.resp, a.body)
	}
	return nil
}

// isPlace tells whether an answer says where a new object is: in the same realm.
func isPlace(a answer, path string) bool {
	_, at, ok := strings.Cut(a.location, "/admin/realms/")
	realm, rest, deeper := strings.Cut(at, "/")
	of, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	if name, err := url.PathUnescape(realm); err == nil {
		realm = name
	}
	if name, err := url.PathUnescape(of); err == nil {
		of = name
	}
	return ok && a.resp.StatusCode == http.StatusCreated && a.id() != "" && (path == "" || deeper && rest != "" && realm == of)
}

// below is a path as the server has it, for messages.
func below(path string) string { return "/admin/realms" + path }

// read decodes an answer that is JSON; numbers keep all their digits. The form is looked at by whoever asked.
func (a answer) read(ctx context.Context, path string) (any, error) {
	var value any
	if err := transport.Decode(ctx, a.body, &value); err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("GET %s: %w", below(path), err)
	} // what is no JSON has no form
	return value, nil
}
