package threescale

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// policiesKind is a product's policy chain. 3scale takes it as a whole only; writing it deploys to staging.
type policiesKind struct{}

func (policiesKind) info() plan.Kind { return plan.Kind{Name: kindPolicies, Part: true} }

const (
	builtin       = "builtin"
	apicastPolicy = "apicast"
)

func policiesAtBirth(product *plan.Object) *plan.Object {
	return product.Child(kindPolicies, "", plan.Fields{"policy": plan.List{policyItem(apicastPolicy, builtin, true, map[string]any{})}})
}

// policyItem is a policy as an element of a chain. In its label the version stands only where it isn't builtin.
func policyItem(name, version string, enabled bool, configuration any) plan.Item {
	label := name
	if version != builtin {
		label += " " + version
	}
	return plan.Item{Label: label, Value: map[string]any{"configuration": configuration, "enabled": enabled}}
}

func (w *wants) policies(product *plan.Object, p *maas.Product, path []string) {
	if p.Policies == nil {
		return
	}
	chain := plan.List{}
	for _, q := range p.Policies {
		configuration, _ := plan.Normal(q.Configuration).(map[string]any)
		if configuration == nil {
			configuration = map[string]any{}
		}
		chain = append(chain, policyItem(q.Name, cmp.Or(q.Version, builtin), q.Enabled == nil || *q.Enabled, configuration))
	}
	w.add(product.Child(kindPolicies, "", plan.Fields{"policy": chain}), maas.Meta{}, append(path, "policies")...)
}

func (policiesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	p, err := proxyOf(ctx, r, r.s, parent.Address)
	if err != nil {
		return nil, err
	}
	return []*plan.Object{parent.Child(kindPolicies, "", plan.Fields{"policy": chainOf(p.Policies)})}, nil
}

func chainOf(policies []policyJSON) plan.List {
	chain := plan.List{}
	for _, q := range policies {
		chain = append(chain, policyItem(q.Name, q.Version, q.Enabled != nil && *q.Enabled, configurationOf(q.Configuration)))
	}
	return chain
}

// configurationOf reads a policy's configuration; where there is none, it is {}.
func configurationOf(raw json.RawMessage) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || v == nil {
		return map[string]any{}
	}
	return plan.Normal(v)
}

func (policiesKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	chain := []map[string]any{}
	for _, i := range c.Desired.Fields["policy"].(plan.List) {
		name, version, _ := strings.Cut(i.Label, " ")
		v := i.Value.(map[string]any)
		chain = append(chain, map[string]any{
			"name": name, "version": cmp.Or(version, builtin), "configuration": v["configuration"], "enabled": v["enabled"],
		})
	}
	return s.api.do(ctx, http.MethodPut, base+"/proxy/policies.json", map[string]any{"policies_config": chain}, nil)
}

func (policiesKind) remove(context.Context, *Session, *change) error { return errPart(kindPolicies) }
