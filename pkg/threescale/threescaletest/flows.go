package threescaletest

// flows are the OpenID Connect flows of a product. They have no id until they are
// saved for the first time.
type flows struct {
	ID              int64 `json:"id,omitempty"`
	Standard        *bool `json:"standard_flow_enabled"`
	Implicit        *bool `json:"implicit_flow_enabled"`
	ServiceAccounts *bool `json:"service_accounts_enabled"`
	DirectGrants    *bool `json:"direct_access_grants_enabled"`
}

// fields are the flows by name.
func (f *flows) fields() []struct {
	name  string
	value **bool
} {
	return []struct {
		name  string
		value **bool
	}{{"standard_flow_enabled", &f.Standard}, {"implicit_flow_enabled", &f.Implicit}, {"service_accounts_enabled", &f.ServiceAccounts}, {"direct_access_grants_enabled", &f.DirectGrants}}
}

func getFlows(_ *call, p *product) answer { return ok(p.Proxy.Flows.show()) }

func updateFlows(c *call, p *product) answer {
	draft := p.Proxy.Flows
	names := []string{}
	for _, f := range draft.fields() {
		names = append(names, f.name)
	}
	in, wrong := c.required("oidc_configuration", names...)
	if wrong != nil {
		return *wrong
	}
	for _, f := range draft.fields() {
		if v, sent := in.permit(f.name)[f.name]; sent {
			*f.value = ptr(or(castBool(v), false)) // they are never null
		}
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if draft.ID == 0 {
		draft.ID = c.next("oidc_configuration")
	}
	p.Proxy.Flows = draft
	return ok(draft.show())
}

func (f flows) show() object {
	var o object
	if f.ID != 0 {
		o.put("id", f.ID)
	}
	for _, x := range f.fields() {
		if *x.value != nil {
			o.put(x.name, **x.value)
		}
	}
	return wrap("oidc_configuration", o)
}
