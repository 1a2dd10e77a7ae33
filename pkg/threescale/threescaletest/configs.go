package threescaletest

import (
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"time"
)

// maxConfig is the largest configuration or chain, in bytes.
const maxConfig = 2 << 20

const (
	sandbox    = "sandbox"
	production = "production"
)

// config is a version of a gateway's configuration.
type config struct {
	ID          int64           `json:"id"`
	Version     int64           `json:"version"`
	Environment string          `json:"environment"`
	Content     json.RawMessage `json:"content"`
	// Form tells apart contents that have the same values but were written in another
	// order: porta compares texts, and those of a proxy that was just saved and of one
	// that was just read differ.
	Form    string   `json:"form"`
	Metrics []int64  `json:"metrics"`
	Hosts   []string `json:"hosts"`
	UserID  int64    `json:"user_id"`
}

// deploy makes a new version for the sandbox if its content differs from the one
// that this token's user deployed last. Nothing happens, without a word, while the
// product has no backend or no service token yet.
func (c *call) deploy(p *product, saved bool) {
	made := c.content(p)
	made.Form = "read"
	if saved {
		made.Form = "saved"
	}
	if last := p.latest(sandbox); last != nil && last.Form == made.Form && string(last.Content) == string(made.Content) {
		return
	}
	if p.Token == "" || c.now.Before(p.TokenAt) || len(p.Usages) == 0 && !p.inMesh() || len(made.Content) > maxConfig {
		return
	}
	made.ID, made.Environment, made.Version = c.next("config"), sandbox, 1
	if last := p.latest(sandbox); last != nil {
		made.Version = last.Version + 1
	}
	p.Configs = append(p.Configs, made)
}

// inMesh says whether a product's gateways are those of a service mesh.
func (p *product) inMesh() bool { return or(p.DeploymentOption, "") == "service_mesh_istio" }

// deployAll deploys a product that has gateways: with a plugin in the program that is
// called nothing happens, and with a service mesh, which has no sandbox to try things
// in, the deploy goes on to production. A chain is deployed without asking for that.
func (c *call) deployAll(p *product, saved bool) {
	if option := or(p.DeploymentOption, ""); option != "hosted" && option != "self_managed" && !p.inMesh() {
		return
	}
	c.deploy(p, saved)
	newest := p.latest(sandbox)
	if newest == nil || !p.inMesh() {
		return
	}
	for _, x := range p.Configs {
		if x.Environment == production && x.Version == newest.Version {
			return
		}
	}
	copied := *newest
	copied.ID, copied.Environment = c.next("config"), production
	p.Configs = append(p.Configs, &copied)
}

// latest is the newest version of an environment, nil if there is none.
func (p *product) latest(environment string) *config {
	var newest *config
	for _, x := range p.Configs {
		if x.Environment == environment && (newest == nil || x.Version > newest.Version) {
			newest = x
		}
	}
	return newest
}

// deployed says whether a metric is in the newest configuration of an environment,
// of its product or of any product that uses its backend.
func (t *tenant) deployed(o *owner, metricID int64) bool {
	for _, p := range t.liveProducts() {
		if o.Kind == ownerProduct && p.ID != o.ID || o.Kind == ownerBackend && p.usageOf(o.ID) == nil {
			continue
		}
		for _, e := range []string{sandbox, production} {
			if x := p.latest(e); x != nil && containsID(x.Metrics, metricID) {
				return true
			}
		}
	}
	return false
}

func containsID(list []int64, id int64) bool {
	for _, x := range list {
		if x == id {
			return true
		}
	}
	return false
}

func deployProxy(c *call, p *product) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.deployAll(p, false)
	// Validating makes the ports explicit, which the answer shows; nothing is saved.
	shown := *p
	shown.Proxy = p.Proxy.copied()
	shown.Proxy.addPorts()
	return created(showProxy(c, &shown))
}

