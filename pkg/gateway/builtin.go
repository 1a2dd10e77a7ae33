package gateway

const (
	builtin = "builtin" // the version of policies that come with the gateway
	apicast = "apicast"
)

// builtinPolicies are the policies that come with APIcast 2.16: those of its list, and conditional, which has no form there.
func builtinPolicies() []string {
	return []string{
		"3scale_batcher", "3scale_referrer", apicast, "caching", "camel", "conditional", "content_caching", "cors", "custom_metrics",
		"default_credentials", "echo", "fapi", "grpc", "headers", "http_proxy", "ip_check", "jwt_claim_check", "jwt_parser",
		"keycloak_role_check", "liquid_context_debug", "logging", "maintenance_mode", "nginx_filters", "oauth_mtls", "on_failed",
		"payload_limits", "rate_limit", "rate_limit_headers", "request_unbuffered", "retry", "rewrite_url_captures", "routing", "soap",
		"statuscode_overwrite", "tls", "tls_validation", "token_introspection", "upstream", "upstream_connection", "upstream_mtls",
		"url_rewriting", "websocket",
	}
}

// tooLate says why a policy can't do its work after apicast; "" where it can. The manifests of the gateway's own policies ask
// for a place before it (order.before); nobody holds a chain to them.
func tooLate(policy string) string {
	switch policy {
	case "cors":
		return "browsers' preflight requests carry no key, and apicast refuses them"
	case "custom_metrics":
		return "apicast has reported by then"
	case "default_credentials":
		return "apicast has refused requests without a key by then"
	case "liquid_context_debug", "nginx_filters":
		return "apicast has called the upstream by then"
	case "on_failed":
		return "what fails before it goes unseen"
	case "routing", "upstream":
		return "apicast has chosen the upstream by then"
	}
	return ""
}
