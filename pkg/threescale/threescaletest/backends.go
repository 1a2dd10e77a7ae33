package threescaletest

import (
	"fmt"
	"time"
)

// backend is a backend API: an address that products send requests to.
type backend struct {
	stamps
	owner
	Name            *string           `json:"name"`
	SystemName      string            `json:"system_name"`
	Description     *string           `json:"description"`
	PrivateEndpoint *string           `json:"private_endpoint"`
	State           string            `json:"state"`
	Annotations     map[string]string `json:"annotations,omitempty"`
	PurgeAt         *time.Time        `json:"purge_at,omitempty"`
}

func (b *backend) id() int64 { return b.ID }

func backendAttributes() []string {
	return []string{"id", "name", "system_name", "description", "private_endpoint", "account_id", "created_at", "updated_at", "tenant_id", "state", "annotations"}
}

// inBackend gives a handler the backend of the path.
func inBackend(name string, h func(*call, *backend) answer) handler {
	return func(c *call) answer {
		b, found := c.tenant.backend(c.id(name))
		if !found {
			return notFound()
		}
		return h(c, b)
	}
}

// backend finds a backend that is not deleted.
func (t *tenant) backend(id int64) (*backend, bool) {
	b, found := t.Backends.get(id)
	return b, found && b.State != stateDeleted
}

func listBackends(c *call) answer {
	a := paged(c, "backend_apis", c.tenant.liveBackends(), limits500(), showBackend)
	return withoutMetadata(a)
}

func getBackend(c *call, b *backend) answer { return ok(showBackend(c, b)) }

func createBackend(c *call) answer {
	in, wrong := c.required("backend_api", backendAttributes()...)
	if wrong != nil {
		return *wrong
	}
	b := &backend{State: "published"}
	var errs problems
	b.assign(in, &errs)
	b.validate(&errs)
	given := castText(in.permit("system_name")["system_name"])
	errs.maxLength("system_name", given, 255)
	b.SystemName = *systemName(&errs, "backend_api", given, b.Name, c.tenant.beNames.taken)
	if blank(given) {
		errs.maxLength("system_name", &b.SystemName, 255)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	c.tenant.addBackend(c.server, b, c.now)
	return created(showBackend(c, b))
}

// addBackend stores a new backend with its hits.
func (t *tenant) addBackend(s *Server, b *backend, at time.Time) {
	b.stamps, b.owner = born(at), owner{Kind: ownerBackend, ID: s.world.next("backend")}
	hits := hitsMetric(s.world.next("metric"), at)
	hits.SystemName = b.suffixed(hits.SystemName)
	b.Metrics = []*metric{hits}
	t.Backends.add(b)
	t.beNames.add(b.SystemName, 1)
}

func (b *backend) assign(in params, errs *problems) {
	for name, to := range map[string]**string{"name": &b.Name, "description": &b.Description, "private_endpoint": &b.PrivateEndpoint} {
		if v, sent := in.permit(name)[name]; sent {
			*to = castText(v)
		}
	}
	if v, sent := in["annotations"]; sent {
		b.Annotations = annotate(errs, b.Annotations, v)
	}
}

// validate makes the port of the endpoint explicit and checks the backend.
func (b *backend) validate(errs *problems) {
	invalidDomain := !addPort(&b.PrivateEndpoint)
	errs.maxLength("name", b.Name, 511)
	errs.presence("name", b.Name)
	if invalidDomain {
		errs.add("private_endpoint", "Invalid domain")
	}
	errs.maxLength("private_endpoint", b.PrivateEndpoint, 255)
	errs.presence("private_endpoint", b.PrivateEndpoint)
	checkURI(errs, "private_endpoint", b.PrivateEndpoint, uriRules{
		schemes: []string{"http", "https", "ws", "wss"}, path: true,
		invalid: "the accepted format is 'scheme://address(:port)(/path)'. Accepted schemes are http, https, ws and wss",
	})
	checkNotLocalhost(errs, "private_endpoint", b.PrivateEndpoint, "Sorry, this domain is protected")
}

func updateBackend(c *call, b *backend) answer {
	in, wrong := c.required("backend_api", backendAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *b
	var errs problems
	draft.assign(in, &errs)
	draft.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*b = draft
	return ok(showBackend(c, b))
}

func deleteBackend(c *call, b *backend) answer {
	for _, p := range c.tenant.Products.rows {
		if p.usageOf(b.ID) != nil {
			return refused("cannot be deleted because it is used by at least one Product")
		}
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	b.State = stateDeleted
	b.PurgeAt = ptr(c.now.Add(c.server.opts.BackendReleaseDelay))
	c.tenant.doom(b.PurgeAt)
	return deleted()
}

func showBackend(c *call, b *backend) object {
	var o object
	o.put("id", b.ID)
	o.putText("name", b.Name)
	o.put("system_name", b.SystemName)
	o.putText("description", b.Description)
	o.putText("private_endpoint", b.PrivateEndpoint)
	o.put("annotations", annotations(b.Annotations))
	o.put("account_id", c.tenant.ID)
	o.putTimes(c, b.stamps)
	base := fmt.Sprintf("/admin/api/backend_apis/%d", b.ID)
	o.putLinks(c, "metrics", base+"/metrics", "mapping_rules", base+"/mapping_rules")
	return wrap("backend_api", o)
}
