package threescaletest

import (
	"fmt"
	"sort"
	"strings"
)

// content is what a gateway is told about a product: the product's own attributes,
// its proxy, its chain and all mapping rules, the backends' with their paths.
func (c *call) content(p *product) *config {
	made := &config{}
	rules := c.contentRules(p)
	for _, r := range rules {
		made.Metrics = append(made.Metrics, r.metricID)
	}
	made.Hosts = p.hosts()
	shown := make([]object, 0, len(rules))
	for _, r := range rules {
		shown = append(shown, r.object)
	}
	var o object
	o.put("id", p.ID)
	o.put("account_id", c.tenant.ID)
	o.putNull("name", p.Name)
	o.putNull("description", p.Description)
	o.putNull("txt_support", p.TxtSupport)
	o.put("created_at", plainTime(p.CreatedAt))
	o.put("updated_at", plainTime(p.UpdatedAt))
	for _, name := range []string{"logo_file_name", "logo_content_type", "logo_file_size"} {
		o.putNull(name, nil)
	}
	o.put("state", p.State)
	for i, f := range productFlags() {
		o.putNull(f.name, p.Flags[i])
	}
	o.putNull("terms", p.Terms)
	o.putNull("buyer_plan_change_permission", p.PlanPermission)
	o.putNull("notification_settings", p.Notifications)
	o.putNull("default_application_plan_id", idOrNull(p.DefaultAppPlan))
	o.putNull("default_service_plan_id", idOrNull(p.DefaultServicePlan))
	o.put("tenant_id", c.tenant.ID)
	o.put("system_name", p.SystemName)
	o.put("backend_version", p.Proxy.serviceVersion())
	o.putNull("support_email", ptr(or(p.SupportEmail, c.tenant.support())))
	o.putNull("deployment_option", p.DeploymentOption)
	o.putNull("kubernetes_service_link", nil)
	o.put("proxiable?", true)
	o.put("backend_authentication_type", "service_token")
	o.put("backend_authentication_value", p.Token)
	o.put("proxy", c.contentProxy(p, shown))
	made.Content = mustJSON(o)
	return made
}

// serviceVersion is the column of the product: OpenID Connect is "oauth" there.
func (x proxy) serviceVersion() string {
	if x.Authentication == "oidc" {
		return "oauth"
	}
	return x.Authentication
}

func idOrNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func (c *call) contentProxy(p *product, rules []object) object {
	x := p.Proxy
	o := object{{"id", x.ID}, {"tenant_id", c.tenant.ID}, {"service_id", p.ID}, {"deployed_at", nil}, {"created_at", plainTime(x.CreatedAt)}, {"updated_at", plainTime(x.UpdatedAt)}}
	names := make([]string, 0, len(x.Text))
	for name := range proxyTexts() {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		o.putNull(name, x.Text[name])
	}
	for _, name := range []string{"auth_failed", "auth_missing", "limits_exceeded", "no_match"} {
		o.put("error_status_"+name, x.Status["error_status_"+name])
	}
	o.putNull("api_test_success", nil)
	o.put("apicast_configuration_driven", true)
	o.put("lock_version", x.LockVersion)
	o.put("authentication_method", x.Authentication)
	staging, _ := parseURI(or(x.Text["sandbox_endpoint"], ""))
	public, _ := parseURI(or(x.Text["endpoint"], ""))
	o.putNull("staging_domain", textOrNull(staging.host))
	o.putNull("production_domain", textOrNull(public.host))
	o.put("hostname_rewrite_for_sandbox", c.rewriteForSandbox(p))
	o.put("endpoint_port", endpointPort(public))
	address := c.tenant.apiBackend(p)
	if p.hasSubpaths() {
		address = nil
	}
	o.putNull("api_backend", address)
	o.put("valid?", true)
	o.put("service_backend_version", x.serviceVersion())
	o.put("hosts", p.hosts())
	o.put("backend", object{{"endpoint", "https://backend." + c.server.opts.Host}, {"host", "backend." + c.server.opts.Host}})
	o.put("policy_chain", c.contentChain(p))
	o.put("proxy_rules", rules)
	return o
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func endpointPort(u uri) int64 {
	if n := castID(u.port); n != 0 {
		return n
	}
	return 80
}

func (c *call) rewriteForSandbox(p *product) string {
	if r := p.Proxy.Text["hostname_rewrite"]; !blank(r) {
		return *r
	}
	if address, isText := c.tenant.apiBackend(p).(string); isText {
		u, _ := parseURI(address)
		return u.host
	}
	return "none"
}

// hosts are the host names of the two public addresses.
func (p *product) hosts() []string {
	out := []string{}
	for _, name := range []string{"endpoint", "sandbox_endpoint"} {
		u, _ := parseURI(or(p.Proxy.Text[name], ""))
		if u.host != "" && !contains(out, u.host) {
			out = append(out, u.host)
		}
	}
	return out
}

func (p *product) hasSubpaths() bool {
	for _, u := range p.Usages {
		if u.Path != "/" {
			return true
		}
	}
	return false
}

// contentChain are the enabled policies. With a backend at a path there is a routing
// policy before apicast that the user never sees; routing policies that the user put
// into the chain are merged into it.
func (c *call) contentChain(p *product) []object {
	var chain []object
	var rules []any
	merge := p.hasSubpaths()
	for _, i := range p.Proxy.Chain {
		if rubyBlank(i.Enabled) {
			continue
		}
		if merge && i.Name == "routing" {
			if conf, isObject := i.Configuration.(params); isObject {
				own, _ := conf["rules"].([]any)
				rules = append(rules, own...)
			}
			continue
		}
		i.Enabled = nil
		chain = append(chain, i.fields())
	}
	if !merge {
		return chain
	}
	routing := object{{"name", "routing"}, {"version", "builtin"}, {"enabled", true}, {"configuration", wrap("rules", append(c.routes(p), rules...))}}
	for i, o := range chain {
		if o[0].value == "apicast" {
			return append(chain[:i:i], append([]object{routing}, chain[i:]...)...)
		}
	}
	return append(chain, routing)
}

// routes are the rules of the routing policy, the longest path first.
func (c *call) routes(p *product) []any {
	usages := append([]*usage(nil), p.Usages...)
	sort.SliceStable(usages, func(i, j int) bool { return usages[i].Path > usages[j].Path })
	var out []any
	for _, u := range usages {
		b, found := c.tenant.Backends.get(u.BackendID)
		if !found || blank(b.PrivateEndpoint) {
			continue
		}
		path := strings.TrimSuffix(u.Path, "/")
		op := object{{"match", "path"}, {"op", "matches"}, {"value", fmt.Sprintf("^(%s/.*|%s/?)", path, path)}}
		if path == "" {
			op = object{{"match", "path"}, {"op", "matches"}, {"value", "^(/.*)"}}
		}
		r := object{{"url", *b.PrivateEndpoint}, {"owner_id", b.ID}, {"owner_type", "BackendApi"}, {"condition", wrap("operations", []object{op})}}
		if path != "" {
			r.put("replace_path", "{{uri | remove_first: '"+path+"'}}")
		}
		out = append(out, r)
	}
	return out
}

// contentRule is a mapping rule as a gateway gets it.
type contentRule struct {
	metricID int64
	object   object
}

// contentRules are the product's rules, then those of each backend with its path in
// front.
func (c *call) contentRules(p *product) []contentRule {
	var out []contentRule
	for _, r := range p.ordered() {
		out = append(out, c.contentRule(&p.owner, r, "", p.Proxy.ID, "Proxy"))
	}
	for _, u := range p.Usages {
		if b, found := c.tenant.Backends.get(u.BackendID); found {
			for _, r := range b.ordered() {
				out = append(out, c.contentRule(&b.owner, r, strings.TrimSuffix(u.Path, "/"), b.ID, "BackendApi"))
			}
		}
	}
	return out
}

func (c *call) contentRule(o *owner, r *rule, prefix string, ownerID int64, ownerType string) contentRule {
	pattern := prefix + r.Pattern
	var name any
	if m, found := o.metric(r.MetricID); found {
		name = m.SystemName
	}
	path, _, _ := strings.Cut(pattern, "?")
	names := variables(path)
	if names == nil {
		names = []string{}
	}
	var proxyID, tenantID any
	// porta shows a backend's rules through a decorator, which writes this one time for people.
	updated := r.UpdatedAt.In(c.tenant.zone()).Format("January 02, 2006 15:04")
	if ownerType == "Proxy" {
		proxyID, tenantID, updated = ownerID, c.tenant.ID, plainTime(r.UpdatedAt)
	}
	return contentRule{r.MetricID, object{
		{"id", r.ID}, {"proxy_id", proxyID}, {"http_method", r.Method}, {"pattern", pattern}, {"metric_id", r.MetricID}, {"metric_system_name", name},
		{"delta", r.Delta}, {"tenant_id", tenantID}, {"created_at", plainTime(r.CreatedAt)}, {"updated_at", updated}, {"redirect_url", nil},
		{"position", r.Position}, {"last", r.Last}, {"owner_id", ownerID}, {"owner_type", ownerType}, {"parameters", names}, {"querystring_parameters", queryParameters(pattern)},
	}}
}
