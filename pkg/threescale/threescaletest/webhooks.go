package threescaletest

import (
	"net/http"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// webHook is where 3scale sends its events. The API has no way to read it but the
// answer to a change.
type webHook struct {
	URL     *string         `json:"url"`
	Active  bool            `json:"active"`
	Actions bool            `json:"provider_actions"`
	Events  map[string]bool `json:"events"`
}

// webHookEvents are the names of the events, in the order of their columns.
func webHookEvents() []string {
	return strings.Fields(`account_created_on account_updated_on account_deleted_on user_created_on user_updated_on user_deleted_on application_created_on
		application_updated_on application_deleted_on account_plan_changed_on application_plan_changed_on application_user_key_updated_on
		application_key_created_on application_key_deleted_on application_suspended_on application_key_updated_on`)
}

var webAddress = lazyregexp.New(`(?:http|https)://[^\s/?#]+`)

func updateWebHook(c *call) answer {
	names := append([]string{"id", "account_id", "url", "created_at", "updated_at", "provider_actions", "active", "tenant_id", "push_application_content_type"}, webHookEvents()...)
	in, wrong := c.fetched("web_hook", names...)
	if wrong != nil {
		return *wrong
	}
	w := webHook{Events: map[string]bool{}}
	if old := c.tenant.WebHook; old != nil {
		w.URL, w.Active, w.Actions = old.URL, old.Active, old.Actions
		for k, v := range old.Events {
			w.Events[k] = v
		}
	}
	if v, sent := in.permit("url")["url"]; sent {
		w.URL = castText(v)
	}
	if v, sent := in.permit("active")["active"]; sent {
		w.Active = or(castBool(v), false)
	}
	if v, sent := in.permit("provider_actions")["provider_actions"]; sent {
		w.Actions = or(castBool(v), false)
	}
	for _, name := range webHookEvents() {
		if v, sent := in.permit(name)[name]; sent {
			w.Events[name] = or(castBool(v), false)
		}
	}
	var errs problems
	if w.Active {
		errs.format("url", w.URL, webAddress, "Must be a valid URL such as http://example.com")
	}
	errs.maxLength("url", w.URL, 255)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	c.tenant.WebHook = &w
	return ok(w.show())
}

// listWebHookFailures lists the events that could not be delivered. There are none, as
// nothing is sent.
func listWebHookFailures(*call) answer { return ok(wrap("webhooks-failures", []object{})) }

func deleteWebHookFailures(c *call) answer {
	if q := c.params(); q.has("time") {
		if _, readable := parseStatsTime(q.text("time"), c.tenant.zone()); !readable {
			return failed(http.StatusBadRequest, "invalid time")
		}
	}
	return deleted()
}

func (w *webHook) show() object {
	var o object
	o.putText("url", w.URL)
	o.put("active", w.Active)
	o.put("provider_actions", w.Actions)
	for _, name := range webHookEvents() {
		o.put(name, w.Events[name])
	}
	return wrap("webhook", o)
}
