package maas

import (
	"slices"
	"strings"
)

// nouns name the members of the document's collections.
func nouns() map[string]string {
	return map[string]string{
		"products": "product", "backends": "backend", "metrics": "metric", "methods": "method", "features": "feature",
		"plans": "plan", "servicePlans": "service plan", "activeDocs": "ActiveDoc", "signIn": "sign-in",
		"accounts": "account", "users": "user", "applications": "application", "realms": "realm", "clients": "client",
		"clientScopes": "client scope", "roles": "role", "groups": "group", "identityProviders": "identity provider",
		"protocolMappers": "mapper", "mappers": "mapper", "requiredActions": "required action",
		"clientPolicies": "client policy", "clientProfiles": "client profile", "templates": "template",
		"environments": "environment", "limits": "limits of metric", "prices": "prices of metric",
	}
}

// describe says in words what stands at a path: "plan free of product granite".
func describe(path []string) string {
	if len(path) == 0 {
		return "the document"
	}
	known := nouns()
	var words []string
	for i := 0; i < len(path); i++ {
		if noun, ok := known[path[i]]; ok && i+1 < len(path) {
			i++
			words = append(words, noun+" "+path[i])
			continue
		}
		if n := len(words); n > 0 && i > 0 && known[path[i-1]] == "" && !isNamed(path, i-1) {
			words[n-1] += "." + path[i]
			continue
		}
		words = append(words, path[i])
	}
	slices.Reverse(words)
	return strings.Join(words, " of ")
}

// isNamed tells whether an element of a path is the name of a member of a collection.
func isNamed(path []string, i int) bool {
	return i > 0 && nouns()[path[i-1]] != "" && !isNamed(path, i-1)
}
