package threescaletest

// api_backend of a proxy is the address of the product's first backend. Writing it
// writes to that backend, or makes one.

// apiBackend is the address, nil if the product uses no backend.
func (t *tenant) apiBackend(p *product) any {
	if len(p.Usages) == 0 {
		return nil
	}
	if b, found := t.Backends.get(p.Usages[0].BackendID); found && b.PrivateEndpoint != nil {
		return *b.PrivateEndpoint
	}
	return nil
}

// firstBackend is the backend that the address is written to, or a new one for a
// product that uses none.
func (t *tenant) firstBackend(p *product) (b *backend, isNew bool) {
	if len(p.Usages) > 0 {
		if b, found := t.Backends.get(p.Usages[0].BackendID); found {
			return b, false
		}
	}
	name := or(p.Name, "")
	return &backend{State: "published", Name: ptr(name + " Backend"), Description: ptr("Backend of " + name), SystemName: p.SystemName}, true
}

// checkAPIBackend checks an address that changes. The proxy reports what is wrong with
// it, and once more that the backend is invalid.
func (t *tenant) checkAPIBackend(errs *problems, p *product, endpoint *string) {
	b, isNew := t.firstBackend(p)
	if or(endpoint, "\x00") == or(b.PrivateEndpoint, "\x00") {
		return
	}
	draft := *b
	draft.PrivateEndpoint = endpoint
	var own problems
	draft.validate(&own)
	if isNew {
		checkSystemName(&own, &draft.SystemName, t.beNames.taken)
	}
	if !own.any() {
		return
	}
	for _, m := range own.messages["private_endpoint"] {
		errs.add("api_backend", m)
	}
	errs.add("backend_api", msgInvalid)
}

func (c *call) writeAPIBackend(p *product, endpoint string) {
	address := &endpoint
	addPort(&address)
	b, isNew := c.tenant.firstBackend(p)
	b.PrivateEndpoint = address
	if !isNew {
		b.UpdatedAt = c.now
		return
	}
	c.tenant.addBackend(c.server, b, c.now)
	p.Usages = append(p.Usages, &usage{ID: c.next("usage"), BackendID: b.ID, Path: "/"})
}
