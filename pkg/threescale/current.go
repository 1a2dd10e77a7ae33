package threescale

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// isCurrent compares staging's configuration with the product as it stands, as far as the document has a key for it. A
// run that was broken off before its deploy is found by this, and so is somebody else's change that was never deployed.
func (r *reader) isCurrent(ctx context.Context, product *plan.Object, c *configJSON) (bool, error) {
	view := c.view()
	for _, same := range []func(context.Context, *plan.Object, *configJSON, gatewayView) (bool, error){r.sameProxy, r.sameOwnRules, r.sameBackends} {
		if ok, err := same(ctx, product, c, view); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// sameProxy compares the way to authenticate, the chain and the attributes of the proxy.
func (r *reader) sameProxy(ctx context.Context, product *plan.Object, _ *configJSON, deployed gatewayView) (bool, error) {
	p, err := proxyOf(ctx, r, r.s, product.Address)
	if err != nil {
		return false, err
	}
	chain := gatewayChain(p.Policies, len(deployed.routes) > 0)
	return word(authentications(), deployed.method) == product.Fields[fieldAuthentication] && sameList(deployed.chain, chain) && sameFields(deployed.fields, p.fields()), nil
}

func (r *reader) sameOwnRules(ctx context.Context, product *plan.Object, _ *configJSON, deployed gatewayView) (bool, error) {
	if !r.wanted[product.Address][kindRules] {
		return true, nil
	}
	rules, err := rulesKind{}.read(ctx, r, product)
	if err != nil {
		return false, err
	}
	own, _ := rules[0].Fields["rule"].(plan.List)
	return sameList(deployed.own, own), nil
}

// sameBackends compares which backends there are, where they are, and their rules.
func (r *reader) sameBackends(ctx context.Context, product *plan.Object, c *configJSON, _ gatewayView) (bool, error) {
	if !r.wanted[product.Address][kindUsages] {
		return true, nil
	}
	usages, err := usagesOf(ctx, r, r.s, product.Address)
	if err != nil {
		return false, err
	}
	backends, err := r.backends(ctx)
	if err != nil {
		return false, err
	}
	routes, rules := c.routes(), c.backendRules()
	for _, u := range usages {
		b := backends[u.BackendID]
		if !c.leadsTo(b, u, routes) {
			return false, nil
		}
		if ok, err := r.sameBackendRules(ctx, b, u, rules[u.BackendID]); err != nil || !ok {
			return false, err
		}
		delete(rules, u.BackendID)
	}
	return len(rules) == 0, nil
}

// leadsTo tells whether the gateway sends the usage's requests to where the backend is: with one backend at /, as the
// API's own address, otherwise by a route.
func (c *configJSON) leadsTo(b backendJSON, u usageJSON, routes map[int64]route) bool {
	if b.PrivateEndpoint == "" {
		return true // 3scale makes no route for it
	}
	if address := text(c.Content.Proxy.APIBackend); address != "" || len(routes) == 0 {
		return u.Path == "/" && maas.WithPort(address) == maas.WithPort(b.PrivateEndpoint)
	}
	way, ok := routes[u.BackendID]
	return ok && maas.WithPort(way.URL) == maas.WithPort(b.PrivateEndpoint) && way.has(u.Path)
}

func (r *reader) sameBackendRules(ctx context.Context, b backendJSON, u usageJSON, deployed plan.List) (bool, error) {
	at := backendAt(b.SystemName)
	if !r.wanted[at][kindRules] {
		return true, nil
	}
	r.s.learn(at, b.ID) // products are read beside backends
	found, err := rulesKind{}.read(ctx, r, &plan.Object{Address: at})
	if err != nil {
		return false, err
	}
	own, _ := found[0].Fields["rule"].(plan.List)
	var want plan.List
	for _, item := range own {
		verb, pattern, _ := strings.Cut(item.Label, " ")
		want = append(want, plan.Item{Label: verb + " " + strings.TrimSuffix(u.Path, "/") + pattern, Value: item.Value})
	}
	return sameList(deployed, want), nil
}

// backendRules are the rules of each backend in a configuration, by the backend's number.
func (c *configJSON) backendRules() map[int64]plan.List {
	out := map[int64]plan.List{}
	for _, r := range c.Content.Proxy.ProxyRules {
		if r.OwnerType == ownerBackend {
			name := metricJSON{SystemName: r.MetricSystemName}.key(r.OwnerID)
			out[r.OwnerID] = append(out[r.OwnerID], ruleItem(r.HTTPMethod, r.Pattern, name, r.Delta, r.Last))
		}
	}
	return out
}

// route is one rule of the policy routing that 3scale puts in where a backend isn't at /.
type route struct {
	URL       string `json:"url"`
	OwnerID   int64  `json:"owner_id"`
	OwnerType string `json:"owner_type"`
	Condition struct {
		Operations []struct {
			Value string `json:"value"` // ^(/path/.*|/path/?), or ^(/.*) of /
		} `json:"operations"`
	} `json:"condition"`
}

// has tells whether requests below the path take this route.
func (w route) has(path string) bool {
	prefix := "^(" + strings.TrimSuffix(path, "/") + "/"
	for _, o := range w.Condition.Operations {
		if strings.HasPrefix(o.Value, prefix) {
			return true
		}
	}
	return false
}

// same tells whether a gateway would notice a difference.
func (v gatewayView) same(o gatewayView) bool {
	return v.method == o.method && sameList(v.chain, o.chain) && sameList(v.rules, o.rules) && sameFields(v.fields, o.fields) &&
		reflect.DeepEqual(v.routes, o.routes)
}

func sameList(a, b plan.List) bool {
	return slices.EqualFunc(a, b, func(x, y plan.Item) bool { return x.Label == y.Label && plan.Equal(x.Value, y.Value) })
}

// sameFields compares what both have: proxy.json shows less than a configuration.
func sameFields(a, b plan.Fields) bool {
	for name, v := range a {
		if o, ok := b[name]; ok && !plan.Equal(v, o) {
			return false
		}
	}
	return true
}
