package threescaletest

import (
	"encoding/json"
	"net/http"
)

// portal is a handler of the developer portal's content. Unlike everything else it
// refuses parameters that it does not know.
func portal(known []string, h handler) handler {
	return func(c *call) answer {
		allowed := append([]string{"id", "page", "per_page", "access_token", "provider_key"}, known...)
		var extra []string
		for _, name := range c.params().names() {
			if !contains(allowed, name) {
				extra = append(extra, name)
			}
		}
		if extra != nil {
			text, err := json.Marshal(extra)
			if err != nil {
				return crashed()
			}
			return failed(http.StatusUnprocessableEntity, "Unpermitted parameters: "+string(text))
		}
		return h(c)
	}
}

// collection answers a page of content: 20 objects unless the request says otherwise,
// 100 at most. A page of no objects makes porta crash.
func collection[R any](c *call, rows []R, show func(*call, R) object) answer {
	if q := c.params(); !blankParam(q, "per_page") && castID(q["per_page"]) < 1 {
		return crashed()
	}
	limits := pageLimits{most: 100, normal: 20}
	if castID(c.params()["per_page"]) > limits.most {
		limits.normal = limits.most
	}
	return paged(c, "collection", rows, limits, show)
}

const (
	msgPagePath = "was invalid. Please verify it and save again"
	msgPartPath = "is not a valid URI"
)

func builtinStays() answer {
	return failed(http.StatusUnprocessableEntity, "Built-in resources can't be deleted")
}

// checkPortalPath checks that a path can be part of an address; pages have another
// message than sections and files.
func checkPortalPath(errs *problems, field string, path *string, message string) {
	if blank(path) {
		return
	}
	if _, valid := parseURI(*path); !valid {
		errs.add(field, message)
	}
}
