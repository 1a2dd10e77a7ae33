package threescale

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const productsPath = "/admin/api/services"

// productKind are the products (services).
type productKind struct{}

func (productKind) info() plan.Kind {
	return plan.Kind{Name: kindProduct, Born: bornBelowProduct, KeepOne: true, Marks: true}
}

// bornBelowProduct is what 3scale gives each new product.
func bornBelowProduct(p *plan.Object) []*plan.Object {
	return []*plan.Object{
		hits(p), rulesAtBirth(p), policiesAtBirth(p), flowsAtBirth(p), servicePlanAtBirth(p),
		p.Child(kindUsages, "", plan.Fields{"backend": plan.Set{}}),
	}
}

func productAt(name string) plan.Address { return plan.Root(System, kindProduct, name) }

// deployments are the document's words for how the gateway is deployed, by the API's.
func deployments() map[string]string {
	return map[string]string{"hosted": "hosted", "self_managed": "selfManaged"}
}

// fieldAuthentication is how the gateway authenticates: a field of the product, beside what the proxy has of it.
const fieldAuthentication = "authentication"

// word is the document's word for a value of the API, or the value where it has none for it.
func word(words map[string]string, value string) string {
	return cmp.Or(words[value], value)
}

// valueOf is the API's value for a word of the document.
func valueOf(words map[string]string, said any) any {
	for value, w := range words {
		if w == said {
			return value
		}
	}
	return said
}

func (w *wants) products() {
	if w.doc.Products == nil {
		return
	}
	w.name(kindProduct, "")
	for _, e := range w.doc.Products {
		w.product(e.Name, e.Value)
	}
}

func (w *wants) product(name string, p *maas.Product) {
	path := []string{"products", name}
	o := plan.New(System, kindProduct, name, said(p.ProductAttributes))
	o.Unread = plan.Fields{}
	for _, hidden := range []string{"txtSupport", "terms"} { // 3scale takes them and never shows them
		if v, ok := o.Fields[hidden]; ok {
			o.Unread[hidden] = v
			delete(o.Fields, hidden)
		}
	}
	if p.Authentication != nil {
		o.Fields[fieldAuthentication] = authenticationOf(p.Authentication)
	}
	w.add(o, p.Meta, path...)
	if p.Absent {
		return
	}
	w.usages(o, p, path)
	w.metrics(o, p.Metrics, p.Methods, path)
	w.rules(o, p.Methods, p.Rules(), p.MappingRules != nil, path)
	w.flows(o, p, path)
	w.policies(o, p, path)
	w.proxy(o, p, path)
	w.features(o, p, path)
	w.plans(o, p, path)
	w.servicePlans(o, p, path)
	w.activeDocs(o, p, path)
	w.deployment(o, p, path)
}

type productJSON struct {
	ID                        int64             `json:"id"`
	SystemName                string            `json:"system_name"`
	Name                      string            `json:"name"`
	Description               *string           `json:"description"`
	SupportEmail              *string           `json:"support_email"`
	DeploymentOption          string            `json:"deployment_option"`
	BackendVersion            string            `json:"backend_version"`
	IntentionsRequired        bool              `json:"intentions_required"`
	BuyersManageApps          bool              `json:"buyers_manage_apps"`
	BuyersManageKeys          bool              `json:"buyers_manage_keys"`
	ReferrerFiltersRequired   bool              `json:"referrer_filters_required"`
	BuyerCanSelectPlan        bool              `json:"buyer_can_select_plan"`
	BuyerPlanChangePermission string            `json:"buyer_plan_change_permission"`
	BuyerKeyRegenerateEnabled bool              `json:"buyer_key_regenerate_enabled"`
	MandatoryAppKey           bool              `json:"mandatory_app_key"`
	CustomKeysEnabled         bool              `json:"custom_keys_enabled"`
	UpdatedAt                 string            `json:"updated_at"`
	Annotations               map[string]string `json:"annotations"`
}

