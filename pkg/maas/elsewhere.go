package maas

import "example.com/maasctl/internal/representation"

// What an answer to "where else?" comes down to, for several fields.
const (
	serversOwn   = "it is the server's own; leave it out"
	onCreateOnly = "it can be chosen on create only; leave it out: an object's key is its name"
	dropped      = "it is of versions before 2; leave it out"
	sayRoles     = "say roles"
)

// noKind is what to do about a thing of Keycloak's that the language has no form for.
func noKind(what string) string {
	return "maasctl can't manage " + what + ": set them up in Keycloak's admin console, and leave this out"
}

// insteadOf says, by representation and field, where to say instead what Keycloak takes in imports only, keeps in another
// place, or makes itself. It takes such fields, answers with success and forgets them: a difference for ever. Some of them are
// of no representation, but of tools that write several calls from one file.
func insteadOf() map[string]map[string]string {
	return map[string]map[string]string{
		representation.Realm:       insteadInRealm(),
		representation.Client:      insteadInClient(),
		representation.User:        insteadInUser(),
		representation.ClientScope: {"id": onCreateOnly, "scopeMappings": noKind("scope mappings")},
		representation.ProtocolMapper: {
			"id": onCreateOnly, "consentRequired": "say attributes display.on.consent.screen of a client scope",
			"consentText": "say attributes consent.screen.text of a client scope",
		},
		representation.IdentityProviderMapper: {"id": onCreateOnly},
		representation.Role:                   {"id": serversOwn, "containerId": serversOwn, "scopeParamRequired": dropped},
		representation.Group: {
			"id": onCreateOnly, "access": serversOwn, "parentId": serversOwn, "subGroupCount": serversOwn,
			"subGroups": "say groups", "realmRoles": sayRoles, "clientRoles": sayRoles,
		},
		representation.IdentityProvider: {
			"internalId": onCreateOnly, "types": serversOwn, "updateProfileFirstLogin": dropped,
			"organizationId": noKind("the identity providers of organizations"),
		},
	}
}

func insteadInRealm() map[string]string {
	flows, federation, keys := noKind("authentication flows"), noKind("user federation"), noKind("keys")
	return map[string]string{
		"id":                          onCreateOnly,
		"authenticationFlows":         flows,
		"authenticatorConfig":         flows,
		"components":                  noKind("components"),
		"userFederationProviders":     federation,
		"userFederationMappers":       federation,
		"organizations":               noKind("organizations"),
		"localizationTexts":           noKind("localized texts"),
		"scopeMappings":               noKind("scope mappings"),
		"clientScopeMappings":         noKind("scope mappings"),
		"userProfile":                 noKind("user profiles"),
		"workflows":                   noKind("workflows"),
		"clientInitialAccess":         noKind("initial access tokens"),
		"clientRegistrationPolicies":  noKind("client registration policies"),
		"privateKey":                  keys,
		"publicKey":                   keys,
		"certificate":                 keys,
		"codeSecret":                  keys,
		"adminPermissionsClient":      serversOwn,
		"keycloakVersion":             serversOwn,
		"otpSupportedApplications":    serversOwn,
		"defaultRoles":                "say them as composites of the realm's role default-roles-REALM",
		"defaultDefaultClientScopes":  "say defaultClientScopes",
		"defaultOptionalClientScopes": "say optionalClientScopes",
		"protocolMappers":             "say protocolMappers of a client scope",
		"identityProviderMappers":     "say mappers of the identity provider",
		"federatedUsers":              "say users",
		"clientTemplates":             "say clientScopes",
		"applications":                "say clients",
		"oauthClients":                "say clients",

		"applicationScopeMappings":          dropped,
		"social":                            dropped,
		"socialProviders":                   dropped,
		"updateProfileOnInitialSocialLogin": dropped,
		"passwordCredentialGrantAllowed":    dropped,
	}
}

func insteadInClient() map[string]string {
	return map[string]string{
		"id":                      onCreateOnly,
		"access":                  serversOwn,
		"origin":                  serversOwn,
		"registrationAccessToken": serversOwn,
		"clientTemplate":          "say defaultClientScopes",
		"useTemplateConfig":       "say defaultClientScopes",
		"useTemplateMappers":      "say defaultClientScopes",
		"useTemplateScope":        "say defaultClientScopes",
		"defaultRoles":            "say them as composites of the realm's role default-roles-REALM",
		"directGrantsOnly":        "say standardFlowEnabled: false and directAccessGrantsEnabled: true",
		"authorizationSettings":   noKind("authorization settings"),
		"scopeMappings":           noKind("scope mappings"),
	}
}

func insteadInUser() map[string]string {
	return map[string]string{
		"id":                          onCreateOnly,
		"createdTimestamp":            onCreateOnly,
		"access":                      serversOwn,
		"self":                        serversOwn,
		"origin":                      serversOwn,
		"totp":                        serversOwn,
		"notBefore":                   serversOwn,
		"disableableCredentialTypes":  serversOwn,
		"userProfileMetadata":         serversOwn,
		"federationLink":              serversOwn,
		"realmRoles":                  sayRoles,
		"clientRoles":                 sayRoles,
		"applicationRoles":            sayRoles,
		"serviceAccountClientId":      "say serviceAccountRoles of the client",
		"federatedIdentities":         noKind("links to identity providers"),
		"socialLinks":                 noKind("links to identity providers"),
		"clientConsents":              noKind("consents of users"),
		"verifiableCredentials":       noKind("verifiable credentials"),
		"issuedVerifiableCredentials": noKind("verifiable credentials"),
	}
}
