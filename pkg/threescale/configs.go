package threescale

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/plan"
)

// configJSON is one version of what a gateway gets.
type configJSON struct {
	Version int64 `json:"version"`
	Content struct {
		ID               int64  `json:"id"` // of the product
		DeploymentOption string `json:"deployment_option"`
		UpdatedAt        string `json:"updated_at"`
		Proxy            struct {
			proxyJSON
			UpdatedAt            string           `json:"updated_at"`
			AuthenticationMethod string           `json:"authentication_method"`
			APIBackend           *string          `json:"api_backend"`
			PolicyChain          []policyJSON     `json:"policy_chain"`
			ProxyRules           []configRuleJSON `json:"proxy_rules"`
		} `json:"proxy"`
	} `json:"content"`
}

type configRuleJSON struct {
	ruleJSON
	MetricSystemName string `json:"metric_system_name"`
	OwnerID          int64  `json:"owner_id"`
	OwnerType        string `json:"owner_type"`
}

const ownerBackend = "BackendApi"

// latestOf is the latest configuration of a product in one environment, out of one list for the whole tenant; nil where
// there is none.
func latestOf(ctx context.Context, r *reader, environment string, product int64) (*configJSON, error) {
	all, err := keep(r, "configurations of "+environment, func() (map[int64]*configJSON, error) {
		found, err := pages[configJSON](ctx, r, "/admin/api/account/proxy_configs/"+environment+".json?version=latest")
		byProduct := map[int64]*configJSON{}
		for i, c := range found {
			byProduct[c.Content.ID] = &found[i]
		}
		return byProduct, err
	})
	return all[product], err
}

// gatewayView is what of a configuration matters to a gateway, without what only the database knows.
type gatewayView struct {
	fields plan.Fields
	method string
	chain  plan.List
	rules  plan.List // all, those of backends too
	own    plan.List // the product's own
	routes map[int64]route
}

func (c *configJSON) view() gatewayView {
	v := gatewayView{fields: c.Content.Proxy.fields(), method: c.Content.Proxy.AuthenticationMethod, routes: c.routes()}
	v.fields["apiBackend"] = text(c.Content.Proxy.APIBackend)
	way := word(authentications(), v.method)
	maps.DeleteFunc(v.fields, func(name string, _ any) bool { return otherWay(name, way) })
	v.chain = gatewayChain(c.Content.Proxy.PolicyChain, len(v.routes) > 0)
	for _, r := range c.Content.Proxy.ProxyRules {
		name := metricJSON{SystemName: r.MetricSystemName}.key(r.OwnerID)
		item := ruleItem(r.HTTPMethod, r.Pattern, name, r.Delta, r.Last)
		v.rules = append(v.rules, item)
		if r.OwnerType != ownerBackend {
			v.own = append(v.own, ruleItem(r.HTTPMethod, r.Pattern, r.MetricSystemName, r.Delta, r.Last))
		}
	}
	return v
}

// routes are where the policy routing sends requests, by the number of the backend.
func (c *configJSON) routes() map[int64]route {
	out := map[int64]route{}
	for _, p := range c.Content.Proxy.PolicyChain {
		var routing struct {
			Rules []route `json:"rules"`
		}
		if !p.isRouting() || json.Unmarshal(p.Configuration, &routing) != nil {
			continue
		}
		for _, way := range routing.Rules {
			if way.OwnerType == ownerBackend {
				out[way.OwnerID] = way
			}
		}
	}
	return out
}

// isRouting tells the policy that 3scale puts in where a backend isn't at /; one of the document's own melts into it.
func (p policyJSON) isRouting() bool { return p.Name == "routing" && p.Version == builtin }

// gatewayChain is what gateways act on of a chain: what is switched on. With backends at paths, the policies routing melt into
// one, right before apicast, which also has 3scale's own rules; those are no part of it.
func gatewayChain(policies []policyJSON, melts bool) plan.List {
	enabled := true
	var on []policyJSON
	for _, p := range policies {
		if p.Enabled == nil || *p.Enabled { // a deployed one doesn't say it
			p.Enabled = &enabled
			on = append(on, p)
		}
	}
	if melts {
		return melted(chainOf(on))
	}
	return chainOf(on)
}

const (
	routingPolicy = "routing"
	routingRules  = "rules"
)

// melted is a chain whose policies routing have become one.
func melted(chain plan.List) plan.List {
	out, own, at := plan.List{}, []any{}, -1
	for _, p := range chain {
		if name, _, _ := strings.Cut(p.Label, " "); name == routingPolicy {
			own = append(own, ownRoutes(p)...)
			continue
		}
		if p.Label == apicastPolicy && at < 0 {
			at = len(out)
		}
		out = append(out, p)
	}
	if len(own) == 0 {
		return out
	}
	if at < 0 {
		at = len(out)
	}
	return slices.Insert(out, at, policyItem(routingPolicy, builtin, true, map[string]any{routingRules: own}))
}

// ownRoutes are the rules of a policy routing that 3scale hasn't put there.
func ownRoutes(p plan.Item) []any {
	value, _ := p.Value.(map[string]any)
	configuration, _ := value["configuration"].(map[string]any)
	rules, _ := configuration[routingRules].([]any)
	var own []any
	for _, r := range rules {
		if rule, _ := r.(map[string]any); rule["owner_type"] != ownerBackend {
			own = append(own, r)
		}
	}
	return own
}

// refs are the metrics and methods that a configuration counts on: 3scale refuses to delete them while it is the latest.
func (c *configJSON) refs(product plan.Address, backends map[int64]string) []plan.Address {
	var out []plan.Address
	for _, r := range c.Content.Proxy.ProxyRules {
		owner, name := product, r.MetricSystemName
		if r.OwnerType == ownerBackend {
			owner = backendAt(backends[r.OwnerID])
			name = strings.TrimSuffix(name, "."+strconv.FormatInt(r.OwnerID, 10))
		}
		for _, kind := range []string{kindMetric, kindMethod} { // the configuration doesn't say which
			if a := owner.Child(kind, name); !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}
