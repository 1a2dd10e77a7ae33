package keycloaktest

import (
	"cmp"
	"net/http"
	"slices"
)

// addMapper puts a protocol mapper into a client or scope.
func addMapper(of, m object) object {
	m = copied(m)
	m["id"] = cmp.Or(str(m, "id"), newID())
	if m["consentRequired"] == nil {
		m["consentRequired"] = false
	}
	texts(mapping(m, "config"))
	of["protocolMappers"] = append(list(of["protocolMappers"]), m)
	return m
}

func mapperNamed(of object, name string) int {
	return slices.IndexFunc(objects(of["protocolMappers"]), func(m object) bool { return str(m, "name") == name })
}

func (s *Server) mapperAt(c *call, of object) object {
	for _, m := range objects(of["protocolMappers"]) {
		if str(m, "id") == c.segments[4] {
			return m
		}
	}
	return nil
}

func noMapper() answer { return says(http.StatusNotFound, "Model not found") }

func (s *Server) listMappers(of object) answer {
	out := objects(of["protocolMappers"])
	if out == nil {
		out = []object{}
	}
	return ok(out)
}

func (s *Server) createMapper(c *call, of object) answer {
	body, a, good := s.read(c, "ProtocolMapper")
	if !good {
		return a
	}
	if mapperNamed(of, str(body, "name")) >= 0 {
		return tells(http.StatusConflict, "Protocol mapper exists with same name")
	}
	if str(body, "protocolMapper") == "" {
		return says(http.StatusNotFound, "ProtocolMapper provider not found")
	}
	// An attribute mapper without it gets one switch by itself, on 26.
	config := mapping(body, "config")
	if str(body, "protocolMapper") == "oidc-usermodel-attribute-mapper" && config["userinfo.token.claim"] == nil && !s.old() {
		config["userinfo.token.claim"] = "true"
	}
	m := addMapper(of, body)
	return made(c.base + c.URL.EscapedPath()[len(s.opts.BasePath):] + "/" + str(m, "id"))
}

func (s *Server) getMapper(c *call, of object) answer {
	if m := s.mapperAt(c, of); m != nil {
		return ok(m)
	}
	return noMapper()
}

// putMapper replaces the configuration as a whole; the name stays as it is.
func (s *Server) putMapper(c *call, of object) answer {
	body, a, good := s.read(c, "ProtocolMapper")
	m := s.mapperAt(c, of)
	if !good {
		return a
	}
	if m == nil || str(body, "protocolMapper") == "" {
		return noMapper()
	}
	if str(body, "id") != str(m, "id") {
		return s.unknownError()
	}
	m["config"] = object{}
	merge(m, body, "id", "name")
	texts(mapping(m, "config"))
	return noContent()
}

func (s *Server) deleteMapper(c *call, of object) answer {
	m := s.mapperAt(c, of)
	if m == nil {
		return noMapper()
	}
	of["protocolMappers"] = slices.DeleteFunc(list(of["protocolMappers"]), func(e any) bool { return str(e.(object), "id") == str(m, "id") })
	return noContent()
}
