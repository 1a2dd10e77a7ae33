package maas

import (
	"slices"
	"strconv"
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
		"environments": "environment", "limits": "limit of metric", "prices": "price of metric",
	}
}

// describe says in words what stands at a path: "plan free of product granite".
func describe(path []string) string {
	if len(path) == 0 {
		return "the document"
	}
	if len(path) == 2 && path[0] == "accounts" && path[1] == "subscribe" {
		return "subscribe of accounts" // the one key there that is no account
	}
	known := nouns()
	var words []string
	named := true // whether the last word is an object, which the next doesn't belong to by a dot
	for i := 0; i < len(path); i++ {
		switch noun := known[path[i]]; {
		case isIndex(path[i]) && len(words) > 0 && !named:
			words[len(words)-1] += "[" + path[i] + "]"
		case noun != "" && i+1 < len(path) && !isIndex(path[i+1]):
			i++
			words = append(words, noun+" "+path[i])
			named = true
		case named:
			words = append(words, path[i])
			named = false
		default:
			words[len(words)-1] += "." + path[i]
		}
		if noun := known[path[i]]; i > 0 && (path[i-1] == "limits" || path[i-1] == "prices") && noun == "" {
			named = false // "prices of metric hits[0]"
		}
	}
	slices.Reverse(words)
	return strings.Join(words, " of ")
}

// isIndex tells whether an element of a path is the index of a list.
func isIndex(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}
