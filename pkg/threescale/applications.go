package threescale

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// applicationKind are an account's applications, by name: each is access to one product by one plan. Which credentials it
// has depends on the product: a user key, or an id with keys.
type applicationKind struct{}

func (applicationKind) info() plan.Kind {
	return plan.Kind{Name: kindApplication, Frozen: map[string]string{
		fieldProduct: "an application belongs to one product for good; make another application",
		"appId":      "3scale takes the id on create only; make another application",
	}}
}

// fieldKeys are all keys of an application as one secret: the texts in order, a line each.
const fieldKeys = "keys"

// fieldRedirectURL is shown of applications of OpenID Connect products only.
const fieldRedirectURL = "redirectUrl"

func (w *wants) applications(account *plan.Object, a *maas.Account, path []string) {
	if a.Applications != nil {
		w.name(kindApplication, account.Address)
	}
	for _, e := range a.Applications {
		at := append(path[:len(path):len(path)], "applications", e.Name)
		x := e.Value
		product := productAt(x.Product)
		o := account.Child(kindApplication, e.Name, plan.Fields{"name": e.Name})
		if x.Product != "" {
			o.Fields[fieldProduct] = x.Product
			o.Refs = append(o.Refs, product, product.Child(kindServicePlan, defaultServicePlan))
		}
		if x.Plan != "" {
			o.Fields["plan"] = x.Plan
			o.Refs = append(o.Refs, product.Child(kindPlan, x.Plan))
		}
		put(o.Fields, "description", x.Description)
		put(o.Fields, fieldRedirectURL, x.RedirectURL)
		put(o.Fields, fieldState, x.State)
		put(o.Fields, "userKey", x.UserKey)
		put(o.Fields, "appId", x.AppID)
		if x.Keys != nil {
			o.Fields[fieldKeys] = joinKeys(x.Keys)
		}
		o.Was = x.Renamed
		if x.Client != nil {
			w.hand(o, *x.Client, at, "id and secret", map[string]string{"appId": "clientId", fieldKeys: "secret"})
		}
		w.add(o, x.Meta, at...)
	}
}

func joinKeys(keys []secret.Value) secret.Value {
	var texts []string
	for _, k := range keys {
		texts = append(texts, k.Reveal())
	}
	slices.Sort(texts)
	ref := ""
	if len(keys) == 1 {
		ref = keys[0].Ref()
	}
	return secret.New(ref, strings.Join(texts, "\n"))
}

func splitKeys(v any) []string {
	s, _ := v.(secret.Value)
	if s.Reveal() == "" {
		return nil
	}
	return strings.Split(s.Reveal(), "\n")
}

type applicationJSON struct {
	ID            int64   `json:"id"`
	Name          string  `json:"name"`
	Description   *string `json:"description"`
	ServiceID     int64   `json:"service_id"`
	PlanID        int64   `json:"plan_id"`
	State         string  `json:"state"`
	UserKey       string  `json:"user_key"`
	ApplicationID string  `json:"application_id"`
	RedirectURL   *string `json:"redirect_url"`
	ClientID      *string `json:"client_id"` // of OpenID Connect products only
}

type keyJSON struct {
	Value string `json:"value"`
}

