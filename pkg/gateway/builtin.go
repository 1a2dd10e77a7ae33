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

// beforeAPIcast says why a policy has to stand before apicast. The manifests of the gateway's own policies ask for it
// (order.before); nobody holds a chain to them.
func beforeAPIcast() map[string]string {
	return map[string]string{
		"cors":                 "browsers' preflight requests carry no key, and apicast refuses them",
		"custom_metrics":       "apicast has reported by then",
		"default_credentials":  "apicast has refused requests without a key by then",
		"liquid_context_debug": "apicast has called the upstream by then",
		"nginx_filters":        "apicast has called the upstream by then",
		"on_failed":            "what fails before it goes unseen",
		"routing":              "apicast has chosen the upstream by then",
		"upstream":             "apicast has chosen the upstream by then",
	}
}
