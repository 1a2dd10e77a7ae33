package threescale

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/maasctl/internal/transport"
)

// form is what 3scale answers to a request that succeeds: the recordings of a real one show it for each.
type form struct {
	none bool   // nothing, or null
	list bool   // a list: under the key, or bare where there is none
	key  string // around the answer; "" of an object: any one
	id   string // the object's number; "": any

	product string // the product that the object says it is of, where it does

	usage bool // statistics: a total, and what it is the total of
}

// objectKey is the key around one object of a collection, by the collection's name in the path.
func objectKey(step string) (key string, ok bool) {
	switch step {
	case "services", "backend_apis", "application_plans", "service_plans", "account_plans", "metrics", "methods", "mapping_rules", "limits",
		"pricing_rules", "features", "accounts", "applications", "service_subscriptions", "users", "authentication_providers", "backend_usages":
		return strings.TrimSuffix(step, "s"), true
	case "proxy", "oidc_configuration", "settings":
		return step, true
	case "active_docs":
		return "api_doc", true
	case "sandbox", "production", "latest", "promote":
		return "proxy_config", true
	case "providers":
		return "signup", true
	case "keys": // POST answers with the application that has a new key
		return "application", true
	case "deploy":
		return "proxy", true
	case "provider", "signup":
		return "account", true
	case "plan", "change_plan": // of any kind
		return "", true
	}
	return "", false
}

// listKey is the key around a list.
func listKey(step string) string {
	switch step {
	case "application_plans", "service_plans", "account_plans":
		return "plans"
	case "active_docs":
		return "api_docs"
	case "sandbox", "production":
		return "proxy_configs"
	case "policies":
		return "policies_config"
	case "backend_usages": // a bare list
		return ""
	}
	return step
}

// isPart tells of a path's last step that it is one object, not a collection.
func isPart(step string) bool {
	switch step {
	case "proxy", "latest", "oidc_configuration", "settings", "provider", "plan":
		return true
	}
	return false
}

func formOf(method, path string) form {
	steps := strings.Split(strings.TrimSuffix(path, ".json"), "/")
	last := steps[len(steps)-1]
	switch {
	case len(steps) > 1 && steps[1] == "stats":
		return form{usage: true}
	case method == http.MethodDelete:
		return form{none: true}
	case last == "policies", method == http.MethodGet && !isPart(last) && !isNumber(last):
		return form{list: true, key: listKey(last)}
	}
	f := form{product: stepAfter(steps, "services")}
	for i := len(steps) - 1; i > 0; i-- { // an action such as 7/activate answers with its object
		key, ok := objectKey(steps[i])
		if !ok {
			continue
		}
		f.key = key
		if i+1 < len(steps) && isNumber(steps[i+1]) && key != "signup" && key != "proxy_config" { // those have a version
			f.id = steps[i+1]
		}
		return f
	}
	return f
}

func isNumber(step string) bool {
	_, err := strconv.ParseUint(step, 10, 64)
	return err == nil
}

// stepAfter is the step that follows another one.
func stepAfter(steps []string, name string) string {
	for i, s := range steps[:len(steps)-1] {
		if s == name {
			return steps[i+1]
		}
	}
	return ""
}

// String is the form in words.
func (f form) String() string {
	switch {
	case f.none:
		return "no content"
	case f.usage:
		return "statistics with a total and its metric"
	case f.list && f.key == "":
		return "a list"
	case f.list:
		return fmt.Sprintf("a list under %q", f.key)
	case f.id != "":
		return fmt.Sprintf("the object %s under %q", f.id, f.key)
	}
	return fmt.Sprintf("an object under %q", f.key)
}

// checkAnswer makes sure that a success is what the server answers to such a request, and about the object that the path
// names, or that is to have the system name.
func checkAnswer(method, path string, resp *http.Response, systemName string) error {
	f, body := formOf(method, path), transport.Content(resp)
	wanted := resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusCreated && method == http.MethodPost ||
		resp.StatusCode == http.StatusNoContent && f.none
	if !wanted || !f.fits(method, resp, body, systemName) {
		return transport.NewAnswerError(method, path, f.String(), resp, body)
	}
	return nil
}

// fits looks at an answer's type and body.
func (f form) fits(method string, resp *http.Response, body []byte, systemName string) bool {
	if f.none {
		text := bytes.TrimSpace(body)
		return len(text) == 0 || string(text) == "null"
	}
	if !transport.IsJSON(resp) {
		return false
	}
	if f.usage {
		var u struct {
			Total  *json.Number `json:"total"`
			Metric *struct{}    `json:"metric"`
		}
		return json.Unmarshal(body, &u) == nil && u.Total != nil && u.Metric != nil
	}
	if f.list {
		return f.holdsList(body) && (method == http.MethodGet || json.Valid(body)) // what is read is looked at in full there
	}
	var outer map[string]struct {
		ID         *json.Number `json:"id"`
		ServiceID  *json.Number `json:"service_id"`
		SystemName *string      `json:"system_name"`
	}
	if json.Unmarshal(body, &outer) != nil || len(outer) != 1 {
		return false
	}
	for key, o := range outer {
		switch {
		case f.key != "" && key != f.key, f.id != "" && (o.ID == nil || o.ID.String() != f.id),
			f.product != "" && o.ServiceID != nil && o.ServiceID.String() != f.product,
			systemName != "" && o.SystemName != nil && *o.SystemName != systemName && !strings.HasPrefix(*o.SystemName, systemName+"."):
			return false
		}
	}
	return true
}

// holdsList tells whether the list is there. It is the first thing in most answers, and these are large.
func (f form) holdsList(body []byte) bool {
	text := bytes.TrimSpace(body)
	if f.key == "" {
		return bytes.HasPrefix(text, []byte("["))
	}
	if bytes.HasPrefix(text, []byte(`{"`+f.key+`":[`)) {
		return true
	}
	var outer map[string]json.RawMessage
	return json.Unmarshal(text, &outer) == nil && bytes.HasPrefix(outer[f.key], []byte("["))
}
