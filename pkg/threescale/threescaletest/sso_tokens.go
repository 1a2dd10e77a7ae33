package threescaletest

import (
	"encoding/base64"
	"mime"
	"net/url"
	"strconv"
	"time"
)

// createSSOToken makes an address that signs a user in to the developer portal. Only
// forms are wrapped here, so flat JSON is refused.
func createSSOToken(c *call) answer {
	kind, _, _ := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	c.typed = c.typed && kind == "application/x-www-form-urlencoded"
	in, wrong := c.required("sso_token", "user_id", "username", "expires_in", "redirect_url", "protocol")
	if wrong != nil {
		return *wrong
	}
	in = in.permit("user_id", "username", "expires_in", "redirect_url", "protocol")
	var errs problems
	lasting := int64(600)
	if v := in["expires_in"]; v != nil {
		errs.number("expires_in", v, bounds{integer: true, above: ptr(int64(30)), most: ptr(int64(86400))})
		lasting = castID(v)
	}
	if v := castText(in["protocol"]); v != nil {
		errs.inclusion("protocol", *v, "https", "http")
	}
	c.checkSSOUser(&errs, in)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	token := base64.StdEncoding.EncodeToString([]byte(randomHex(24))) + "--" + base64.StdEncoding.EncodeToString([]byte(randomHex(6)))
	q := url.Values{"expires_at": {strconv.FormatInt(c.now.Add(time.Duration(lasting)*time.Second).Unix(), 10)}, "token": {token}}
	if to := in.text("redirect_url"); to != "" {
		q.Set("redirect_url", to)
	}
	protocol := "https"
	if p := in.text("protocol"); p != "" {
		protocol = p
	}
	return created(wrap("sso_token", object{{"sso_url", protocol + "://" + c.tenant.Domain + "/session/create?" + q.Encode()}, {"token", token}}))
}

// checkSSOUser looks for the user, among those of all accounts and the tenant's own.
func (c *call) checkSSOUser(errs *problems, in params) {
	id, name := castText(in["user_id"]), castText(in["username"])
	if id == nil && name == nil {
		errs.add("base", "One of user_id or username is required")
		return
	}
	by, want := "username", or(name, "")
	if !blank(id) {
		by, want = "user_id", *id
	}
	known := false
	for _, u := range c.tenant.Users.rows {
		known = known || u.is(by, want)
	}
	for _, a := range c.tenant.Accounts.rows {
		for _, u := range a.Users {
			known = known || u.is(by, want)
		}
	}
	if !known {
		errs.add(by, "is invalid")
	}
}
