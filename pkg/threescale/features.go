package threescale

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// featureKind are what a product's plans can offer.
type featureKind struct{}

func (featureKind) info() plan.Kind {
	return plan.Kind{Name: kindFeature, Frozen: map[string]string{"scope": "3scale takes the scope on create only; make a feature of another name"}}
}

// featureScopes are the document's words by the API's, which writes ApplicationPlan and reads application_plan.
func featureScopes() map[string]string {
	return map[string]string{"application_plan": "applicationPlan", "service_plan": "servicePlan", "account_plan": "accountPlan"}
}

func (w *wants) features(product *plan.Object, p *maas.Product, path []string) {
	if p.Features != nil {
		w.name(kindFeature, product.Address)
	}
	for _, e := range p.Features {
		o := product.Child(kindFeature, e.Name, said(*e.Value))
		if e.Value.Scope != "" {
			o.Fields["scope"] = e.Value.Scope
		}
		w.add(o, e.Value.Meta, append(path, "features", e.Name)...)
	}
}

type featureJSON struct {
	ID          int64   `json:"id"`
	SystemName  string  `json:"system_name"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Scope       string  `json:"scope"`
}

func (featureKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.owner(parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := list[featureJSON](ctx, r, base+"/features.json")
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for _, f := range found {
		out = append(out, r.found(parent.Child(kindFeature, f.SystemName, plan.Fields{
			"name": f.Name, "description": text(f.Description), "scope": featureScopes()[f.Scope],
		}), f.ID))
	}
	return out, nil
}

func (featureKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	fields, err := c.changed()
	if err != nil {
		return err
	}
	body := params(fields)
	if c.Live != nil {
		return s.update(ctx, c, base+"/features", body)
	}
	scope, _ := body["scope"].(string)
	scope = cmp.Or(scope, "applicationPlan")
	body["scope"] = strings.ToUpper(scope[:1]) + scope[1:]
	body["system_name"] = c.Name
	if _, ok := body["name"]; !ok {
		body["name"] = c.Name
	}
	return s.createNamed(ctx, c, base+"/features.json", body, func(ctx context.Context) ([]named, error) {
		return list[named](ctx, s.api, base+"/features.json")
	})
}

func (featureKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := s.owner(c.Parent)
	if err != nil {
		return err
	}
	return s.removeAt(ctx, c, base+"/features")
}

// planFeaturesKind are the features that a plan offers.
type planFeaturesKind struct{}

func (planFeaturesKind) info() plan.Kind { return plan.Kind{Name: kindPlanFeatures, Part: true} }

func (w *wants) planFeatures(o *plan.Object, features []string, path []string) {
	if features == nil {
		return
	}
	set := plan.Set{}
	part := o.Child(kindPlanFeatures, "", plan.Fields{"plan feature": set})
	for _, name := range features {
		set[name] = true
		part.Refs = append(part.Refs, o.Parent.Child(kindFeature, name))
	}
	w.add(part, maas.Meta{}, append(path, "features")...)
}

// featuresPath is where the features of an application or service plan are.
func (s *Session) featuresPath(ctx context.Context, parent plan.Address) (string, error) {
	base := plansPath
	if parent.LastKind() == kindServicePlan {
		base = servicePlansPath
		if !s.known(parent) { // made along with its product, in this run
			product := parent.Root()
			if err := s.learnServicePlans(ctx, product, parent.Name()); err != nil {
				return "", err
			}
		}
	}
	id, err := s.id(parent)
	return itemPath(base, id, "/features"), err
}

func (planFeaturesKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	path, err := r.s.featuresPath(ctx, parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := list[featureJSON](ctx, r, path+".json")
	if err != nil {
		return nil, err
	}
	set := plan.Set{}
	o := parent.Child(kindPlanFeatures, "", plan.Fields{"plan feature": set})
	for _, f := range found {
		set[f.SystemName] = true
		address := parent.Parent.Child(kindFeature, f.SystemName)
		r.s.learn(address, f.ID)
		o.Refs = append(o.Refs, address)
	}
	return []*plan.Object{o}, nil
}

func (planFeaturesKind) write(ctx context.Context, s *Session, c *change) error {
	path, err := s.featuresPath(ctx, c.Parent)
	if err != nil {
		return err
	}
	for _, f := range c.Fields {
		id, err := s.featureID(ctx, c, f.Element)
		if err != nil {
			return err
		}
		if f.Action == plan.Remove {
			err = s.delete(ctx, itemPath(path, id, ".json"))
		} else {
			err = s.addFeature(ctx, path, id)
		}
		if err != nil {
			return fmt.Errorf("feature %s: %w", f.Element, err)
		}
	}
	return nil
}

func (s *Session) featureID(ctx context.Context, c *change, name string) (int64, error) {
	at := c.Address.Root().Child(kindFeature, name)
	if id, err := s.id(at); err == nil {
		return id, nil
	}
	base, err := s.owner(c.Address.Root())
	if err != nil {
		return 0, err
	}
	id, err := find(ctx, name, func(ctx context.Context) ([]named, error) { return list[named](ctx, s.api, base+"/features.json") })
	if err == nil && id == 0 {
		err = fmt.Errorf("there is no feature %q", name)
	}
	return id, err
}

// addFeature adds a feature to a plan; 3scale answers 409 for one that is there already.
func (s *Session) addFeature(ctx context.Context, path string, id int64) error {
	_, err := s.create(ctx, func() (int64, error) {
		return id, s.api.do(ctx, http.MethodPost, path+".json", map[string]any{"feature_id": id}, nil)
	}, func() (int64, error) {
		found, err := list[featureJSON](ctx, s.api, path+".json")
		if slices.ContainsFunc(found, func(f featureJSON) bool { return f.ID == id }) {
			return id, err
		}
		return 0, err
	})
	return err
}

func (planFeaturesKind) remove(context.Context, *Session, *change) error {
	return errPart(kindPlanFeatures)
}
