package threescaletest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// The part of 3scale's backend (apisonator) that gateways talk to: may this
// application do that, and what it did.

// backendError is an error that the backend answers.
type backendError struct {
	status int
	code   string
	text   string
}

func (e *backendError) answer() answer {
	var text strings.Builder
	_ = xml.EscapeText(&text, []byte(e.text)) // a builder takes everything
	return vendorXML(e.status, fmt.Sprintf(`<error code="%s">%s</error>`, e.code, text.String()))
}

func vendorXML(status int, body string) answer {
	return answer{status: status, kind: "application/vnd.3scale-v2.0+xml", raw: []byte(`<?xml version="1.0" encoding="UTF-8"?>` + body)}
}

func userKeyInvalid(key string) *backendError {
	if key == "" {
		return &backendError{http.StatusForbidden, "user_key_invalid", "user key is missing"}
	}
	return &backendError{http.StatusForbidden, "user_key_invalid", fmt.Sprintf(`user key "%s" is invalid`, key)}
}

func applicationNotFound(id string) *backendError {
	if id == "" {
		return &backendError{http.StatusNotFound, "application_not_found", "application id is missing"}
	}
	return &backendError{http.StatusNotFound, "application_not_found", fmt.Sprintf(`application with id="%s" was not found`, id)}
}

// asked is a request of a gateway, with the product that it is about.
type asked struct {
	*call
	product *product
	params  params
	options url.Values
}

// withProduct finds the product that a gateway's credentials are for, in whatever
// tenant, and lets the handler work on it.
func withProduct(h func(*asked) answer) handler {
	return func(c *call) answer {
		q := c.params()
		token, id := q.text("service_token"), q.text("service_id")
		if token == "" {
			return (&backendError{http.StatusForbidden, "provider_key_or_service_token_required", "Provider key or service token are required"}).answer()
		}
		if id == "" {
			return (&backendError{http.StatusUnprocessableEntity, "service_id_missing", "Service ID is missing"}).answer()
		}
		options, err := url.ParseQuery(c.req.Header.Get("3scale-options"))
		if err != nil {
			options = url.Values{}
		}
		for _, t := range c.server.world.all() {
			t.mu.Lock()
			if p, found := t.Products.get(castID(id)); found && p.State != stateDeleted {
				defer t.mu.Unlock()
				if p.Token != token || c.now.Before(p.TokenAt) {
					break
				}
				c.tenant = t
				return h(&asked{c, p, q, options})
			}
			t.mu.Unlock()
		}
		return (&backendError{http.StatusForbidden, "service_token_invalid", fmt.Sprintf(`service token "%s" or service id "%s" is invalid`, token, id)}).answer()
	}
}

// application finds the application that credentials belong to.
func (a *asked) application(appID, userKey string) (*account, *application, *backendError) {
	v1 := a.product.Proxy.serviceVersion() == "1"
	found := a.tenant.applications(func(_ *account, x *application) bool {
		return x.ProductID == a.product.ID && (v1 && userKey != "" && x.UserKey == userKey || !v1 && appID != "" && x.ApplicationID == appID)
	})
	switch {
	case len(found) > 0:
		return found[0].account, found[0].application, nil
	case v1:
		return nil, nil, userKeyInvalid(userKey)
	}
	return nil, nil, applicationNotFound(appID)
}

// authorize answers whether an application may do something. With reports it is
// counted at once, if it may.
func authorize(reports, oauth bool) handler {
	return withProduct(func(a *asked) answer {
		appID, userKey := strings.TrimSpace(a.params.text("app_id")), strings.TrimSpace(a.params.text("user_key"))
		switch {
		case oauth && appID == "":
			return applicationNotFound("").answer()
		case appID != "" && userKey != "":
			return (&backendError{http.StatusForbidden, "authentication_error", "either app_id or user_key is allowed, not both"}).answer()
		}
		_, app, wrong := a.application(appID, userKey)
		if wrong != nil {
			return wrong.answer()
		}
		raw, _ := a.params.sub("usage")
		s := &status{asked: a, app: app, sent: raw, counts: reports}
		if s.usage, wrong = a.usage(raw); wrong != nil {
			return wrong.answer()
		}
		s.plan, _ = a.tenant.plans.get(app.PlanID)
		s.validate(oauth)
		out := s.answer(oauth)
		if reports && s.reason == nil { // counted a moment later, so the answer adds it by itself
			a.count(app, s.usage, a.now)
		}
		return out
	})
}

// validate finds the first reason to refuse.
func (s *status) validate(oauth bool) {
	switch key := s.params["app_key"]; {
	case !s.keyAllowed(castText(key), oauth):
		s.refuse("application_key_invalid", keyMessage(castText(key)))
	case or(s.product.Flags[3], false) && len(s.app.Referrers) > 0 && !s.referrerAllowed():
		s.refuse("referrer_not_allowed", referrerMessage(s.params.text("referrer")))
	case s.app.State != "live":
		s.refuse("application_not_active", "application is not active")
	case !s.withinLimits():
		s.refuse("limits_exceeded", "usage limits are exceeded")
	}
}

func keyMessage(key *string) string {
	if blank(key) {
		return "application key is missing"
	}
	return fmt.Sprintf(`application key "%s" is invalid`, *key)
}

func referrerMessage(r string) string {
	if r == "" {
		return "referrer is missing"
	}
	return fmt.Sprintf(`referrer "%s" is not allowed`, r)
}

// keyAllowed checks the application's key. Products with OpenID Connect are asked for
// one only if the request has it.
func (s *status) keyAllowed(key *string, oauth bool) bool {
	version := s.product.Proxy.serviceVersion()
	if version == "1" || len(s.app.Keys) == 0 && !oauth && version != "oauth" {
		return true
	}
	if (oauth || version == "oauth") && key == nil {
		return true
	}
	for _, k := range s.app.Keys {
		if k.Value == strings.TrimSpace(or(key, "")) {
			return true
		}
	}
	return false
}

func (s *status) referrerAllowed() bool {
	value := s.params.text("referrer")
	for _, r := range s.app.Referrers {
		if value == "*" || wild(r.Value, value) {
			return true
		}
	}
	return false
}
