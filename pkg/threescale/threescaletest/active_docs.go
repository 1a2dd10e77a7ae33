package threescaletest

import (
	"net/http"
	"strings"
)

// activeDoc is an API description, a document in JSON.
type activeDoc struct {
	stamps
	ID          int64   `json:"id"`
	Name        *string `json:"name"`
	SystemName  string  `json:"system_name"`
	Description *string `json:"description"`
	Published   *bool   `json:"published"`
	SkipChecks  *bool   `json:"skip_swagger_validations"`
	Body        *string `json:"body"`
	ProductID   *int64  `json:"service_id"`
}

func (d *activeDoc) id() int64 { return d.ID }

func activeDocAttributes() []string {
	return []string{"id", "account_id", "tenant_id", "name", "body", "description", "published", "created_at", "updated_at", "system_name", "base_path", "swagger_version", "skip_swagger_validations", "service_id", "discovered"}
}

// liveDocs are the documents without those of deleted products.
func (t *tenant) liveDocs() []*activeDoc {
	return t.ActiveDocs.where(func(d *activeDoc) bool {
		if d.ProductID == nil {
			return true
		}
		p, found := t.Products.get(*d.ProductID)
		return found && p.State != stateDeleted
	})
}

// inDoc gives a handler the document of the path.
func inDoc(h func(*call, *activeDoc) answer) handler {
	return func(c *call) answer {
		for _, d := range c.tenant.liveDocs() {
			if d.ID == c.id("id") {
				return h(c, d)
			}
		}
		return notFound()
	}
}

func listDocs(c *call) answer { return listed(c, "api_docs", c.tenant.liveDocs(), showDoc) }

func getDoc(c *call, d *activeDoc) answer { return ok(showDoc(c, d)) }

func createDoc(c *call) answer {
	d := &activeDoc{stamps: born(c.now), Published: ptr(false), SkipChecks: ptr(false)}
	in, wrong := c.assignDoc(d)
	if wrong != nil {
		return *wrong
	}
	var errs problems
	d.SystemName = *systemName(&errs, "service", castText(in.permit("system_name")["system_name"]), d.Name, func(name string) bool {
		_, taken := c.tenant.ActiveDocs.find(func(x *activeDoc) bool { return x.SystemName == name })
		return taken
	})
	d.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	d.ID = c.next("active_doc")
	c.tenant.ActiveDocs.add(d)
	return created(showDoc(c, d))
}

func updateDoc(c *call, d *activeDoc) answer {
	draft := *d
	if _, wrong := c.assignDoc(&draft); wrong != nil {
		return *wrong
	}
	var errs problems
	draft.validate(&errs)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*d = draft
	return ok(showDoc(c, d))
}

// assignDoc writes what a request says into a document. A body that is no text is
// dropped.
func (c *call) assignDoc(d *activeDoc) (params, *answer) {
	in, wrong := c.required("api_docs_service", activeDocAttributes()...)
	if wrong != nil {
		return nil, wrong
	}
	in = in.permit("name", "body", "description", "published", "skip_swagger_validations", "service_id", "system_name")
	if v, sent := in["service_id"]; sent {
		d.ProductID = nil
		if id := castID(v); !blank(castText(v)) {
			if _, found := c.product(id); !found {
				return nil, ptr(failed(http.StatusUnprocessableEntity, "Service not found"))
			}
			d.ProductID = &id
		}
	}
	for name, to := range map[string]**string{"name": &d.Name, "body": &d.Body, "description": &d.Description} {
		if v, sent := in[name]; sent {
			*to = castText(v)
		}
	}
	for name, to := range map[string]**bool{"published": &d.Published, "skip_swagger_validations": &d.SkipChecks} {
		if v, sent := in[name]; sent {
			*to = castBool(v)
		}
	}
	return in, nil
}

func (d *activeDoc) validate(errs *problems) {
	errs.presence("name", d.Name)
	errs.presence("body", d.Body)
	errs.maxLength("name", d.Name, 255)
	errs.maxLength("system_name", &d.SystemName, 255)
	errs.maxLength("description", d.Description, 65535)
	s := readSpec(or(d.Body, ""))
	for _, server := range s.servers() {
		if strings.TrimSpace(server) != "" && !webServer(server) {
			errs.add("base_path", msgInvalid)
			break
		}
	}
	if !or(d.SkipChecks, false) {
		seen := map[string]bool{}
		for _, m := range s.problems() {
			if !seen[m] {
				errs.add("body", m)
			}
			seen[m] = true
		}
	}
	if base := s.basePath(); base != "" {
		checkNotLocalhost(errs, "base_path", &base, "can't be localhost")
	}
}

func deleteDoc(c *call, d *activeDoc) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.tenant.ActiveDocs.remove(d.ID)
	return deleted()
}

func showDoc(c *call, d *activeDoc) object {
	var o object
	o.put("id", d.ID)
	o.put("system_name", d.SystemName)
	o.putText("name", d.Name)
	o.putText("description", d.Description)
	if d.Published != nil {
		o.put("published", *d.Published)
	}
	if d.SkipChecks != nil {
		o.put("skip_swagger_validations", *d.SkipChecks)
	}
	o.putText("body", d.Body)
	if d.ProductID != nil {
		o.put("service_id", *d.ProductID)
	}
	o.putTimes(c, d.stamps)
	return wrap("api_doc", o)
}
