package threescaletest

import (
	"sort"
	"strings"

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

func (f *field) place() *int64 { return &f.Position }

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

// requireFields checks the fields that somebody has to fill in who signs up. No other
// request is checked, and neither are the choices of fields that the tenant made up.
func (t *tenant) requireFields(errs *problems, target string, values map[string]string) {
	for _, f := range t.definedFields(target) {
		switch v := values[f.Name]; {
		case !f.Required || f.needed():
		case strings.TrimSpace(v) == "":
			errs.add(f.Name, msgBlank)
		case contains(builtinFields(target), f.Name) && len(f.Choices) > 0 && !contains(f.Choices, v):
			errs.add(f.Name, "illegal value")
		}
	}
}

// putFields shows the values of an object's fields.
func (t *tenant) putFields(o *object, target string, values map[string]string) {
	for _, f := range t.definedFields(target) {
		v, has := values[f.Name]
		if has || f.Name == "org_legaladdress" && target == "Account" { // the one column that is empty and not null
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
	if !contains(fieldTargets(), f.Target) {
		f.Target = ""
	}
	f.assign(in)
	var errs problems
	f.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	f.ID = c.next("field")
	f.Position = bottom(c.tenant.definedFields(f.Target)) + 1
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
	if contains(strings.Fields("instance_eval instance_exec method_missing send public_send"), f.Name) {
		errs.add("name", msgReserved)
	}
	if f.Target == "" {
		return
	}
	if contains(fieldColumns(f.Target), f.Name) {
		errs.add("name", "Field name is not allowed")
	}
	if f.Required && (f.Hidden || f.ReadOnly) {
		errs.add("required", "Fields cannot be required AND hidden/read_only")
	}
	f.checkBuiltin(errs)
}

// checkBuiltin checks a field that 3scale keeps in a way of its own.
func (f *field) checkBuiltin(errs *problems) {
	if f.Target != "Account" {
		return
	}
	if f.Name == "billing_address" && !f.ReadOnly {
		errs.add("read_only", "billing_address has to be read_only")
	}
	kind, special := map[string]string{"vat_rate": "decimal", "country": "this type of", "billing_address": "this type of"}[f.Name]
	if special && len(f.Choices) > 0 {
		errs.add("choices", "are not allowed for "+kind+" fields")
	}
}

func updateField(c *call, f *field) answer {
	in, wrong := c.required("fields_definition", fieldAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := *f
	if target := in.text("target"); contains(fieldTargets(), target) {
		draft.Target = target
	}
	draft.assign(in)
	var errs problems
	draft.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	if n := castInt(in.permit("position")["position"]); n != nil {
		if !fits32(n.IsInt64(), clamp(n)) {
			return crashed()
		}
		draft.Position = n.Int64()
		move(c.tenant.definedFields(f.Target), f, draft.Position)
	}
	shown := draft
	// The target cannot change, yet the answer shows the one that was sent.
	draft.Target, draft.UpdatedAt = f.Target, c.now
	*f = draft
	shown.stamps = f.stamps
	return ok(showField(c, &shown))
}

// deleteField does not delete fields that 3scale needs, and does not say so.
func deleteField(c *call, f *field) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if !f.needed() {
		c.tenant.Fields.remove(f.ID)
		closeGap(c.tenant.definedFields(f.Target), f)
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
