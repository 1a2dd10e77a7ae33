package threescaletest

import (
	"fmt"
	"strings"
	"time"
)

// product is a 3scale product, "service" in its API.
type product struct {
	stamps
	owner
	Name               *string           `json:"name"`
	SystemName         string            `json:"system_name"`
	Description        *string           `json:"description"`
	State              string            `json:"state"`
	SupportEmail       *string           `json:"support_email"`
	DeploymentOption   *string           `json:"deployment_option"`
	PlanPermission     *string           `json:"buyer_plan_change_permission"`
	Flags              [8]*bool          `json:"flags"`
	Notifications      params            `json:"notification_settings,omitempty"`
	TxtSupport         *string           `json:"txt_support"`
	Terms              *string           `json:"terms"`
	Annotations        map[string]string `json:"annotations,omitempty"`
	Usages             []*usage          `json:"usages,omitempty"`
	AppPlans           []*plan           `json:"application_plans,omitempty"`
	ServicePlans       []*plan           `json:"service_plans,omitempty"`
	DefaultAppPlan     int64             `json:"default_application_plan_id,omitempty"`
	DefaultServicePlan int64             `json:"default_service_plan_id,omitempty"`
	Features           []*feature        `json:"features,omitempty"`
	Proxy              proxy             `json:"proxy"`
	Configs            []*config         `json:"configs,omitempty"`
	Token              string            `json:"token"`
	TokenAt            time.Time         `json:"token_at"`
	PurgeAt            *time.Time        `json:"purge_at,omitempty"`
}

func (p *product) id() int64 { return p.ID }

// productFlags are the boolean attributes, in the order of product.Flags, and
// their defaults.
func productFlags() [8]struct {
	name    string
	initial bool
} {
	return [8]struct {
		name    string
		initial bool
	}{
		{"intentions_required", false}, {"buyers_manage_apps", true}, {"buyers_manage_keys", true}, {"referrer_filters_required", false},
		{"custom_keys_enabled", true}, {"buyer_key_regenerate_enabled", true}, {"mandatory_app_key", true}, {"buyer_can_select_plan", false},
	}
}

// productAttributes are the names that Rails wraps into "service".
func productAttributes() []string {
	names := strings.Fields(`id account_id name description txt_support created_at updated_at logo_file_name logo_content_type logo_file_size
		state intentions_required terms buyers_manage_apps buyers_manage_keys custom_keys_enabled buyer_plan_change_permission
		buyer_can_select_plan notification_settings default_application_plan_id default_service_plan_id tenant_id system_name
		backend_version mandatory_app_key buyer_key_regenerate_enabled support_email referrer_filters_required deployment_option
		kubernetes_service_link state_event annotations`)
	return names
}

// inProduct gives a handler the product of the path.
func inProduct(h func(*call, *product) answer) handler {
	return func(c *call) answer {
		p, found := c.product(c.id("service_id"))
		if !found {
			return notFound()
		}
		return h(c, p)
	}
}

// live says whether a product is there and not deleted.
func (t *tenant) live(id int64) bool {
	p, found := t.Products.get(id)
	return found && p.State != stateDeleted
}

// product finds a product that is not deleted.
func (c *call) product(id int64) (*product, bool) {
	p, found := c.tenant.Products.get(id)
	return p, found && p.State != stateDeleted
}

func listProducts(c *call) answer {
	return paged(c, "services", c.tenant.liveProducts(), limits500(), showProduct)
}

func getProduct(c *call, p *product) answer { return ok(showProduct(c, p)) }

func createProduct(c *call) answer {
	in, wrong := c.required("service", productAttributes()...)
	if wrong != nil {
		return *wrong
	}
	p := &product{State: "incomplete", DeploymentOption: ptr("hosted"), PlanPermission: ptr("request")}
	for i, f := range productFlags() {
		p.Flags[i] = ptr(f.initial)
	}
	version := ptr("1")
	var errs problems
	p.assign(in, &errs, &version)
	p.SystemName = *systemName(&errs, "service", castText(in["system_name"]), p.Name, c.tenant.productNameTaken(""))
	p.validate(&errs, version)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	c.tenant.addProduct(c.server, p, *version, c.now)
	return created(showProduct(c, p))
}

// addProduct stores a new product with all that comes with one.
func (t *tenant) addProduct(s *Server, p *product, version string, at time.Time) {
	next := s.world.next
	p.stamps, p.owner = born(at), owner{Kind: ownerProduct, ID: next("service")}
	p.Metrics = []*metric{hitsMetric(next("metric"), at)}
	pl := newPlan(next("plan"), planService, p.ID, "Default", "default", at)
	pl.State = "published"
	if t.Settings.ServicePlansVisible {
		pl.State = "hidden"
	}
	p.ServicePlans = []*plan{pl}
	t.plans.set(pl.ID, pl)
	p.Proxy = newProxy(next("proxy"), t, p, version, at)
	p.Rules = []*rule{{ID: next("rule"), stamps: born(at), MetricID: p.Metrics[0].ID, Method: "GET", Pattern: "/", Delta: 1, Position: 1}}
	p.Token, p.TokenAt = randomHex(32), at.Add(s.opts.ServiceTokenDelay)
	t.Products.add(p)
	t.names.add(p.SystemName, 1)
}

