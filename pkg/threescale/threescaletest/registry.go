package threescaletest

import (
	"encoding/json"
	"strconv"

	"example.com/maasctl/internal/jsonschema"
)

// policy is an entry of the policy registry: the form of a policy's configuration.
// Its code is in the gateways.
type policy struct {
	stamps
	ID      int64           `json:"id"`
	Name    *string         `json:"name"`
	Version *string         `json:"version"`
	Schema  json.RawMessage `json:"schema"`
}

func (p *policy) id() int64 { return p.ID }

func (p *policy) identifier() string { return or(p.Name, "") + "-" + or(p.Version, "") }

func policyAttributes() []string {
	return []string{"id", "name", "version", "schema", "account_id", "tenant_id", "created_at", "updated_at", "identifier"}
}

// inPolicy gives a handler the entry of the path, by its id or by name-version.
func inPolicy(h func(*call, *policy) answer) handler {
	return func(c *call) answer {
		key := c.arg("id")
		p, found := c.tenant.Policies.find(func(p *policy) bool { return strconv.FormatInt(p.ID, 10) == key || p.identifier() == key })
		if !found {
			return notFound()
		}
		return h(c, p)
	}
}

func listPolicies(c *call) answer {
	return listed(c, "policies", c.tenant.Policies.rows, showPolicy)
}

func getPolicy(c *call, p *policy) answer { return ok(showPolicy(c, p)) }

// assignPolicy writes what a request says into an entry; a schema is always needed. A
// text that is no JSON leaves the schema as it was. What is JSON but no object makes
// porta crash when it looks for the version.
func (c *call) assignPolicy(p *policy) *answer {
	in, wrong := c.required("policy", policyAttributes()...)
	if wrong != nil {
		return wrong
	}
	if v, sent := in.permit("name")["name"]; sent {
		p.Name = castText(v)
	}
	if v, sent := in.permit("version")["version"]; sent {
		p.Version = castText(v)
	}
	if rubyBlank(in["schema"]) {
		return ptr(required("schema"))
	}
	if text, isText := in["schema"].(string); !isText {
		p.Schema = mustJSON(in["schema"])
	} else if json.Valid([]byte(text)) {
		p.Schema = json.RawMessage(text)
	}
	doc, err := jsonschema.Decode(string(p.Schema))
	if _, isObject := doc.(jsonschema.Object); err == nil && doc != nil && !isObject && or(p.Version, "") != "builtin" {
		return ptr(crashed())
	}
	return nil
}

func (p *policy) validate(errs *problems, t *tenant) {
	taken := func(same func(*policy) bool) bool {
		_, found := t.Policies.find(func(x *policy) bool { return x.ID != p.ID && same(x) })
		return found
	}
	if taken(func(x *policy) bool {
		return or(x.Name, "") == or(p.Name, "") && or(x.Version, "") == or(p.Version, "")
	}) {
		errs.add("version", msgTaken)
	}
	errs.presence("name", p.Name)
	errs.presence("version", p.Version)
	doc, err := jsonschema.Decode(string(p.Schema))
	if o, isObject := doc.(jsonschema.Object); err != nil || doc == nil || isObject && len(o) == 0 {
		doc = nil
		errs.add("schema", msgBlank)
	}
	for _, message := range policyProblems(doc) {
		errs.add("schema", message)
	}
	o, _ := doc.(jsonschema.Object)
	version, _ := o.Get("version")
	switch text := castText(version); {
	case or(p.Version, "") == "builtin":
		errs.add("version", "cannot be 'builtin'")
	case or(text, "") != or(p.Version, ""):
		errs.add("version", "differs from the schema version")
	}
	if taken(func(x *policy) bool { return x.identifier() == p.identifier() }) {
		errs.add("identifier", msgTaken)
	}
	errs.maxLength("name", p.Name, 255)
	errs.maxLength("version", p.Version, 255)
}

func createPolicy(c *call) answer {
	p := &policy{stamps: born(c.now)}
	var errs problems
	if wrong := c.assignPolicy(p); wrong != nil {
		return *wrong
	}
	p.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	p.ID = c.next("policy")
	c.tenant.Policies.add(p)
	return created(showPolicy(c, p))
}

const msgPolicyInUse = "This policy is currently being used in one of your APIs and cannot be modified."

// policyInUse says whether a product's chain names an entry.
func (t *tenant) policyInUse(p *policy) bool {
	for _, x := range t.liveProducts() {
		for _, i := range x.Proxy.Chain {
			if i.Name == or(p.Name, "") && i.Version == or(p.Version, "") {
				return true
			}
		}
	}
	return false
}

func updatePolicy(c *call, p *policy) answer {
	draft := *p
	var errs problems
	if wrong := c.assignPolicy(&draft); wrong != nil {
		return *wrong
	}
	draft.validate(&errs, c.tenant)
	changed := draft.identifier() != p.identifier() || !sameText(draft.Schema, p.Schema)
	if changed && c.tenant.policyInUse(p) {
		errs.add("base", msgPolicyInUse)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*p = draft
	return ok(showPolicy(c, p))
}

// sameText says whether two documents are the same.
func sameText(a, b json.RawMessage) bool {
	x, err1 := jsonschema.Decode(string(a))
	y, err2 := jsonschema.Decode(string(b))
	return err1 == nil && err2 == nil && jsonschema.Same(x, y)
}

func deletePolicy(c *call, p *policy) answer {
	if c.tenant.policyInUse(p) {
		return refused(msgPolicyInUse)
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.tenant.Policies.remove(p.ID)
	return deleted()
}

func showPolicy(c *call, p *policy) object {
	o := object{{"id", p.ID}}
	o.putText("name", p.Name)
	o.putText("version", p.Version)
	o.put("schema", p.Schema)
	o.putTimes(c, p.stamps)
	return wrap("policy", o)
}
