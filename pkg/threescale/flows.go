package threescale

import (
	"context"
	"net/http"
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// flowsKind are the OpenID Connect flows that applications of a product may use (proxy/oidc_configuration).
type flowsKind struct{}

func (flowsKind) info() plan.Kind { return plan.Kind{Name: kindFlows, Part: true} }

// flowFields are 3scale's fields by the document's word for a flow.
func flowFields() map[string]string {
	return map[string]string{
		"standard": "standard_flow_enabled", "implicit": "implicit_flow_enabled",
		"serviceAccounts": "service_accounts_enabled", "directAccessGrants": "direct_access_grants_enabled",
	}
}

func flowsAtBirth(product *plan.Object) *plan.Object {
	return product.Child(kindFlows, "", flowsOf([]string{"standard"}))
}

func flowsOf(flows []string) plan.Fields {
	out := plan.Fields{}
	for flow := range flowFields() {
		out[flow] = slices.Contains(flows, flow)
	}
	return out
}

func (w *wants) flows(product *plan.Object, p *maas.Product, path []string) {
	if p.Authentication == nil || p.Authentication.OIDC == nil || p.Authentication.OIDC.Flows == nil {
		return
	}
	w.add(product.Child(kindFlows, "", flowsOf(p.Authentication.OIDC.Flows)), maas.Meta{}, append(path, "authentication", "oidc", "flows")...)
}

func (flowsKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.owner(parent.Address)
	if err != nil {
		return nil, err
	}
	flows, err := one[struct {
		Standard       bool `json:"standard_flow_enabled"`
		Implicit       bool `json:"implicit_flow_enabled"`
		ServiceAccount bool `json:"service_accounts_enabled"`
		DirectAccess   bool `json:"direct_access_grants_enabled"`
	}](ctx, r, base+"/proxy/oidc_configuration.json")
	if err != nil {
		return nil, err
	}
	return []*plan.Object{parent.Child(kindFlows, "", plan.Fields{
		"standard": flows.Standard, "implicit": flows.Implicit, "serviceAccounts": flows.ServiceAccount, "directAccessGrants": flows.DirectAccess,
	})}, nil
}

func (flowsKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	flows := map[string]any{}
	for flow, field := range flowFields() {
		flows[field] = c.Desired.Fields[flow]
	}
	body := map[string]any{"oidc_configuration": flows}
	return s.api.do(ctx, http.MethodPatch, base+"/proxy/oidc_configuration.json", body, nil)
}

func (flowsKind) remove(context.Context, *Session, *change) error { return errPart(kindFlows) }