// assign writes what a request says into a product, without checking it.
func (p *product) assign(in params, errs *problems, version **string) {
	text := in.permit("name", "description", "support_email", "deployment_option", "buyer_plan_change_permission", "txt_support", "terms", "backend_version")
	for name, to := range map[string]**string{
		"name": &p.Name, "description": &p.Description, "support_email": &p.SupportEmail, "deployment_option": &p.DeploymentOption,
		"buyer_plan_change_permission": &p.PlanPermission, "txt_support": &p.TxtSupport, "terms": &p.Terms, "backend_version": version,
	} {
		if v, sent := text[name]; sent {
			*to = castText(v)
		}
	}
	for i, f := range productFlags() {
		if v, sent := in.permit(f.name)[f.name]; sent {
			p.Flags[i] = castBool(v)
		}
	}
	if n, sent := in.sub("notification_settings"); sent {
		p.Notifications = notifications(n)
	}
	if v, sent := in["annotations"]; sent {
		p.Annotations = annotate(errs, p.Annotations, v)
	}
	if event := in.text("state_event"); event != "" {
		p.State = productEvents().fire(errs, p.State, event)
	}
}

// notifications keeps the lists of percentages of notification_settings, as numbers.
func notifications(in params) params {
	out := params{}
	for _, name := range []string{"web_provider", "email_provider", "web_buyer", "email_buyer"} {
		if list, ok := in[name].([]any); ok {
			numbers := []any{}
			for _, v := range list {
				n := int64(0)
				if i := castInt(v); i != nil {
					n = i.Int64()
				}
				numbers = append(numbers, n)
			}
			out[name] = numbers
		}
	}
	return out
}

func (p *product) validate(errs *problems, version *string) {
	errs.inclusion("backend_version", or(version, ""), "1", "2", "oidc")
	if !blank(p.SupportEmail) {
		checkEmail(errs, "support_email", p.SupportEmail)
	}
	errs.presence("name", p.Name)
	for _, f := range []struct {
		name  string
		value *string
	}{{"name", p.Name}, {"buyer_plan_change_permission", p.PlanPermission}, {"system_name", &p.SystemName}, {"support_email", p.SupportEmail}, {"deployment_option", p.DeploymentOption}} {
		errs.maxLength(f.name, f.value, 255)
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{"terms", p.Terms}, {"description", p.Description}, {"txt_support", p.TxtSupport}} {
		errs.maxLength(f.name, f.value, 65535)
	}
	errs.inclusion("deployment_option", or(p.DeploymentOption, ""), deploymentOptions()...)
	errs.presence("deployment_option", p.DeploymentOption)
}

func deploymentOptions() []string {
	return strings.Fields("plugin_ruby plugin_java plugin_python plugin_nodejs plugin_php plugin_rest plugin_csharp hosted self_managed service_mesh_istio")
}

func updateProduct(c *call, p *product) answer {
	in, wrong := c.required("service", productAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft, version := *p, ptr(p.Proxy.Authentication)
	var errs problems
	draft.assign(in, &errs, &version)
	if v, sent := in.permit("system_name")["system_name"]; sent {
		draft.SystemName = or(castText(v), "")
		checkSystemName(&errs, castText(v), c.tenant.productNameTaken(p.SystemName))
	}
	draft.validate(&errs, version)
	moved := or(draft.DeploymentOption, "") != or(p.DeploymentOption, "")
	proxied := moved || or(version, "") != p.Proxy.Authentication
	if proxied {
		draft.Proxy = p.Proxy.copied()
		draft.Proxy.Authentication = or(version, "")
		if moved {
			draft.Proxy.setEndpoints(c.tenant, &draft)
		}
		draft.Proxy.validateAs(&errs, "proxy.", &draft)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if proxied {
		if c.overtaken(p) {
			return stale()
		}
		draft.Proxy.changed(c.now)
	}
	shown := draft.SystemName
	draft.SystemName, draft.UpdatedAt = p.SystemName, c.now
	*p = draft
	// The name of an existing product cannot change, yet the answer shows the one that was sent.
	draft.SystemName = shown
	return ok(showProduct(c, &draft))
}

// deleteProduct marks a product as deleted. It goes for good some time later; until
// then its name stays taken and its backends count as used.
func deleteProduct(c *call, p *product) answer {
	if len(c.tenant.liveProducts()) < 2 { // a new tenant has no default product, so the last one is all that is kept
		return forbidden()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	p.State = stateDeleted
	p.PurgeAt = ptr(c.now.Add(c.server.opts.BackendReleaseDelay))
	c.tenant.doom(p.PurgeAt)
	return deleted()
}

// productNameTaken says whether another product, even a deleted one, has a system
// name; own is the name that the product has already.
func (t *tenant) productNameTaken(own string) func(string) bool {
	return func(name string) bool { return name != own && t.names.taken(name) }
}

func showProduct(c *call, p *product) object {
	var o object
	o.put("id", p.ID)
	o.putText("name", p.Name)
	o.put("state", p.State)
	o.put("system_name", p.SystemName)
	o.put("backend_version", p.Proxy.Authentication)
	o.putText("deployment_option", p.DeploymentOption)
	email := p.SupportEmail
	if blank(email) {
		email = ptr(c.tenant.support())
	}
	o.putText("support_email", email)
	o.putText("description", p.Description)
	for i, f := range productFlags() {
		if p.Flags[i] != nil {
			o.put(f.name, *p.Flags[i])
		}
	}
	o.putText("buyer_plan_change_permission", p.PlanPermission)
	if p.Notifications != nil {
		o.put("notification_settings", p.Notifications)
	}
	o.put("annotations", annotations(p.Annotations))
	o.putTimes(c, p.stamps)
	base := fmt.Sprintf("/admin/api/services/%d", p.ID)
	o.putLinks(c, "metrics", base+"/metrics", "self", base, "service_plans", base+"/service_plans", "application_plans", base+"/application_plans", "features", base+"/features")
	return wrap("service", o)
}
