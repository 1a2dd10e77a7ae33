package threescale

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// The fields of a gateway's configuration that no other kind has, beside those of a product's rules, chain and proxy.
const (
	fieldBackend        = "backend"
	fieldBackendAddress = "backend address"
	fieldRule           = "rule"
	fieldPolicy         = "policy"
)

// backendRuleField is where the rules of one backend stand, which come with it to each product.
func backendRuleField(backend string) string { return kindBackend + " " + backend + " " + fieldRule }

// configuration puts a configuration into the document's words, without what only the database knows: numbers, times, locks.
func (d *saidOf) configuration(c *configJSON, product string) *Configuration {
	v := c.view()
	out := &Configuration{Version: c.Version, view: v, raw: c, Fields: plan.Fields{}}
	if t, err := time.Parse(time.RFC3339, c.Content.Proxy.UpdatedAt); err == nil {
		out.Changed = t
	}
	way := word(authentications(), v.method)
	for name, value := range v.fields {
		if name != "apiBackend" {
			out.Fields[name] = value
		}
	}
	out.Fields[fieldAuthentication] = way
	out.Fields[fieldRule] = slices.Concat(plan.List{}, v.own)
	out.Fields[fieldPolicy] = d.veiledChain(product, v.chain)
	paths, addresses := plan.Set{}, plan.Set{}
	for name, way := range d.ways(c, product) {
		paths[name], addresses[name] = way.path, way.url
		out.Fields[backendRuleField(name)] = plan.List{}
	}
	out.Fields[fieldBackend], out.Fields[fieldBackendAddress] = paths, addresses
	for id, rules := range c.backendRules() {
		out.Fields[backendRuleField(d.backendName(id))] = rules
	}
	return out
}

// otherWay tells the fields of a way to authenticate that isn't the product's: left over, and without effect.
func otherWay(field, way string) bool {
	rest, ok := strings.CutPrefix(field, fieldAuthentication+".")
	return ok && !strings.HasPrefix(rest, way+".")
}

// wayTo is where requests of a path go.
type wayTo struct{ path, url string }

// ways are where requests go, by the backend's name: by routes, or all to the one backend at /, of which a configuration has
// the address alone.
func (d *saidOf) ways(c *configJSON, product string) map[string]wayTo {
	out := map[string]wayTo{}
	for id, r := range c.routes() {
		out[d.backendName(id)] = wayTo{r.path(), maas.WithPort(r.URL)}
	}
	if address := text(c.Content.Proxy.APIBackend); address != "" && len(out) == 0 {
		out[d.onlyBackend(c, product, maas.WithPort(address))] = wayTo{"/", maas.WithPort(address)}
	}
	return out
}

// backendName is the system name of a backend, which may be gone by now.
func (d *saidOf) backendName(id int64) string {
	if b, ok := d.backends[id]; ok {
		return b.SystemName
	}
	return "(deleted " + strconv.FormatInt(id, 10) + ")"
}

// namelessBackend stands for a backend at / of which no more is known than an address that none has now.
const namelessBackend = "(at /)"

// onlyBackend is the name of the backend at /: whose rules are there, or which has the address, or else which the document
// has there.
func (d *saidOf) onlyBackend(c *configJSON, product, address string) string {
	for id := range c.backendRules() {
		return d.backendName(id) // there are no others
	}
	said := ""
	if o := d.objects[productAt(product).Child(kindUsages, "")]; o != nil {
		for name, path := range o.Fields[fieldBackend].(plan.Set) {
			if path == "/" {
				said = name
			}
		}
	}
	var found []string
	for _, b := range d.backends {
		if maas.WithPort(b.PrivateEndpoint) == address {
			found = append(found, b.SystemName)
		}
	}
	if len(found) == 0 || slices.Contains(found, said) {
		return cmp.Or(said, namelessBackend)
	}
	return slices.Min(found)
}

// path is the path that leads here.
func (w route) path() string {
	for _, o := range w.Condition.Operations {
		if rest, ok := strings.CutPrefix(o.Value, "^("); ok {
			path, _, _ := strings.Cut(rest, "/.*")
			return maas.UsagePath(path)
		}
	}
	return "/"
}

// saidOf is what a document says of gateways, which of it is secret, and which backends there are.
type saidOf struct {
	objects  plan.State
	secrets  []secret.Value
	backends map[int64]backendJSON
}

func (s *Session) said(doc *maas.Document, backends map[int64]backendJSON) *saidOf {
	objects, _, _ := s.Desired(doc, []string{System}) // what a realm hands over is left open
	out := &saidOf{objects: plan.State{}, secrets: doc.Secrets(), backends: backends}
	out.objects.Put(objects...)
	return out
}

