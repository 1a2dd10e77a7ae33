package threescaletest

// objectStatus says whether an object that is deleted in the background is still
// there.
func objectStatus(c *call) answer {
	q := c.params()
	if !q.has("object_type") {
		return required("object_type")
	}
	kind := q.text("object_type")
	if !contains([]string{"service", "backend_api", "proxy", "account"}, kind) {
		return forbidden()
	}
	if !q.has("object_id") {
		return required("object_id")
	}
	id := castID(q["object_id"])
	var there bool
	switch kind {
	case "service":
		_, there = c.tenant.Products.get(id)
	case "backend_api":
		_, there = c.tenant.Backends.get(id)
	case "proxy":
		_, there = c.tenant.Products.find(func(p *product) bool { return p.Proxy.ID == id })
	case "account":
		there = c.tenant.ID == id || c.tenant.hasAccount(id)
	}
	if !there {
		return notFound()
	}
	return deleted()
}
