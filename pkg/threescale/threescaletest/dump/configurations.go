package dump

import "reflect"

// configurations are what the gateways of both environments have.
func (r *reader) configurations(o State, base string) {
	staging := content(r.object(base + "/proxy/configs/sandbox/latest"))
	production := content(r.object(base + "/proxy/configs/production/latest"))
	o["staging"], o["production"] = orNil(staging), orNil(production)
	if production != nil && reflect.DeepEqual(staging, production) {
		o["production"] = "as staging"
	}
}

func orNil(s State) any {
	if s == nil {
		return nil
	}
	return s
}

// content is what a gateway would see of a configuration, without what only the database knows.
func content(config State) State {
	c, _ := config["content"].(State)
	if c == nil {
		return nil
	}
	p, _ := c["proxy"].(State)
	out := pick(c, "system_name", "backend_version", "state")
	shown := pick(p, "credentials_location", "auth_user_key", "auth_app_id", "auth_app_key", "error_auth_failed", "error_status_auth_failed",
		"error_no_match", "error_status_no_match", "error_limits_exceeded", "error_status_limits_exceeded", "hostname_rewrite",
		"secret_token", "endpoint", "sandbox_endpoint", "api_backend", "authentication_method")
	if issuer := str(p, "oidc_issuer_endpoint"); issuer != "" {
		shown["oidc_issuer_endpoint"] = realm(issuer)
	}
	rules, chain := []any{}, []any{}
	for _, x := range itemsOf(p["proxy_rules"]) {
		rule, _ := x.(State)
		rules = append(rules, []any{rule["http_method"], rule["pattern"], rule["metric_system_name"], rule["delta"], rule["last"]})
	}
	for _, x := range itemsOf(p["policy_chain"]) {
		policy, _ := x.(State)
		chain = append(chain, []any{policy["name"], policy["version"]})
	}
	out["proxy"], out["rules"], out["chain"] = shown, rules, chain
	return out
}