func (p productJSON) fields() plan.Fields {
	return plan.Fields{
		"name": p.Name, "description": text(p.Description), "supportEmail": text(p.SupportEmail),
		"deployment": word(deployments(), p.DeploymentOption), fieldAuthentication: word(authentications(), p.BackendVersion),
		"intentionsRequired": p.IntentionsRequired, "buyersManageApps": p.BuyersManageApps,
		"buyersManageKeys": p.BuyersManageKeys, "referrerFiltersRequired": p.ReferrerFiltersRequired,
		"buyerCanSelectPlan": p.BuyerCanSelectPlan, "buyerPlanChangePermission": p.BuyerPlanChangePermission,
		"buyerKeyRegenerateEnabled": p.BuyerKeyRegenerateEnabled, "mandatoryAppKey": p.MandatoryAppKey,
		"customKeysEnabled": p.CustomKeysEnabled,
	}
}

func (productKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	found, err := pages[productJSON](ctx, r, productsPath+".json")
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, p := range found {
		o := plan.New(System, kindProduct, p.SystemName, p.fields())
		markIn(p.Annotations).put(o)
		if err := r.supportEmail(ctx, o); err != nil {
			return nil, err
		}
		out = append(out, r.found(o, p.ID))
	}
	return out, nil
}

// supportEmail takes the tenant's address for none where the document wants none: a product without one shows that.
func (r *reader) supportEmail(ctx context.Context, product *plan.Object) error {
	d, declared := r.desired[product.Address]
	if !declared || d.Fields["supportEmail"] != "" {
		return nil
	}
	tenant, err := one[providerJSON](ctx, r, providerPath)
	if err == nil && text(tenant.SupportEmail) == product.Fields["supportEmail"] {
		product.Fields["supportEmail"] = ""
	}
	return err
}

func (productKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	annotations, err := s.annotations(c, fields)
	if err != nil {
		return err
	}
	body := params(fields)
	if annotations != nil {
		body["annotations"] = annotations
	}
	for name, words := range map[string]map[string]string{"deployment_option": deployments(), "backend_version": authentications()} {
		if v, ok := body[name]; ok {
			body[name] = valueOf(words, v)
		}
	}
	if c.Live != nil {
		return s.updateProduct(ctx, c, body)
	}
	body["system_name"] = c.Name
	if _, ok := body["name"]; !ok {
		body["name"] = c.Name
	}
	return s.createNamed(ctx, c, productsPath+".json", body, func(ctx context.Context) ([]named, error) {
		return pages[named](ctx, s.api, productsPath+".json")
	})
}

// updateProduct writes a product. A change of the deployment option resets both public addresses, or is refused where the
// new one needs addresses that the old one didn't: those of the document are written again, or before.
func (s *Session) updateProduct(ctx context.Context, c *change, body map[string]any) error {
	err := s.update(ctx, c, productsPath, body)
	if _, changes := body["deployment_option"]; !changes {
		return err
	}
	endpoints := s.declaredEndpoints(c.Address)
	if says(err, http.StatusUnprocessableEntity, textNoEndpoint) {
		if len(endpoints) < 2 {
			return fmt.Errorf("%w; say endpoints.staging and endpoints.production, which a hosted gateway needs", err)
		}
		if err := s.writeEndpoints(ctx, c, endpoints); err != nil {
			return err
		}
		err = s.update(ctx, c, productsPath, body)
	}
	if err != nil || len(endpoints) == 0 {
		return err
	}
	return s.writeEndpoints(ctx, c, endpoints)
}

// declaredEndpoints are the public addresses that the document says, in the API's form.
func (s *Session) declaredEndpoints(product plan.Address) map[string]any {
	out := map[string]any{}
	proxy, said := s.desired[product.Child(kindProxy, "")]
	if !said {
		return out
	}
	for _, name := range []string{fieldProductionEndpoint, fieldStagingEndpoint} {
		if v, ok := proxy.Fields[name]; ok {
			out[attribute(name)] = v
		}
	}
	return out
}

func (s *Session) writeEndpoints(ctx context.Context, c *change, endpoints map[string]any) error {
	path, err := s.owner(c.Address)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPatch, path+"/proxy.json", endpoints, nil)
}

func (productKind) remove(ctx context.Context, s *Session, c *change) error {
	return s.removeAt(ctx, c, productsPath)
}
