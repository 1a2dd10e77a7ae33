package threescaletest

import (
	"crypto/sha1" //nolint:gosec // see shortLabel
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.com/maasctl/internal/lazyregexp"
)

// proxy is how the gateway treats a product.
type proxy struct {
	stamps
	ID             int64              `json:"id"`
	Text           map[string]*string `json:"text"`   // the attributes of proxyTexts
	Status         map[string]int64   `json:"status"` // error_status_*
	Authentication string             `json:"authentication_method"`
	Chain          []chainItem        `json:"policies_config"`
	LockVersion    int64              `json:"lock_version"`
	Flows          flows              `json:"oidc_configuration"`
}

// proxyTexts are the text attributes, with what a new proxy has.
func proxyTexts() map[string]string {
	return map[string]string{
		"endpoint": "", "sandbox_endpoint": "", "api_test_path": "/", "credentials_location": "query", "auth_user_key": "user_key", "auth_app_id": "app_id",
		"auth_app_key": "app_key", "secret_token": "", "hostname_rewrite": "", "oauth_login_url": "", "oidc_issuer_endpoint": "", "oidc_issuer_type": "keycloak",
		"jwt_claim_with_client_id": "", "jwt_claim_with_client_id_type": "",
		"error_auth_failed": "Authentication failed", "error_headers_auth_failed": headerText,
		"error_auth_missing": "Authentication parameters missing", "error_headers_auth_missing": headerText,
		"error_no_match": "No Mapping Rule matched", "error_headers_no_match": headerText,
		"error_limits_exceeded": "Usage limit exceeded", "error_headers_limits_exceeded": headerText,
	}
}

const headerText = "text/plain; charset=us-ascii"

// gatewayErrors are the four answers of a gateway and their statuses.
func gatewayErrors() map[string]int64 {
	return map[string]int64{"auth_failed": 403, "auth_missing": 403, "no_match": 404, "limits_exceeded": 429}
}

func proxyAttributes() []string {
	names := strings.Fields(`id tenant_id service_id endpoint deployed_at auth_app_key auth_app_id auth_user_key credentials_location error_auth_failed
		error_auth_missing created_at updated_at error_status_auth_failed error_headers_auth_failed error_status_auth_missing
		error_headers_auth_missing error_no_match error_status_no_match error_headers_no_match secret_token hostname_rewrite oauth_login_url
		sandbox_endpoint api_test_path api_test_success apicast_configuration_driven oidc_issuer_endpoint lock_version authentication_method
		policies_config oidc_issuer_type error_headers_limits_exceeded error_status_limits_exceeded error_limits_exceeded staging_domain
		production_domain api_backend jwt_claim_with_client_id jwt_claim_with_client_id_type`)
	return names
}

func newProxy(id int64, t *tenant, p *product, version string, at time.Time) proxy {
	x := proxy{stamps: born(at), ID: id, Text: map[string]*string{}, Status: map[string]int64{}, Authentication: version, Chain: []chainItem{apicastPolicy()}}
	for name, initial := range proxyTexts() {
		if initial != "" {
			x.Text[name] = ptr(initial)
		}
	}
	for name, status := range gatewayErrors() {
		x.Status["error_status_"+name] = status
	}
	x.fill()
	x.setEndpoints(t, p)
	x.Flows = flows{Standard: ptr(true), Implicit: ptr(false), ServiceAccounts: ptr(false), DirectGrants: ptr(false)}
	return x
}

// setEndpoints gives a proxy the public addresses that come with the way its product
// is deployed, whatever it had: those of the built-in gateway, or none for one's own.
// Other ways leave them alone.
func (x *proxy) setEndpoints(t *tenant, p *product) {
	switch or(p.DeploymentOption, "") {
	case "hosted":
		x.Text["endpoint"], x.Text["sandbox_endpoint"] = ptr(t.gatewayURL(p.SystemName, "production")), ptr(t.gatewayURL(p.SystemName, "staging"))
	case "self_managed":
		delete(x.Text, "endpoint")
		delete(x.Text, "sandbox_endpoint")
	}
}

// gatewayURL is the default address of a product at the built-in gateway. It has no
// port until the proxy is saved for the first time.
func (t *tenant) gatewayURL(systemName, environment string) string {
	name, host, _ := strings.Cut(t.Domain, ".")
	product := strings.ReplaceAll(parameterize(systemName), "_", "-")
	return "https://" + shortLabel(product+"-"+name+"-apicast-"+environment) + "." + host
}

// shortLabel makes the label of a host name fit into 63 letters: what is too long ends
// with a hash of the whole instead.
func shortLabel(label string) string {
	const most, hashed = 63, 7
	if len(label) <= most {
		return label
	}
	sum := sha1.Sum([]byte(label)) //nolint:gosec // no secret: 3scale's way to shorten names
	return strings.TrimRight(label[:most-hashed-1], "-") + "-" + hex.EncodeToString(sum[:])[:hashed]
}

