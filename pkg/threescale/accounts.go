package threescale

import (
	"context"
	"fmt"
	"net/http"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

const accountsPath = "/admin/api/accounts"

// accountKind are the developer accounts. They have no system name: the organization's name is their key.
type accountKind struct{}

func (accountKind) info() plan.Kind {
	return plan.Kind{Name: kindAccount, Born: bornBelowAccount, Marks: true}
}

func accountAt(name string) plan.Address { return plan.Root(System, kindAccount, name) }

func (w *wants) accounts() {
	a := w.doc.Accounts
	if a == nil {
		return
	}
	if a.Accounts != nil {
		w.name(kindAccount, "")
	}
	for _, e := range a.Accounts {
		w.account(e.Name, e.Value)
	}
	w.subscriptions(a)
}

func (w *wants) account(name string, a *maas.Account) {
	path := []string{"accounts", name}
	o := plan.New(System, kindAccount, name, plan.Fields{fieldOrganization: name})
	for field, v := range a.Fields {
		o.Fields[fieldsOfTenant+field] = plan.Normal(v)
	}
	put(o.Fields, fieldAccountPlan, a.Plan)
	put(o.Fields, fieldState, a.State)
	o.Was = a.Renamed
	o.Native = &newcomer{user: signingUp(a)}
	w.add(o, a.Meta, path...)
	if a.Absent {
		return
	}
	w.users(o, a, path)
	w.applications(o, a, path)
	w.accountSubscriptions(o, a, path)
}

// fieldAccountPlan is the account plan, by its name.
const fieldAccountPlan = "plan"

type accountJSON struct {
	ID          int64             `json:"id"`
	OrgName     string            `json:"org_name"`
	State       string            `json:"state"`
	Annotations map[string]string `json:"annotations"`
}

// accountRow is an account with all its fields: those that an administrator has defined stand beside the others.
type accountRow struct {
	accountJSON
	fields map[string]any
}

func accountsOf(ctx context.Context, g getter) ([]accountRow, error) {
	found, err := pages[map[string]any](ctx, g, accountsPath+".json")
	var out []accountRow
	for _, f := range found {
		row := accountRow{fields: f}
		row.OrgName, _ = f["org_name"].(string)
		row.State, _ = f["state"].(string)
		row.ID, _ = plan.Normal(f["id"]).(int64)
		row.Annotations = map[string]string{}
		notes, _ := f["annotations"].(map[string]any)
		for k, v := range notes {
			row.Annotations[k], _ = v.(string)
		}
		out = append(out, row)
	}
	return out, err
}

// read makes the objects once: others look at all accounts, too.
func (accountKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	return keep(r, "accounts", func() ([]*plan.Object, error) { return r.accounts(ctx) })
}

func (r *reader) accounts(ctx context.Context) ([]*plan.Object, error) {
	found, err := accountsOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var out []*plan.Object
	keys, err := r.keysOf(collection{kind: kindAccount}, r.accountRows(found))
	if err != nil {
		return nil, err
	}
	for i, a := range found {
		o := plan.New(System, kindAccount, keys[i], plan.Fields{})
		desired := r.desired[o.Address]
		o.Fields[fieldOrganization] = a.OrgName
		if desired != nil {
			for name := range desired.Fields {
				if v, ok := a.fields[attribute(name)]; ok {
					o.Fields[name] = plan.Normal(v)
				}
			}
			if _, ok := desired.Fields[fieldAccountPlan]; ok && r.asks(desired) {
				p, err := one[named](ctx, r, itemPath(accountsPath, a.ID, "/plan.json"))
				if err != nil {
					return nil, err
				}
				o.Fields[fieldAccountPlan] = p.Name
			}
		}
		markIn(a.Annotations).put(o)
		out = append(out, r.found(o, a.ID))
	}
	if !r.planning() {
		return out, nil
	}
	return out, r.newcomers(ctx, out)
}

// accountRows are accounts by their names. Anybody can sign up with any name: the document's is the one that carries its
// owner's mark.
func (r *reader) accountRows(found []accountRow) []listed {
	rows := make([]listed, len(found))
	for i, a := range found {
		rows[i] = listed{name: a.OrgName, id: a.ID, fits: func(*plan.Object) int {
			if ownerIn(a.Annotations) == r.s.config.Owner {
				return certain
			}
			return possible
		}}
	}
	return rows
}

func (k accountKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	planName, _ := fields[fieldAccountPlan].(string)
	delete(fields, fieldAccountPlan)
	to, moves := fields[fieldState].(string)
	delete(fields, fieldState)
	annotations, err := s.annotations(c, fields)
	if err != nil {
		return err
	}
	body := params(fields)
	if annotations != nil {
		body["annotations"] = annotations
	}
	if c.Live == nil {
		return k.signUp(ctx, s, c, body, planName)
	}
	if moves {
		base, err := s.account(c.Address)
		if err != nil {
			return err
		}
		from, _ := c.Live.Fields[fieldState].(string)
		if err := s.moveTo(ctx, base, accountEvents(), from, to); err != nil {
			return err
		}
	}
	if len(body) > 0 {
		if err := s.update(ctx, c, accountsPath, body); err != nil {
			return err
		}
	}
	if planName == "" {
		return nil
	}
	id, err := s.accountPlan(ctx, planName)
	if err != nil {
		return err
	}
	account, err := s.id(c.Address)
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPut, itemPath(accountsPath, account, "/change_plan.json"), map[string]any{"plan_id": id}, nil)
}

func (s *Session) accountPlan(ctx context.Context, name string) (int64, error) {
	found, err := list[named](ctx, s.api, "/admin/api/account_plans.json")
	if err != nil {
		return 0, err
	}
	for i := range found {
		found[i].SystemName = found[i].Name // the answer has none
	}
	id, err := theOne(name, found)
	if err == nil && id == 0 {
		err = fmt.Errorf("there is no account plan %q", name)
	}
	return id, err
}

func (accountKind) remove(ctx context.Context, s *Session, c *change) error {
	return s.removeAt(ctx, c, accountsPath)
}

// account is the path of an account, under which its users, applications and subscriptions have theirs.
func (s *Session) account(a plan.Address) (string, error) {
	id, err := s.id(a)
	return itemPath(accountsPath, id, ""), err
}
