package keycloaktest

import (
	"net/http"
	"slices"
	"strings"
)

const bindings = "authenticationFlowBindingOverrides"

// newFlows are the authentication flows of a new realm.
func newFlows(old bool) []object {
	aliases := []string{"browser", "direct grant", "registration", "reset credentials", "clients", "first broker login", "docker auth"}
	if old {
		aliases = append(aliases, "http challenge")
	}
	var out []object
	for _, alias := range aliases {
		out = append(out, object{"id": newID(), "alias": alias, "providerId": "basic-flow", "topLevel": true, "builtIn": true, "authenticationExecutions": []any{}})
	}
	return out
}

func (r *realm) hasFlow(field, value string) bool {
	return slices.ContainsFunc(r.flows, func(f object) bool { return str(f, field) == value })
}

func (s *Server) flowRoutes() []route {
	return []route{
		{"GET authentication/flows", func(c *call) answer { return ok(c.realm.flows) }},
		{"POST authentication/flows", func(c *call) answer {
			body, a, good := s.read(c, "AuthenticationFlow")
			if !good {
				return a
			}
			if c.realm.hasFlow("alias", str(body, "alias")) {
				return tells(http.StatusConflict, "Flow %s already exists", str(body, "alias"))
			}
			body["id"], body["authenticationExecutions"] = newID(), []any{}
			c.realm.flows = append(c.realm.flows, body)
			return made(c.base + "/admin/realms/" + escape(c.realm.name) + "/authentication/flows/" + str(body, "id"))
		}},
	}
}

// badFlows is a realm that names a flow which isn't there.
func (r *realm) badFlows(body object) bool {
	for field, v := range body {
		if alias, is := v.(string); is && strings.HasSuffix(field, "Flow") && !r.hasFlow("alias", alias) {
			return true
		}
	}
	return false
}

// badProviderFlows is an identity provider that names one. An empty name is none, but for the first sign-in on 18.
func (s *Server) badProviderFlows(r *realm, body object) (answer, bool) {
	for _, field := range []string{"firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias"} {
		alias, is := body[field].(string)
		if is && !r.hasFlow("alias", alias) && (alias != "" || s.old() && field == "firstBrokerLoginFlowAlias") {
			return s.unknownError(), true
		}
	}
	return answer{}, false
}

// unknownError is how both fail at what they haven't thought of.
func (s *Server) unknownError() answer {
	body := object{"error": "unknown_error"}
	if !s.old() {
		body["error_description"] = "For more on this error consult the server log."
	}
	return answer{status: http.StatusInternalServerError, body: body}
}

// bind sets a client's overrides, flow by flow, each by its id; "" and null take one away. It is false for one that isn't there.
func (r *realm) bind(x *client, body object) bool {
	said, _ := body[bindings].(object)
	kept := copied(mapping(x.rep, bindings))
	for binding, v := range said {
		id, _ := v.(string)
		switch {
		case id == "":
			delete(kept, binding)
		case !r.hasFlow("id", id):
			return false
		default:
			kept[binding] = id
		}
	}
	x.rep[bindings] = kept
	return true
}