// copied is a proxy that can be changed without the original.
func (x proxy) copied() proxy {
	text, status := map[string]*string{}, map[string]int64{}
	for k, v := range x.Text {
		text[k] = v
	}
	for k, v := range x.Status {
		status[k] = v
	}
	x.Text, x.Status = text, status
	return x
}

// addPorts makes the ports of the two public addresses explicit. It returns the
// names of those that cannot be read.
func (x *proxy) addPorts() (unreadable []string) {
	for _, name := range []string{"sandbox_endpoint", "endpoint"} {
		address := x.Text[name]
		if !addPort(&address) {
			unreadable = append(unreadable, name)
		}
		x.Text[name] = address
	}
	return unreadable
}

// changed notes that the row was written.
func (x *proxy) changed(at time.Time) {
	x.LockVersion++
	x.UpdatedAt = at
}

var (
	keyForm     = lazyregexp.New(`\A[\w\d_-]+\n?\z`)
	headerForm  = lazyregexp.New(`\A[{}\[\]\d,.;@#~%&()?\w_"= \/\\:+-]+\n?\z`)
	rewriteForm = lazyregexp.New(`\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][-a-zA-Z0-9]*[a-zA-Z0-9])\.)*(?:[a-zA-Z]|[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9])\.?(:\d+)?\z`)
	loginForm   = lazyregexp.New(`\A(https?:\/\/([a-zA-Z0-9._:\/?-])+|.*localhost.*)\n?\z`)
	loginParams = lazyregexp.New(`(\?|&)(scope=|state=|tok=)`)
	testPath    = lazyregexp.New(`\A/(?:[a-zA-Z\d\-_.!~*'():@&=+$,;/]|%[a-fA-F\d]{2})*(?:\?(?:[;/?:@&=+$,\[\]a-zA-Z\d\-_.!~*'()]|%[a-fA-F\d]{2})*)?\z`)
)

// validateAs checks a proxy; the prefix is for problems that are reported with the
// product it belongs to.
func (x *proxy) validateAs(errs *problems, prefix string, p *product) {
	for _, name := range x.addPorts() {
		errs.add(prefix+name, "Invalid domain")
	}
	optional := func(name string, form *lazyregexp.Regexp, message string) {
		if !blank(x.Text[name]) {
			errs.format(prefix+name, x.Text[name], form, message)
		}
	}
	optional("api_test_path", testPath, "only URI characters allowed")
	x.checkEndpoints(errs, prefix, p)
	optional("hostname_rewrite", rewriteForm, msgInvalid)
	optional("oauth_login_url", loginForm, "invalid auth login url. (hint: make sure it uses https scheme)")
	if login := x.Text["oauth_login_url"]; login != nil && loginParams.MatchString(*login) {
		errs.add(prefix+"oauth_login_url", "invalid auth login url. (hint: make sure it uses https scheme)")
	}
	errs.inclusion(prefix+"credentials_location", or(x.Text["credentials_location"], ""), "headers", "query", "authorization")
	for _, name := range []string{"auth_app_id", "auth_app_key", "auth_user_key", "secret_token"} {
		errs.format(prefix+name, x.Text[name], keyForm, msgInvalid)
	}
	for name := range gatewayErrors() {
		errs.format(prefix+"error_headers_"+name, x.Text["error_headers_"+name], headerForm, msgInvalid)
		errs.format(prefix+"error_"+name, x.Text["error_"+name], headerForm, msgInvalid)
	}
	for name := range proxyTexts() {
		if name != "api_test_path" {
			errs.maxLength(prefix+name, x.Text[name], 255)
		}
	}
	errs.maxLength(prefix+"api_test_path", x.Text["api_test_path"], 8192)
	x.checkOIDC(errs, prefix)
}

func (x *proxy) checkEndpoints(errs *problems, prefix string, p *product) {
	hosted := or(p.DeploymentOption, "") == "hosted"
	for _, name := range []string{"endpoint", "sandbox_endpoint"} {
		address := x.Text[name]
		if !blank(address) {
			checkURI(errs, prefix+name, address, uriRules{schemes: []string{"http", "https"}, invalid: "the accepted format is 'protocol://address(:port)'"})
		}
		if hosted {
			checkNotLocalhost(errs, prefix+name, address, "can't be localhost")
			errs.presence(prefix+name, address)
		}
	}
}

func (x *proxy) checkOIDC(errs *problems, prefix string) {
	kind := x.Text["oidc_issuer_type"]
	if !blank(kind) {
		errs.inclusion(prefix+"oidc_issuer_type", *kind, "keycloak", "rest")
	} else if !blank(x.Text["oidc_issuer_endpoint"]) {
		errs.add(prefix+"oidc_issuer_type", msgBlank)
	}
	// These two are kept in a row of their own, which porta names with its problems.
	claim, form := x.Text["jwt_claim_with_client_id"], x.Text["jwt_claim_with_client_id_type"]
	own := prefix + "gateway_configuration.jwt_claim_with_client_id"
	if form != nil {
		errs.inclusion(own+"_type", *form, "plain", "liquid")
	}
	if !blank(claim) || !blank(form) {
		errs.presence(own, claim)
		errs.presence(own+"_type", form)
	}
}

