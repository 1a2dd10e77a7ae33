package threescale

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// A description says where its API is in `servers`, or, in Swagger 2.0, in host, basePath and schemes.

// isSwagger tells a description in Swagger 2.0.
func isSwagger(body map[string]any) bool {
	version, _ := body["swagger"].(string)
	_, newer := body["openapi"]
	return !newer && (version == "2.0" || strings.HasPrefix(version, "2.0."))
}

// withoutServer takes out of a description what says where its API is.
func withoutServer(body map[string]any) {
	if !isSwagger(body) {
		delete(body, "servers")
		return
	}
	for _, key := range []string{"host", "basePath", "schemes"} {
		delete(body, key)
	}
}

// putServer says in a description where its API is.
func putServer(body map[string]any, server string) error {
	if !isSwagger(body) {
		body["servers"] = []any{map[string]any{"url": server}}
		return nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return fmt.Errorf("the server of a description: %w", err)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	body["host"], body["basePath"], body["schemes"] = u.Host, path, []any{u.Scheme}
	return nil
}

// serverIn is where a description says that its API is, as putServer has said it; where it says more, all of that.
func serverIn(body map[string]any) string {
	if isSwagger(body) {
		schemes, _ := body["schemes"].([]any)
		host, hasHost := body["host"].(string)
		path, hasPath := body["basePath"].(string)
		if len(schemes) == 1 && hasHost && hasPath {
			return fmt.Sprintf("%v://%s%s", schemes[0], host, strings.TrimSuffix(path, "/"))
		}
		return written(map[string]any{"host": body["host"], "basePath": body["basePath"], "schemes": body["schemes"]})
	}
	servers, said := body["servers"]
	list, _ := servers.([]any)
	if len(list) == 1 {
		if only, _ := list[0].(map[string]any); len(only) == 1 {
			if address, ok := only["url"].(string); ok {
				return address
			}
		}
	}
	if !said || len(list) == 0 {
		return ""
	}
	return written(servers)
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// asServer is a server's address in the form in which a description gives it back: Swagger 2.0 has no end without a path.
func asServer(body map[string]any, server string) string {
	if u, err := url.Parse(server); err == nil && isSwagger(body) && u.Path != "" {
		return strings.TrimSuffix(server, "/")
	}
	return server
}