func (applicationKind) read(ctx context.Context, r *reader, parent *plan.Object) ([]*plan.Object, error) {
	base, err := r.s.account(parent.Address)
	if err != nil {
		return nil, err
	}
	found, err := list[applicationJSON](ctx, r, base+"/applications.json")
	if err != nil {
		return nil, err
	}
	products, err := r.productNames(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := r.applicationKeys(parent.Address, found)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	for i, a := range found {
		r.s.config.Transport.Redactor.Add(a.UserKey)
		if at := parent.Address.Child(kindApplication, keys[i]); r.guarded[parent.Address] && !(plan.State{parent.Address: parent}).Guarded(at) {
			continue
		}
		o := parent.Child(kindApplication, keys[i], plan.Fields{
			"name": a.Name, "description": text(a.Description), fieldRedirectURL: text(a.RedirectURL), fieldState: a.State,
			"userKey": secret.New("", a.UserKey), "appId": a.ApplicationID,
		})
		if d := r.desired[o.Address]; a.ClientID == nil && d != nil && !r.becomesOIDC(d) { // not shown: what is said counts as done
			o.Fields[fieldRedirectURL] = d.Fields[fieldRedirectURL]
		}
		if i := slices.IndexFunc(products, func(p named) bool { return p.ID == a.ServiceID }); i >= 0 {
			o.Fields[fieldProduct] = products[i].SystemName
			product := productAt(products[i].SystemName)
			if o.Fields["plan"], err = r.planName(ctx, a); err != nil {
				return nil, err
			}
			o.Refs = append(o.Refs, product.Child(kindPlan, fmt.Sprint(o.Fields["plan"])))
		}
		if d := r.desired[o.Address]; d != nil && d.Fields[fieldKeys] != nil {
			if err := r.keys(ctx, o, itemPath(base+"/applications", a.ID, "/keys.json")); err != nil {
				return nil, err
			}
		}
		out = append(out, r.found(o, a.ID))
	}
	return out, nil
}

// becomesOIDC tells whether the document makes an application's product one of OpenID Connect.
func (r *reader) becomesOIDC(application *plan.Object) bool {
	name, _ := application.Fields[fieldProduct].(string)
	p := r.desired[productAt(name)]
	return p != nil && p.Fields[fieldAuthentication] == "oidc"
}

// applicationKeys are the document's keys for an account's applications. Several may have one name, such as those that a
// sign-up makes: then it is that of the document's credentials, or the one of its product.
func (r *reader) applicationKeys(account plan.Address, found []applicationJSON) ([]string, error) {
	ofName := map[string]int{}
	for _, a := range found {
		ofName[a.Name]++
	}
	rows := make([]listed, len(found))
	for i, a := range found {
		rows[i] = listed{name: a.Name, id: a.ID, fits: func(d *plan.Object) int {
			switch {
			case d.Fields[fieldProduct] != nil && !r.isOf(a, d):
				if ofName[a.Name] > 1 {
					return possible - 1
				}
				return possible
			case sameCredentials(a, d):
				return certain
			}
			return likely
		}}
	}
	return r.keysOf(collection{account, kindApplication}, rows)
}

// sameCredentials tells whether an application is known by what the document says: no other of its product has that.
func sameCredentials(a applicationJSON, d *plan.Object) bool {
	key, _ := d.Fields["userKey"].(secret.Value)
	return a.UserKey != "" && key.Known() && key.Reveal() == a.UserKey || a.ApplicationID != "" && d.Fields["appId"] == a.ApplicationID
}

// isOf tells whether an application is for the product that the document says.
func (r *reader) isOf(a applicationJSON, d *plan.Object) bool {
	product, _ := d.Fields[fieldProduct].(string)
	id, err := r.s.id(productAt(product))
	return err == nil && id == a.ServiceID
}

func (r *reader) keys(ctx context.Context, o *plan.Object, path string) error {
	keys, err := list[keyJSON](ctx, r, path)
	if err != nil {
		return err
	}
	var all []secret.Value
	for _, k := range keys {
		r.s.config.Transport.Redactor.Add(k.Value)
		all = append(all, secret.New("", k.Value))
	}
	o.Fields[fieldKeys] = joinKeys(all)
	return nil
}

// planName is the system name of an application's plan: 3scale gives the plan's number only.
func (r *reader) planName(ctx context.Context, a applicationJSON) (string, error) {
	found, err := list[planJSON](ctx, r, itemPath(productsPath, a.ServiceID, "/application_plans.json"))
	for _, p := range found {
		if p.ID == a.PlanID {
			return p.SystemName, nil
		}
	}
	return "", err
}

func (k applicationKind) write(ctx context.Context, s *Session, c *change) error {
	base, err := s.account(c.Parent)
	if err != nil {
		return err
	}
	base += "/applications"
	fields, err := c.changed()
	if err != nil {
		return err
	}
	if c.Live == nil {
		return k.create(ctx, s, c, base, fields)
	}
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	item := itemPath(base, id, "")
	to, moves := fields[fieldState].(string)
	delete(fields, fieldState)
	from, _ := c.Live.Fields[fieldState].(string)
	if moves && to == suspended { // before all else, as a resumption is after it
		if err := s.moveTo(ctx, item, applicationEvents(), from, to); err != nil {
			return err
		}
	}
	if err := k.update(ctx, s, c, base, fields); err != nil || !moves || to == suspended {
		return err
	}
	return s.moveTo(ctx, item, applicationEvents(), from, to)
}

func (applicationKind) update(ctx context.Context, s *Session, c *change, base string, fields plan.Fields) error {
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	if _, ok := fields["plan"]; ok {
		planID, err := s.applicationPlan(ctx, c)
		if err != nil {
			return err
		}
		if err := s.api.do(ctx, http.MethodPut, itemPath(base, id, "/change_plan.json"), map[string]any{"plan_id": planID}, nil); err != nil {
			return err
		}
		delete(fields, "plan")
	}
	if v, ok := fields[fieldKeys]; ok {
		if err := s.changeKeys(ctx, itemPath(base, id, "/keys"), splitKeys(c.Live.Fields[fieldKeys]), splitKeys(v)); err != nil {
			return err
		}
		delete(fields, fieldKeys)
	}
	if len(fields) == 0 {
		return nil
	}
	return s.update(ctx, c, base, params(fields))
}

func (applicationKind) create(ctx context.Context, s *Session, c *change, base string, fields plan.Fields) error {
	planID, err := s.applicationPlan(ctx, c)
	if err != nil {
		return err
	}
	keys := splitKeys(fields[fieldKeys])
	to, moves := fields[fieldState].(string)
	for _, own := range []string{fieldKeys, fieldProduct, "plan", fieldState} {
		delete(fields, own)
	}
	body := params(fields)
	body["plan_id"] = planID
	if id, ok := body["app_id"]; ok {
		body["application_id"] = id
		delete(body, "app_id")
	}
	if len(keys) > 0 {
		body["application_key"] = keys[0]
	}
	var made applicationJSON
	id, err := s.create(ctx, func() (int64, error) {
		var w wrapped[applicationJSON]
		err := s.api.do(ctx, http.MethodPost, base+".json", body, &w)
		made = w.Value
		return made.ID, err
	}, func() (int64, error) {
		found, err := list[applicationJSON](ctx, s.api, base+".json")
		for _, a := range found {
			if a.Name == c.Name && a.PlanID == planID && !s.numbered(c.Parent, kindApplication, a.ID) {
				made = a
				return a.ID, nil
			}
		}
		return 0, err
	})
	if err != nil {
		return err
	}
	c.made(s, id)
	if moves {
		if err := s.moveTo(ctx, itemPath(base, id, ""), applicationEvents(), made.State, to); err != nil {
			return err
		}
	}
	if len(keys) < 2 {
		return nil
	}
	return s.changeKeys(ctx, itemPath(base, id, "/keys"), keys[:1], keys)
}

// changeKeys adds before it takes away, so that there is always one that works, unless 3scale has no room for one more:
// an application of an OpenID Connect product has one key only.
func (s *Session) changeKeys(ctx context.Context, path string, have, want []string) error {
	var add, drop []string
	for _, k := range want {
		if !slices.Contains(have, k) {
			add = append(add, k)
		}
	}
	for _, k := range have {
		if !slices.Contains(want, k) {
			drop = append(drop, k)
		}
	}
	for len(add) > 0 {
		err := s.addKey(ctx, path, add[0])
		if says(err, http.StatusUnprocessableEntity, "Limit reached") && len(drop) > 0 {
			if err := s.delete(ctx, path+"/"+url.PathEscape(drop[0])+".json"); err != nil {
				return keyError(err, "take an old key away")
			}
			drop = drop[1:]
			continue
		}
		if err != nil {
			return keyError(err, "add a key")
		}
		add = add[1:]
	}
	for _, k := range drop {
		if err := s.delete(ctx, path+"/"+url.PathEscape(k)+".json"); err != nil {
			return keyError(err, "take an old key away")
		}
	}
	return nil
}

func (s *Session) addKey(ctx context.Context, path, key string) error {
	_, err := s.create(ctx, func() (int64, error) {
		return 1, s.api.do(ctx, http.MethodPost, path+".json", map[string]any{"key": key}, nil)
	}, func() (int64, error) {
		found, err := list[struct {
			Value string `json:"value"`
		}](ctx, s.api, path+".json")
		for _, k := range found {
			if k.Value == key {
				return 1, err
			}
		}
		return 0, err
	})
	return err
}

// keyError says what was tried, without the request's path: it holds the key.
func keyError(err error, what string) error {
	var e *transport.Error
	if errors.As(err, &e) {
		return &transport.Error{Method: e.Method, Path: "keys", Status: e.Status, Message: what + ": " + e.Message, Body: e.Body}
	}
	var wrong *transport.AnswerError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", what, &transport.AnswerError{Method: wrong.Method, Path: "keys", Want: wrong.Want, Got: wrong.Got})
	}
	return &keylessError{what, err}
}

// keylessError keeps what its cause says to itself.
type keylessError struct {
	what string
	err  error
}

func (e *keylessError) Error() string { return e.what + ": no answer" }
func (e *keylessError) Unwrap() error { return e.err }

// applicationPlan is the number of the plan that the application is to have.
func (s *Session) applicationPlan(ctx context.Context, c *change) (int64, error) {
	product, _ := c.Desired.Fields[fieldProduct].(string)
	name, _ := c.Desired.Fields["plan"].(string)
	at := productAt(product).Child(kindPlan, name)
	if id, err := s.id(at); err == nil {
		return id, nil
	}
	base, err := s.owner(productAt(product))
	if err != nil {
		return 0, err
	}
	id, err := find(ctx, name, func(ctx context.Context) ([]named, error) {
		return list[named](ctx, s.api, base+"/application_plans.json")
	})
	if err == nil && id == 0 {
		err = fmt.Errorf("product %s has no plan %q", product, name)
	}
	return id, err
}

func (applicationKind) remove(ctx context.Context, s *Session, c *change) error {
	base, err := s.account(c.Parent)
	if err != nil {
		return err
	}
	return s.removeAt(ctx, c, base+"/applications")
}
