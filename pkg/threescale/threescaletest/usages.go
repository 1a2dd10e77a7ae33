package threescaletest

import (
	"strings"
)

// usage is a product's use of a backend, at a path.
type usage struct {
	ID        int64  `json:"id"`
	BackendID int64  `json:"backend_id"`
	Path      string `json:"path"`
}

func usageAttributes() []string {
	return []string{"id", "path", "service_id", "backend_api_id", "created_at", "updated_at", "tenant_id"}
}

// usageOf is how a product uses a backend, nil if it does not.
func (p *product) usageOf(backendID int64) *usage {
	for _, u := range p.Usages {
		if u.BackendID == backendID {
			return u
		}
	}
	return nil
}

// inUsage gives a handler the usage of the path.
func inUsage(h func(*call, *product, *usage) answer) handler {
	return inProduct(func(c *call, p *product) answer {
		for _, u := range p.Usages {
			if u.ID == c.id("id") {
				return h(c, p, u)
			}
		}
		return notFound()
	})
}

func listUsages(c *call, p *product) answer {
	page, per := c.window(limits500())
	return ok(showAll(c, slicePage(p.Usages, page, per), func(c *call, u *usage) object { return showUsage(c, p, u) }))
}

func getUsage(c *call, p *product, u *usage) answer { return ok(showUsage(c, p, u)) }

func createUsage(c *call, p *product) answer {
	in, wrong := c.required("backend_api_config", usageAttributes()...)
	if wrong != nil {
		return *wrong
	}
	in = in.permit("path", "backend_api_id")
	u := &usage{Path: usagePath(in["path"])}
	var errs problems
	if v := in["backend_api_id"]; v != nil {
		if _, found := c.tenant.backend(castID(v)); !found {
			return notFound()
		}
		u.BackendID = castID(v)
	} else {
		errs.add("backend_api_id", msgBlank)
	}
	if p.usageOf(u.BackendID) != nil {
		errs.add("backend_api_id", msgTaken)
	}
	if in.has("path") {
		p.checkPath(&errs, u)
	} else { // only a path that is sent, even an empty one, gets its slash
		errs.add("path", "is too short (minimum is 1 character)")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	u.ID = c.next("usage")
	p.Usages = append(p.Usages, u)
	p.UpdatedAt = c.now
	return created(showUsage(c, p, u))
}

func updateUsage(c *call, p *product, u *usage) answer {
	in, wrong := c.required("backend_api_config", usageAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *u
	if v, sent := in.permit("path")["path"]; sent {
		draft.Path = usagePath(v)
	}
	var errs problems
	p.checkPath(&errs, &draft)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	*u = draft
	p.UpdatedAt = c.now
	return ok(showUsage(c, p, u))
}

// deleteUsage takes the limits on the backend's metrics with it; prices stay.
func deleteUsage(c *call, p *product, u *usage) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if b, found := c.tenant.Backends.get(u.BackendID); found {
		for _, pl := range p.AppPlans {
			pl.Limits = without(pl.Limits, func(l *limit) bool { _, his := b.metric(l.MetricID); return his })
		}
	}
	p.Usages = without(p.Usages, func(x *usage) bool { return x == u })
	p.UpdatedAt = c.now
	return deleted()
}

// usagePath is a path with one slash in front and none behind.
func usagePath(v any) string { return "/" + strings.Trim(or(castText(v), ""), "/") }

func (p *product) checkPath(errs *problems, u *usage) {
	for _, x := range p.Usages {
		if x.ID != u.ID && strings.EqualFold(x.Path, u.Path) {
			errs.add("path", "This path is already taken. Specify a different path.")
			break
		}
	}
	errs.maxLength("path", &u.Path, 255)
	bare := strings.Trim(u.Path, "/")
	if parsed, valid := parseURI(bare); !valid || parsed.path != bare {
		errs.add("path", `must be a path separated by "/". E.g. "" or "my/path"`)
	}
}

func showUsage(c *call, p *product, u *usage) object {
	o := object{{"id", u.ID}, {"path", u.Path}, {"service_id", p.ID}, {"backend_id", u.BackendID}}
	b := owner{Kind: ownerBackend, ID: u.BackendID}
	o.putLinks(c, "service", p.path(), "backend_api", b.path())
	return wrap("backend_usage", o)
}