// environment reads the environment of the path; staging is another word for sandbox.
func (c *call) environment() (string, bool) {
	switch e := c.args["environment"]; e {
	case sandbox, production:
		return e, true
	case "staging":
		return sandbox, true
	}
	return "", false
}

// inConfigs gives a handler the configurations of a product and environment.
func inConfigs(h func(*call, *product, string, []*config) answer) handler {
	return inProduct(func(c *call, p *product) answer {
		e, known := c.environment()
		if !known {
			return failed(http.StatusBadRequest, "invalid environment")
		}
		return h(c, p, e, without(p.Configs, func(x *config) bool { return x.Environment != e }))
	})
}

func listConfigs(c *call, _ *product, _ string, list []*config) answer {
	return listed(c, "proxy_configs", list, showConfig)
}

func latestConfig(c *call, p *product, e string, _ []*config) answer {
	if x := p.latest(e); x != nil {
		return ok(showConfig(c, x))
	}
	return notFound()
}

// version finds the version of the path.
func (c *call) version(list []*config) *config {
	for _, x := range list {
		if strconv.FormatInt(x.Version, 10) == c.args["version"] {
			return x
		}
	}
	return nil
}

func getConfig(c *call, _ *product, _ string, list []*config) answer {
	if x := c.version(list); x != nil {
		return ok(showConfig(c, x))
	}
	return notFound()
}

// promoteConfig copies a version to another environment, under its number.
func promoteConfig(c *call, p *product, _ string, list []*config) answer {
	to := c.params()["to"]
	if rubyBlank(to) {
		return required("to")
	}
	x := c.version(list)
	if x == nil {
		return notFound()
	}
	target := or(castText(to), "")
	var errs problems
	for _, y := range p.Configs {
		if y.Environment == target && y.Version == x.Version {
			errs.add("version", msgTaken)
		}
	}
	errs.inclusion("environment", target, sandbox, production)
	if p.Token == "" || c.now.Before(p.TokenAt) {
		errs.add("service_token", "is not created yet")
	}
	if len(p.Usages) == 0 && !p.inMesh() {
		errs.add("api_backend", "is missing")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	copied := *x
	copied.ID, copied.Environment = c.next("config"), target
	p.Configs = append(p.Configs, &copied)
	return created(showConfig(c, &copied))
}

// current are the newest configurations of all products in an environment.
func (t *tenant) current(environment string) []*config {
	var out []*config
	for _, p := range t.liveProducts() {
		if x := p.latest(environment); x != nil {
			out = append(out, x)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// configsByHost lists the newest configurations that serve a host.
func configsByHost(c *call) answer {
	e, known := c.environment()
	if !known {
		return failed(http.StatusBadRequest, "invalid environment")
	}
	host := c.params().text("host")
	if host == "" {
		return required("host")
	}
	return listed(c, "proxy_configs", serving(c.tenant.current(e), host), showConfig)
}

func serving(list []*config, host string) []*config {
	return without(list, func(x *config) bool { return !contains(x.Hosts, host) })
}

// accountConfigs lists the configurations of all products of the tenant.
func accountConfigs(c *call) answer {
	e, known := c.environment()
	if !known {
		return failed(http.StatusUnprocessableEntity, "invalid environment")
	}
	q := c.params()
	list := c.tenant.current(e)
	if v := q.text("version"); v != "latest" {
		list = nil
		for _, p := range c.tenant.liveProducts() {
			list = append(list, without(p.Configs, func(x *config) bool {
				return x.Environment != e || q.has("version") && strconv.FormatInt(x.Version, 10) != v
			})...)
		}
		sort.Slice(list, func(i, j int) bool { return list[i].ID < list[j].ID })
	}
	if h := q.text("host"); h != "" {
		list = serving(list, h)
	}
	return paged(c, "proxy_configs", list, limits500(), showConfig)
}

func showConfig(_ *call, x *config) object {
	return wrap("proxy_config", object{{"id", x.ID}, {"version", x.Version}, {"environment", x.Environment}, {"content", x.Content}})
}

// plainTime writes a time as Rails' as_json does.
func plainTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
