package threescaletest

import (
	"strconv"
	"strings"
	"time"
)

// scopes are all that a token can have.
func allScopes() []string {
	return []string{"cms", "finance", "account_management", "stats", "policy_registry"}
}

func listTokens(c *call) answer {
	name := c.params().text("name")
	return listed(c, "access_tokens", c.tenant.Tokens.where(func(t *token) bool { return strings.Contains(t.Name, name) }), showToken)
}

// inToken gives a handler the token of the path, found by its id or its value.
func inToken(h func(*call, *token) answer) handler {
	return func(c *call) answer {
		key := c.arg("id")
		t, found := c.tenant.Tokens.find(func(t *token) bool { return strconv.FormatInt(t.ID, 10) == key || t.Value == key })
		if !found {
			return notFound()
		}
		return h(c, t)
	}
}

func getToken(c *call, t *token) answer { return ok(showToken(c, t)) }

func createToken(c *call) answer {
	in, wrong := c.required("token", "id", "owner_id", "scopes", "value", "name", "permission", "tenant_id", "created_at", "updated_at", "expires_at")
	if wrong != nil {
		return *wrong
	}
	p := in.permit("name", "permission", "expires_at")
	t := &token{Name: p.text("name"), Permission: p.text("permission"), Value: randomHex(32)}
	if list, isList := in["scopes"].([]any); isList {
		for _, s := range list {
			if text := or(castText(s), ""); text != "" {
				t.Scopes = append(t.Scopes, text)
			}
		}
	}
	var errs problems
	t.validate(&errs)
	t.expire(&errs, c, p.text("expires_at"))
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	t.ID = c.next("token")
	c.tenant.Tokens.add(t)
	a := showToken(c, t)
	inner := a[0].value.(object)
	inner.put("value", t.Value) // shown this once
	return created(wrap("access_token", inner))
}

func (t *token) validate(errs *problems) {
	errs.presence("name", &t.Name)
	errs.presence("permission", &t.Permission)
	if t.Permission != "ro" && t.Permission != "rw" {
		errs.add("permission", msgNotInSet)
	}
	if len(t.Scopes) == 0 {
		errs.add("scopes", "select at least one scope")
	}
	for _, s := range t.Scopes {
		if !contains(allScopes(), s) {
			errs.add("scopes", msgInvalid)
			break
		}
	}
	errs.maxLength("name", &t.Name, 255)
}

// expire reads when a token expires. What is no time is one long ago, and times that
// are gone are refused.
func (t *token) expire(errs *problems, c *call, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	at, readable := parseStatsTime(text, c.tenant.zone())
	if !readable || !at.After(c.now) {
		example := c.now.Add(7 * 24 * time.Hour).UTC().Format(time.RFC3339)
		errs.add("expires_at", "Date must follow ISO8601 format and be future. Example: "+example)
	}
	t.ExpiresAt = &at
}

func deleteToken(c *call, t *token) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.tenant.Tokens.remove(t.ID)
	return deleted()
}

func showToken(c *call, t *token) object {
	o := object{{"id", t.ID}, {"name", t.Name}, {"scopes", t.Scopes}, {"permission", t.Permission}}
	if t.ExpiresAt != nil {
		o.put("expires_at", c.time(*t.ExpiresAt))
	}
	return wrap("access_token", o)
}
