package threescale

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/maasctl/internal/transport"
)

// message finds the server's own words in an error's body, which has one of six forms:
// {"errors":{"field":["text"]}}, {"error":"text"}, {"status":"text"}, {"error":{"error":"text"}} of state machines,
// {"policies_config":[{"name":..,"errors":{..}}]} of the policy chain, and plain text.
func message(body []byte) string {
	var forms struct {
		Errors   json.RawMessage `json:"errors"`
		Error    json.RawMessage `json:"error"`
		Status   any             `json:"status"`
		Policies []struct {
			Name   string              `json:"name"`
			Errors map[string][]string `json:"errors"`
		} `json:"policies_config"`
	}
	text := strings.TrimSpace(string(body))
	if json.Unmarshal(body, &forms) != nil {
		if strings.HasPrefix(text, "<") { // a page of HTML says nothing
			return ""
		}
		return text
	}
	var words []string
	for _, p := range forms.Policies {
		if len(p.Errors) > 0 {
			words = append(words, "policy "+p.Name+" "+fieldErrors(p.Errors))
		}
	}
	words = append(words, errorWords(forms.Errors), errorWords(forms.Error))
	if s, ok := forms.Status.(string); ok {
		words = append(words, s)
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "; ")
}

func errorWords(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var state struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(raw, &state) == nil && state.Error != "" {
		return state.Error
	}
	var fields map[string][]string
	if json.Unmarshal(raw, &fields) == nil {
		return fieldErrors(fields)
	}
	return ""
}

func fieldErrors(fields map[string][]string) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := strings.Join(fields[name], ", ")
		if name != "base" {
			text = name + " " + text
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

// The server's texts that decide something. They stand in the recorded answers word for word; nothing else tells these
// cases apart.
const (
	textStillUsed     = "is used by at least one Product"             // DELETE of a backend, 403
	textInLatest      = "is used by the latest gateway configuration" // DELETE of a metric or method, 403
	textTaken         = `"system_name":["has already been taken"`     // create, 422: also while a deleted one is purged
	textNoToken       = "is not created yet"                          // promote, 422: the product's service token
	textNoEndpoint    = `"proxy.endpoint":["can't be blank"]`         // deployment option, 422: a hosted gateway has addresses
	textAlreadyMember = "already subscribed to this service"          // subscription, 422
	noTokenYet        = "the product has no service token yet; 3scale makes it a moment after the product"
)

// textsOfOthers are refusals, 422, of what somebody else has done meanwhile: what is to be made is there, or in that state.
func textsOfOthers() []string {
	return []string{
		"already been taken", "already taken", textAlreadyMember, "cannot transition",
		"must be greater than the 'To' values of other existing rules", // the step of a price
	}
}

func says(err error, status int, text string) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.Status == status && strings.Contains(string(e.Body), text)
}

// refusedSystemName tells whether the system name, and nothing else, is why 3scale refuses an object.
func refusedSystemName(err error) bool {
	var e *transport.Error
	if !errors.As(err, &e) || e.Status != http.StatusUnprocessableEntity {
		return false
	}
	var body struct {
		Errors map[string]json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(e.Body, &body) != nil {
		return false
	}
	_, named := body.Errors["system_name"]
	return named && len(body.Errors) == 1
}

func gone(err error) bool { return transport.Is(err, http.StatusNotFound) }

// adviceFor is what to do first where 3scale refuses with these words.
func adviceFor(body string) string {
	for _, rule := range [][2]string{
		{"application depends on it", "move its applications to another plan, or delete them, first"},
		{"contract depends on it", "move its subscriptions to another service plan, or end them, first"},
		{"unsuspended application", "delete or suspend the account's applications of the product first"},
		{"Hits metric cannot be deleted", "every product and backend keeps it"},
		{textStillUsed, "take it out of the backends of all products first"},
		{textInLatest, "promote the product without it first"},
		{"used in one of your APIs", "take it out of the policies of all products first"},
		{`"status":"Forbidden"`, "the last product and the tenant's default one stay, and what the tenant's plan lacks is refused to everybody: " +
			"maasctl doctor tells what that is"},
	} {
		if strings.Contains(body, rule[0]) {
			return rule[1]
		}
	}
	if strings.TrimSpace(body) == "" {
		return "the tenant's plan allows no more of these, or the tenant is suspended"
	}
	return ""
}

// refusedByRule tells a 403 that isn't about the token: a delete that something stands in the way of, a limit, a part of
// 3scale that is switched off. Pages are somebody else's, between here and there.
func refusedByRule(err error) (*transport.RuleError, bool) {
	var e *transport.Error
	if !errors.As(err, &e) || e.Status != http.StatusForbidden {
		return nil, false
	}
	body := strings.TrimSpace(string(e.Body))
	if strings.Contains(body, "Access denied") || strings.Contains(body, "correct permissions") || body != "" && !strings.HasPrefix(body, "{") {
		return nil, false
	}
	return &transport.RuleError{Err: err, Advice: adviceFor(body)}, true
}

// ErrNotAuthorized is a token that the tenant doesn't know, or that lacks a right.
type ErrNotAuthorized struct {
	Server string
	Err    error
}

func (e *ErrNotAuthorized) Error() string {
	return fmt.Sprintf("3scale at %s refuses the token: %v; it needs the scope account_management (and cms, stats for portal and usage) with write access", e.Server, e.Err)
}

func (e *ErrNotAuthorized) Unwrap() error { return e.Err }