// fields are what a product's gateways are to have, as far as the document says it. Where that doesn't say which backends it
// uses, those of staging stay.
func (d *saidOf) fields(product string, staging plan.Fields) plan.Fields {
	at := productAt(product)
	out := plan.Fields{}
	if o := d.objects[at]; o != nil {
		if way, ok := o.Fields[fieldAuthentication]; ok {
			out[fieldAuthentication] = way
		}
	}
	if o := d.objects[at.Child(kindProxy, "")]; o != nil {
		maps.Copy(out, o.Fields)
	}
	if rules, ok := d.rules(at); ok {
		out[fieldRule] = rules
	}
	usages, _ := staging[fieldBackend].(plan.Set)
	if o := d.objects[at.Child(kindUsages, "")]; o != nil {
		usages, _ = o.Fields[fieldBackend].(plan.Set)
		d.way(out, usages)
	}
	if chain, ok := d.chain(at); ok {
		out[fieldPolicy] = deployedChain(chain, usages)
	}
	return out
}

// way adds where requests go, and the rules that come along with each backend. 3scale leads nobody to one without an address.
func (d *saidOf) way(out plan.Fields, usages plan.Set) {
	there := map[string]string{}
	for _, b := range d.backends {
		there[b.SystemName] = maas.WithPort(b.PrivateEndpoint)
	}
	paths, addresses := plan.Set{}, plan.Set{}
	for name, path := range usages {
		b := d.objects[backendAt(name)]
		address := there[name]
		if b != nil {
			if url, ok := b.Fields["url"].(string); ok {
				address = url
			}
			if rules, ok := d.rules(b.Address); ok {
				out[backendRuleField(name)] = below(path, rules)
			}
		}
		if address != "" {
			paths[name], addresses[name] = path, address
		}
	}
	out[fieldBackend], out[fieldBackendAddress] = paths, addresses
}

func (d *saidOf) rules(owner plan.Address) (plan.List, bool) {
	o := d.objects[owner.Child(kindRules, "")]
	if o == nil {
		return nil, false
	}
	rules, ok := o.Fields[fieldRule].(plan.List)
	return rules, ok
}

func (d *saidOf) chain(product plan.Address) (plan.List, bool) {
	o := d.objects[product.Child(kindPolicies, "")]
	if o == nil {
		return nil, false
	}
	chain, ok := o.Fields[fieldPolicy].(plan.List)
	return chain, ok
}

// below are a backend's rules as a product's gateways get them: with the path at which it uses the backend.
func below(path any, rules plan.List) plan.List {
	prefix, _ := path.(string)
	out := plan.List{}
	for _, r := range rules {
		verb, pattern, _ := strings.Cut(r.Label, " ")
		out = append(out, plan.Item{Label: verb + " " + strings.TrimSuffix(prefix, "/") + pattern, Value: r.Value})
	}
	return out
}

// deployedChain is what of a chain gateways get: what is switched on.
func deployedChain(chain plan.List, usages plan.Set) plan.List {
	on := plan.List{}
	for _, p := range chain {
		if v, _ := p.Value.(map[string]any); v["enabled"] == true {
			on = append(on, p)
		}
	}
	for _, path := range usages {
		if path != "/" {
			return melted(on)
		}
	}
	return on
}

// veiledChain is a deployed chain fit to be shown. 3scale knows of no secrets in a chain: the document tells which there are.
func (d *saidOf) veiledChain(product string, chain plan.List) plan.List {
	said, _ := d.chain(productAt(product))
	said = slices.Clone(said)
	out := plan.List{}
	for _, p := range chain {
		var known any
		if i := slices.IndexFunc(said, func(s plan.Item) bool { return s.Label == p.Label }); i >= 0 {
			known = said[i].Value
			said = slices.Delete(said, i, i+1)
		}
		out = append(out, plan.Item{Label: p.Label, Value: d.masked(plan.Veiled("", known, p.Value))})
	}
	return out
}

// masked is a value in which the document's secrets are secrets, wherever they stand.
func (d *saidOf) masked(v any) any {
	switch x := v.(type) {
	case string:
		if slices.ContainsFunc(d.secrets, func(s secret.Value) bool { return holds(x, s.Reveal()) }) {
			return secret.New("", x)
		}
	case map[string]any:
		out := make(map[string]any, len(x))
		for key, inner := range x {
			out[key] = d.masked(inner)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, inner := range x {
			out[i] = d.masked(inner)
		}
		return out
	}
	return v
}

// shortest is how long a secret must be to be looked for inside of other texts: a shorter one would be everywhere.
const shortest = 6

func holds(text, secret string) bool {
	return secret != "" && (text == secret || len(secret) >= shortest && strings.Contains(text, secret))
}
