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

func (t *tenant) checkAPIBackend(errs *problems, endpoint *string) {
	var own problems
	(&backend{Name: ptr("x"), PrivateEndpoint: endpoint}).validate(&own)
	for _, m := range own.messages["private_endpoint"] {
		errs.add("api_backend", m)
	}
}

func (c *call) writeAPIBackend(p *product, endpoint string) {
	address := &endpoint
	addPort(&address)
	if len(p.Usages) > 0 {
		if b, found := c.tenant.Backends.get(p.Usages[0].BackendID); found {
			b.PrivateEndpoint, b.UpdatedAt = address, c.now
		}
		return
	}
	name := or(p.Name, "")
	b := &backend{State: "published", Name: ptr(name + " Backend"), Description: ptr("Backend of " + name), SystemName: p.SystemName, PrivateEndpoint: address}
	c.tenant.addBackend(c.server, b, c.now)
	p.Usages = append(p.Usages, &usage{ID: c.next("usage"), BackendID: b.ID, Path: "/"})
}