func getProxy(c *call, p *product) answer { return ok(showProxy(c, p)) }

// updateProxy changes a proxy and deploys it to staging, even if nothing changed.
func updateProxy(c *call, p *product) answer {
	in, wrong := c.required("proxy", proxyAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := p.Proxy.copied()
	var errs problems
	draft.assign(&errs, in)
	draft.validateAs(&errs, "", p)
	var endpoint *string
	if v, sent := in.permit("api_backend")["api_backend"]; sent {
		endpoint = castText(v)
		c.tenant.checkAPIBackend(&errs, p, endpoint)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if endpoint != nil {
		c.writeAPIBackend(p, *endpoint)
	}
	written := c.write(p, draft)
	if written == nil {
		return stale()
	}
	c.deployAll(p, *written)
	return ok(showProxy(c, p))
}

// assign writes what a request says into a proxy.
func (x *proxy) assign(errs *problems, in params) {
	for name := range proxyTexts() {
		if v, sent := in.permit(name)[name]; sent {
			x.Text[name] = castText(v)
		}
	}
	x.fill()
	for name := range x.Status {
		v, sent := in.permit(name)[name]
		if !sent {
			continue
		}
		if blank(castText(v)) {
			errs.add(name, msgBlank)
		}
		errs.number(name, v, bounds{from: ptr(int64(200)), below: ptr(int64(600))})
		if n := castInt(v); n != nil && n.IsInt64() {
			x.Status[name] = n.Int64()
		}
	}
}

// fill gives a proxy what it cannot be without.
func (x *proxy) fill() {
	if x.Text["api_test_path"] == nil {
		x.Text["api_test_path"] = ptr("/")
	}
	if x.Text["secret_token"] == nil {
		x.Text["secret_token"] = ptr("Shared_secret_sent_from_proxy_to_API_backend_" + randomHex(8))
	}
}

// write stores a proxy unless somebody else wrote it since this request looked; then
// it returns nil. Otherwise it says whether anything changed.
func (c *call) write(p *product, draft proxy) *bool {
	before, after := mustJSON(p.Proxy.gateway()), mustJSON(draft.gateway())
	changed := string(before) != string(after)
	if changed && c.overtaken(p) {
		return nil
	}
	p.Proxy = draft
	if changed {
		p.Proxy.changed(c.now)
		p.UpdatedAt = c.now
	}
	return &changed
}

// gateway are the columns of a proxy's own row; jwt_claim_* are kept elsewhere.
func (x proxy) gateway() any {
	text := map[string]*string{}
	for k, v := range x.Text {
		if !strings.HasPrefix(k, "jwt_claim_") && v != nil {
			text[k] = v
		}
	}
	return []any{text, x.Status, x.Authentication, x.Chain}
}

// overtaken says whether the proxy was written since this request looked at it.
func (c *call) overtaken(p *product) bool {
	return c.seen != nil && c.seen.lockVersion != p.Proxy.LockVersion
}

// look is what a racing request reads before it waits.
func (c *call) look() *sight {
	if p, found := c.product(c.id("service_id")); found {
		return &sight{lockVersion: p.Proxy.LockVersion, bottom: bottom(p.Rules)}
	}
	if b, found := c.tenant.backend(c.id("backend_id")); found {
		return &sight{bottom: bottom(b.Rules)}
	}
	return nil
}

// mustJSON encodes values that always can be.
func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%T cannot be encoded: %v", v, err))
	}
	return raw
}

func showProxy(c *call, p *product) object {
	x := p.Proxy
	var o object
	text := func(names ...string) {
		for _, n := range names {
			if v, isStatus := x.Status[n]; isStatus {
				o.put(n, v)
			} else {
				o.putText(n, x.Text[n])
			}
		}
	}
	o.put("service_id", p.ID)
	text("endpoint")
	o.putNull("api_backend", c.tenant.apiBackend(p))
	text("credentials_location", "auth_app_key", "auth_app_id", "auth_user_key", "error_auth_failed", "error_auth_missing", "error_status_auth_failed",
		"error_headers_auth_failed", "error_status_auth_missing", "error_headers_auth_missing", "error_no_match", "error_status_no_match",
		"error_headers_no_match", "error_limits_exceeded", "error_status_limits_exceeded", "error_headers_limits_exceeded",
		"secret_token", "hostname_rewrite", "oauth_login_url", "sandbox_endpoint", "api_test_path")
	o.put("policies_config", x.Chain)
	o.putTimes(c, x.stamps)
	o.putText("deployment_option", p.DeploymentOption)
	o.put("lock_version", x.LockVersion)
	if x.Authentication == "oidc" {
		text("oidc_issuer_endpoint", "oidc_issuer_type", "jwt_claim_with_client_id", "jwt_claim_with_client_id_type")
	}
	o.putLinks(c, "mapping_rules", p.path()+"/proxy/mapping_rules", "self", p.path()+"/proxy", "service", p.path())
	return wrap("proxy", o)
}
