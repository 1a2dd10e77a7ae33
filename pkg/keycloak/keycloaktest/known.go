package keycloaktest

// builtins are what a server has of some kinds, by its own word at /admin/serverinfo. Keycloak knows others only where somebody
// has put them into it.
type builtins struct{ executors, conditions, upstreams, unregistered []string }

func (s *Server) builtins() builtins {
	common := builtins{
		executors: []string{
			"confidential-client", "consent-required", "full-scope-disabled", "holder-of-key-enforcer", "pkce-enforcer", "reject-request", "reject-ropc-grant",
			"secure-ciba-req-sig-algorithm", "secure-ciba-session", "secure-ciba-signed-authn-req", "secure-client-authenticator", "secure-client-uris",
			"secure-logout", "secure-request-object", "secure-response-type", "secure-session", "secure-signature-algorithm",
			"secure-signature-algorithm-signed-jwt",
		},
		conditions: []string{
			"any-client", "client-access-type", "client-roles", "client-scopes", "client-updater-context", "client-updater-source-groups",
			"client-updater-source-host", "client-updater-source-roles",
		},
		upstreams: []string{
			"keycloak-oidc", "oidc", "saml", "bitbucket", "facebook", "github", "gitlab", "google", "microsoft", "openshift-v4", "paypal",
			"stackoverflow", "twitter",
		},
	}
	if s.old() {
		common.upstreams = append(common.upstreams, "instagram", "linkedin", "openshift-v3")
		common.unregistered = []string{"VERIFY_PROFILE", "webauthn-register", "webauthn-register-passwordless"}
		return common
	}
	common.executors = append(common.executors,
		"auth-flow-enforcer", "downscope-assertion-grant-enforcer", "dpop-bind-enforcer", "intent-client-bind-checker", "jwt-claim-enforcer",
		"registration-access-token-rotation-disabled", "reject-implicit-grant", "saml-avoid-redirect", "saml-secure-client-uris", "saml-signature-enforcer",
		"secure-client-authentication-assertion", "secure-client-uris-pattern", "secure-par-content", "secure-redirect-uris-enforcer",
		"suppress-refresh-token-rotation", "tls-client-auth-ca-subject-dn", "use-lightweight-access-token")
	common.conditions = append(common.conditions, "acr-condition", "client-attributes", "client-type", "grant-type", "identity-provider-alias")
	common.upstreams = append(common.upstreams, "jwt-authorization-grant", "kubernetes", "linkedin-openid-connect", "oauth2")
	return common
}
