package threescaletest

import (
	"sort"

	"example.com/maasctl/internal/lazyregexp"
)

// field is a field of accounts, users or applications that the tenant defined.
type field struct {
	stamps
	ID       int64    `json:"id"`
	Target   string   `json:"target"` // Account, User or Cinstance (an application)
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Hidden   bool     `json:"hidden"`
	ReadOnly bool     `json:"read_only"`
	Choices  []string `json:"choices"`
	Position int64    `json:"position"`
}

func (f *field) id() int64 { return f.ID }

// needed are the fields that 3scale cannot do without.
func (f *field) needed() bool {
	return contains(map[string][]string{"Account": {"org_name"}, "User": {"username", "email"}, "Cinstance": {"name"}}[f.Target], f.Name)
}

func fieldAttributes() []string {
	return []string{"id", "account_id", "created_at", "updated_at", "target", "hidden", "required", "label", "name", "choices", "hint", "read_only", "pos", "tenant_id", "position"}
}

// definedFields are the fields of a target in their order.
func (t *tenant) definedFields(target string) []*field {
	out := t.Fields.where(func(f *field) bool { return f.Target == target })
	sort.SliceStable(out, func(i, j int) bool { return out[i].Position < out[j].Position })
	return out
}

// assignFields writes the values of a request into those of an object, as far as
// there are fields for them.
func (t *tenant) assignFields(target string, old map[string]string, in params) map[string]string {
	out := map[string]string{}
	for k, v := range old {
		out[k] = v
	}
	extra, _ := in.sub("extra_fields")
	for _, f := range t.definedFields(target) {
		v, sent := in.permit(f.Name)[f.Name]
		if !sent {
			v, sent = extra.permit(f.Name)[f.Name]
		}
		if !sent {
			continue
		}
		if text := castText(v); text != nil {
			out[f.Name] = *text
		} else {
			delete(out, f.Name)
		}
	}
	return out
}

// checkFields checks the values of fields that are limited to choices.
func (t *tenant) checkFields(errs *problems, target string, values map[string]string) {
	for _, f := range t.definedFields(target) {
		if v := values[f.Name]; v != "" && len(f.Choices) > 0 && !contains(f.Choices, v) {
			errs.add(f.Name, msgNotInSet)
		}
	}
}

// putFields shows the values of an object's fields.
func (t *tenant) putFields(o *object, target string, values map[string]string) {
	for _, f := range t.definedFields(target) {
		if v, has := values[f.Name]; has {
			o.put(f.Name, v)
		}
	}
}

// inField gives a handler the definition of the path.
func inField(h func(*call, *field) answer) handler {
	return func(c *call) answer {
		f, found := c.tenant.Fields.get(c.id("id"))
		if !found {
			return notFound()
		}
		return h(c, f)
	}
}

func listFields(c *call) answer {
	all := append([]*field(nil), c.tenant.Fields.rows...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].Position < all[j].Position })
	return listed(c, "fields_definitions", all, showField)
}

func getField(c *call, f *field) answer { return ok(showField(c, f)) }

func createField(c *call) answer {
	in, wrong := c.required("fields_definition", fieldAttributes()...)
	if wrong != nil {
		return *wrong
	}
	f := &field{stamps: born(c.now)}
	f.Target, f.Name = in.text("target"), in.text("name")
	if f.Target != "Account" && f.Target != "User" && f.Target != "Cinstance" {
		f.Target = ""
	}
	f.assign(in)
	var errs problems
	f.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	f.ID = c.next("field")
	for _, x := range c.tenant.definedFields(f.Target) {
		f.Position = max(f.Position, x.Position)
	}
	f.Position++
	c.tenant.Fields.add(f)
	return created(showField(c, f))
}

// assign writes what a request says, but for target and name, which never change.
func (f *field) assign(in params) {
	if v, sent := in.permit("label")["label"]; sent {
		f.Label = or(castText(v), "")
	}
	for name, to := range map[string]*bool{"required": &f.Required, "hidden": &f.Hidden, "read_only": &f.ReadOnly} {
		if v, sent := in.permit(name)[name]; sent {
			*to = or(castBool(v), false)
		}
	}
	if list, sent := in["choices"].([]any); sent {
		f.Choices = nil
		for _, v := range list {
			f.Choices = append(f.Choices, or(castText(v), ""))
		}
	}
	if f.needed() {
		f.Required, f.Hidden, f.ReadOnly = true, false, false
	}
}

var fieldForm = lazyregexp.New(`\A[A-Za-z][A-Za-z\d_-]*\z`)

func (f *field) validate(errs *problems, t *tenant) {
	for _, x := range []struct{ name, value string }{{"label", f.Label}, {"target", f.Target}, {"name", f.Name}} {
		errs.presence(x.name, ptr(x.value))
		errs.maxLength(x.name, ptr(x.value), 255)
	}
	errs.format("name", &f.Name, fieldForm, "Name should start with letters, and can contain numbers, - and _")
	if _, taken := t.Fields.find(func(x *field) bool { return x.ID != f.ID && x.Target == f.Target && x.Name == f.Name }); taken {
		errs.add("name", msgTaken)
	}
	if !f.needed() && contains([]string{"id", "state", "created_at", "updated_at", "timezone", "tenant_id", "domain", "from_email"}, f.Name) {
		errs.add("name", "Field name is not allowed")
	}
	if f.Required && (f.Hidden || f.ReadOnly) {
		errs.add("required", "Fields cannot be required AND hidden/read_only")
	}
}

func updateField(c *call, f *field) answer {
	in, wrong := c.required("fields_definition", fieldAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *f
	draft.assign(in)
	var errs problems
	draft.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if n := castInt(in.permit("position")["position"]); n != nil && n.IsInt64() {
		draft.Position = n.Int64()
	}
	draft.UpdatedAt = c.now
	*f = draft
	return ok(showField(c, f))
}

// deleteField does not delete fields that 3scale needs, and does not say so.
func deleteField(c *call, f *field) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if !f.needed() {
		c.tenant.Fields.remove(f.ID)
		for _, x := range c.tenant.Fields.rows {
			if x.Target == f.Target && x.Position > f.Position {
				x.Position--
			}
		}
	}
	return deleted()
}

func showField(c *call, f *field) object {
	choices := f.Choices
	if choices == nil {
		choices = []string{}
	}
	o := object{{"id", f.ID}, {"target", f.Target}, {"name", f.Name}, {"label", f.Label}, {"required", f.Required}, {"hidden", f.Hidden}, {"read_only", f.ReadOnly}, {"choices", choices}, {"position", f.Position}}
	o.putTimes(c, f.stamps)
	return wrap("fields_definition", o)
}
